package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.RsaNumbers;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.devpki.testing.Faults;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    /** The order of P-256 (FIPS 186-4 appendix D.1.2.3). */
    private static final BigInteger ORDER =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

    private static DeviceKey key(String kind) {
        return TestKeys.key(KeySpec.parse(kind), "keys");
    }

    private static SecretBytes scalar(BigInteger value) {
        byte[] octets = new byte[32];
        byte[] number = value.toByteArray();
        for (int i = 0; i < Math.min(octets.length, number.length); i++) {
            octets[octets.length - 1 - i] = number[number.length - 1 - i];
        }
        return SecretBytes.taking(octets);
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "P-521", "RSA-2048"})
    void aKeyIsReadInEachOfItsForms(String kind) {
        DeviceKey key = key(kind);
        SecretBytes traditional = Keys.traditional(key);

        Stream.of(
                        key.pkcs8(),
                        Pem.privateKey(key.pkcs8()),
                        traditional,
                        Pem.secret(Keys.traditionalLabel(key.spec()), traditional))
                .forEach(form -> {
                    DeviceKey read = Keys.read(form, "key.pem");
                    assertEquals(key.publicKey(), read.publicKey());
                    assertEquals(traditional, Keys.traditional(read));
                });
    }

    @Test
    void aSec1KeyOfP256Has121Octets() {
        assertEquals(121, Keys.traditional(key("P-256")).length(), "as firmware makes it of a derived key");
    }

    @Test
    void anEd25519KeyHasNoTraditionalForm() {
        Faults.assertFault(Fault.REFUSED, "no traditional form", () -> Keys.traditional(key("Ed25519")));
    }

    @Test
    void whatIsNoKeyIsUnavailable() {
        for (String text :
                new String[] {"", "hello", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"}) {
            Faults.assertFault(
                    Fault.KEY_UNAVAILABLE,
                    "key.pem",
                    () -> Keys.read(SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8)), "key.pem"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "RSA-2048"})
    void aBrokenKeyIsAValueOrUnavailable(String kind) {
        Bytes traditional = Keys.traditional(key(kind)).lend(Bytes::of);

        Broken.assertCutsHarmless(
                kind,
                traditional,
                Set.of(Fault.KEY_UNAVAILABLE),
                bent -> Keys.read(SecretBytes.taking(bent.toArray()), "key"));
        Broken.assertFlipsHarmless(
                kind,
                traditional,
                0,
                Math.min(traditional.length(), 130),
                Set.of(Fault.KEY_UNAVAILABLE),
                bent -> Keys.read(SecretBytes.taking(bent.toArray()), "key"));
    }

    @Test
    void aScalarIsAKeyBetweenOneAndTheOrder() {
        assertEquals(Optional.empty(), Keys.ofScalar(scalar(BigInteger.ZERO)));
        assertEquals(Optional.empty(), Keys.ofScalar(scalar(BigInteger.ONE)));
        assertEquals(Optional.empty(), Keys.ofScalar(scalar(ORDER)));
        assertTrue(Keys.ofScalar(scalar(BigInteger.TWO)).isPresent());
        assertTrue(Keys.ofScalar(scalar(ORDER.subtract(BigInteger.ONE))).isPresent());
    }

    @Test
    void numbersSignForTheirOwnKeyAlone() {
        DeviceKey key = key("RSA-2048");
        RsaNumbers numbers = Keys.rsaNumbers(key);
        DeviceKey other = TestKeys.key(KeySpec.parse("RSA-2048"), "other");

        assertTrue(Keys.signFor(numbers, key.publicKey()));
        assertFalse(Keys.signFor(numbers, other.publicKey()));
        assertFalse(Keys.signFor(
                new RsaNumbers(numbers.modulus(), numbers.privateExponent().add(BigInteger.TWO)), key.publicKey()));
        assertFalse(numbers.toString().contains(numbers.privateExponent().toString()));
    }
}
