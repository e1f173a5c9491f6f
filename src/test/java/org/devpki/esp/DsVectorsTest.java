package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.Fault;
import org.devpki.model.RsaNumbers;
import org.devpki.testing.Broken;
import org.devpki.testing.Faults;
import org.devpki.testing.FixedRandom;
import org.devpki.testing.Vectors;
import org.devpki.x509.Keys;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** DS blobs as the vendor's tool makes them. */
class DsVectorsTest {
    /** What the tool makes for the C5 unpatched, which its hardware does not read. */
    private static final String WRONG = "esp32c5-rsa2048-tool261-layout";

    private static List<Vectors> good() {
        return Vectors.of("ds").stream()
                .filter(vector -> !vector.name().equals(WRONG))
                .toList();
    }

    private static RsaNumbers key(Vectors vector) {
        return Keys.rsaNumbers(Keys.read(vector.secret("private_key.pem"), "private_key.pem"));
    }

    private static HmacKey hmacKey(Vectors vector) {
        return new HmacKey(vector.secret("hmac_key.bin"));
    }

    private static Chip chip(Vectors vector) {
        return Chip.parse(vector.name().substring(0, vector.name().indexOf('-')));
    }

    @Test
    void noVectorIsForgotten() {
        assertEquals(14, good().size());
    }

    @TestFactory
    Stream<DynamicTest> aBlobIsTheVendorsOctetForOctet() {
        return good().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    DsBlob blob = DsBlob.encrypt(
                            key(vector), hmacKey(vector), chip(vector), new FixedRandom(vector.octets("iv.bin")));

                    assertEquals(
                            vector.octets("ds_data.bin").hex(), blob.octets().hex());
                }));
    }

    @TestFactory
    Stream<DynamicTest> aBlobOpensToTheNumbersOfItsKey() {
        return good().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    DsBlob blob = new DsBlob(vector.octets("ds_data.bin"));

                    assertEquals(key(vector), blob.decrypt(hmacKey(vector)));
                    assertEquals(key(vector).modulus().bitLength(), blob.rsaBits());
                    assertEquals(chip(vector).dsBits().orElseThrow(), blob.operandBits());
                    assertEquals(vector.octets("iv.bin"), blob.iv());
                }));
    }

    @Test
    void theC5GetsTheLayoutThatItsHardwareReads() {
        Vectors wrong = Vectors.of("ds", WRONG);

        DsBlob blob =
                DsBlob.encrypt(key(wrong), hmacKey(wrong), Chip.ESP32_C5, new FixedRandom(wrong.octets("iv.bin")));

        assertEquals(1220, blob.octets().length());
        assertNotEquals(wrong.octets("ds_data.bin"), blob.octets());
    }

    @Test
    void anotherHmacKeyOpensNothing() {
        Vectors vector = Vectors.of("ds", "esp32c3-rsa2048");
        byte[] other = vector.octets("hmac_key.bin").toArray();
        other[31] ^= 1;

        Faults.assertFault(
                Fault.INTEGRITY,
                "does not open under this HMAC key",
                () -> new DsBlob(vector.octets("ds_data.bin"))
                        .decrypt(new HmacKey(org.devpki.model.SecretBytes.taking(other))));
    }

    @TestFactory
    Stream<DynamicTest> everyFlippedOctetIsSeen() {
        return good().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    HmacKey key = hmacKey(vector);
                    byte[] octets = vector.octets("ds_data.bin").toArray();
                    for (int at = 0; at < octets.length; at++) {
                        byte[] bent = octets.clone();
                        bent[at] ^= 1;

                        Faults.assertFault(
                                Fault.INTEGRITY, "the DS data", () -> new DsBlob(Bytes.of(bent)).decrypt(key));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> aBlobCutAnywhereIsAValueOrInvalid() {
        return Vectors.of("ds").stream()
                .map(vector -> dynamicTest(
                        vector.name(),
                        () -> Broken.assertCutsHarmless(
                                vector.name(),
                                vector.octets("ds_data.bin"),
                                Set.of(Fault.INVALID_INPUT),
                                DsBlob::new)));
    }

    @Test
    void aBlobHasOneOfTwoLengths() {
        for (int length : List.of(0, 4, 20, 1219, 1221, 1603, 1605)) {
            Faults.assertFault(
                    Fault.INVALID_INPUT,
                    "DS data of " + length + " octets",
                    () -> new DsBlob(Bytes.of(new byte[length])));
        }
    }

    @Test
    void aKeyThatTheChipDoesNotTakeIsRefused() {
        Vectors vector = Vectors.of("ds", "esp32s3-rsa4096");
        for (Chip chip : List.of(Chip.ESP32_C3, Chip.ESP32_C5, Chip.ESP32, Chip.ESP32_C61)) {
            Faults.assertFault(
                    Fault.REFUSED,
                    "RSA key of 4096 bits",
                    () -> DsBlob.encrypt(key(vector), hmacKey(vector), chip, new FixedRandom(vector.octets("iv.bin"))));
        }
    }

    @Test
    void anHmacKeyHas32Octets() {
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "has 32 octets, not 31",
                () -> new HmacKey(org.devpki.model.SecretBytes.taking(new byte[31])));
    }
}
