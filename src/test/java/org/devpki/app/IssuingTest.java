package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.ca.CertificateOrder;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.testing.FixedClock;
import org.devpki.testing.TestKeys;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IssuingTest {
    /** Gives the same octets each time. */
    private static final class StuckRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] octets) {
            Arrays.fill(octets, (byte) 0x5a);
        }
    }

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at("2026-03-01T12:00:00Z");

    @Test
    void aSerialThatTheRandomSourceGaveBeforeIsNotSignedByAnotherCaEither() {
        TestStore made = TestStore.in(folder, clock);
        try (Workshop shop = Workshop.open(new Surroundings(
                made.folder(),
                Duration.ofSeconds(10),
                clock,
                new StuckRandom(),
                new Actor("tester@bench"),
                purpose -> SecretBytes.taking("correct horse".getBytes(UTF_8)),
                Checkpoint.NONE,
                words -> {},
                Crypto.JAVA))) {
            issue(shop, "d1", CaName.ISSUING);
            long entries = shop.store().auditHead().entries();

            assertFault(
                    Fault.INTEGRITY,
                    "the random source gave serial " + "5a".repeat(16) + " again",
                    () -> issue(shop, "d2", CaName.ROOT));

            assertEquals(entries, shop.store().auditHead().entries());
        }
    }

    private static void issue(Workshop shop, String name, CaName ca) {
        new Issuing(shop)
                .issue(
                        new Issuing.Wanted(
                                name,
                                shop.profile("device-mqtt"),
                                ca,
                                new CertificateOrder(name, TestKeys.publicKey(name), List.of(), Optional.empty()),
                                Bytes.utf8(name).sha256(),
                                Optional.empty(),
                                false,
                                Set.of(),
                                List.of(),
                                Optional.empty(),
                                certificate -> {}),
                        shop.authority(ca));
    }
}
