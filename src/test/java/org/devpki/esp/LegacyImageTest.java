package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.Fault;
import org.devpki.model.Flavour;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.devpki.testing.Faults;
import org.devpki.testing.Vectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The legacy flavours, as the vendor's tool writes them. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class LegacyImageTest {
    private static Bytes image(String name) {
        return Vectors.of("esp-secure-cert", name).octets("expected.bin");
    }

    private static Stream<Vectors> legacy() {
        return Vectors.of("esp-secure-cert").stream()
                .filter(vector ->
                        vector.name().startsWith("cust-flash") || vector.name().startsWith("nvs-legacy"));
    }

    @TestFactory
    Stream<DynamicTest> anImageIsReadWithWhatWentIn() {
        return legacy().map(vector -> dynamicTest(vector.name(), () -> {
            FlashedCredential found = FlashedCredential.read(vector.octets("expected.bin"));

            boolean isDs = vector.name().endsWith("-ds");
            assertEquals(vector.name().startsWith("nvs") ? Flavour.NVS : Flavour.CUST_FLASH, found.flavour());
            assertTrue(found.certificate().asUtf8().startsWith("-----BEGIN CERTIFICATE-----\n"));
            assertTrue(found.certificate().asUtf8().endsWith("-----END CERTIFICATE-----\n\0"));
            assertEquals(!vector.name().endsWith("no-ca"), found.ca().isPresent());
            assertEquals(isDs, found.ds().isPresent());
            assertEquals(!isDs, found.key().isPresent());
            if (isDs) {
                assertEquals(vector.octets("iv.bin"), found.ds().get().iv());
                found.ds().get().decrypt(new HmacKey(vector.secret("hmac_key.bin")));
            }
        }));
    }

    @Test
    void aFlippedOctetOfAPartIsSeen() {
        for (int at : new int[] {64, 600, 2112, 2600, 6208, 7000}) {
            byte[] bent = image("cust-flash-esp32c3-rsa2048-ds").toArray();
            bent[at] ^= 1;

            Faults.assertFault(Fault.INTEGRITY, "does not hold", () -> FlashedCredential.read(Bytes.of(bent)));
        }
    }

    @TestFactory
    Stream<DynamicTest> anImageBrokenAnywhereIsAValueOrAFault() {
        return legacy().map(vector -> dynamicTest(
                vector.name(),
                () -> Broken.assertHarmless(
                        vector.name(),
                        vector.octets("expected.bin"),
                        Set.of(Fault.INVALID_INPUT, Fault.INTEGRITY),
                        FlashedCredential::read)));
    }

    @Test
    void whatIsTooLongForItsPlaceIsRefused() {
        Bytes pem = Bytes.of(new byte[2049]);
        LegacyImage image =
                new LegacyImage(pem, Optional.empty(), Optional.of(SecretBytes.taking(new byte[10])), Optional.empty());

        Faults.assertFault(Fault.REFUSED, "a certificate of 2049 octets does not fit", image::custFlash);
    }
}
