package org.devpki.x509;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Set;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sealed to one key opens with that key alone; OpenSSL's reading of it is in ImagesIT. */
class CmsTest {
    private static final SecretBytes SECRET = SecretBytes.taking("-----BEGIN PRIVATE KEY-----".getBytes(UTF_8));

    private static Bytes sealed(KeySpec spec) {
        return Cms.seal(SECRET, TestAuthority.root("line", spec).certificate(), new SecureRandom());
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "RSA-2048"})
    void theRecipientOpensItAndNobodyElse(String kind) {
        KeySpec spec = KeySpec.parse(kind);
        Bytes sealed = sealed(spec);

        assertEquals(SECRET, Cms.open(sealed, TestKeys.key(spec, "line")));
        for (DeviceKey other : new DeviceKey[] {
            TestKeys.key(spec, "other"),
            TestKeys.key(KeySpec.parse(kind.startsWith("P") ? "RSA-2048" : "P-256"), "line")
        }) {
            assertFault(Fault.KEY_UNAVAILABLE, "it is sealed to another key", () -> Cms.open(sealed, other));
        }
        assertFalse(sealed.asUtf8().contains("PRIVATE KEY"));
    }

    @Test
    void whatIsSealedIsToldFromAnythingElse() {
        assertTrue(Cms.isSealed(sealed(TestKeys.P_256)));
        assertFalse(Cms.isSealed(Bytes.of(new byte[0])));
        assertFalse(Cms.isSealed(Bytes.utf8("0 is where DER begins too")));
        assertFalse(Cms.isSealed(TestAuthority.root("line").certificate().octets()));
    }

    @Test
    void everyCutAndFlipIsDamageOrAnotherKey() {
        Bytes sealed = sealed(TestKeys.P_256);
        DeviceKey key = TestKeys.key(TestKeys.P_256, "line");

        Broken.assertHarmless(
                "sealed secret",
                sealed,
                Set.of(Fault.INTEGRITY, Fault.KEY_UNAVAILABLE),
                octets -> assertEquals(SECRET, Cms.open(octets, key), "octets that nobody reads were changed"));
    }

    @Test
    void aFlipInTheContentIsDamage() {
        byte[] bent = sealed(TestKeys.P_256).toArray();
        bent[bent.length - 1] ^= 1; // the authentication tag is last

        assertFault(
                Fault.INTEGRITY,
                "it was changed after it was sealed",
                () -> Cms.open(Bytes.of(bent), TestKeys.key(TestKeys.P_256, "line")));
    }
}
