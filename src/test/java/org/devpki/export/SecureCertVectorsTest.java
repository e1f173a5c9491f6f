package org.devpki.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.devpki.esp.HmacKey;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvType;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.Flavour;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;
import org.devpki.testing.FixedRandom;
import org.devpki.testing.Vectors;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Images as the vendor's tool makes them. */
class SecureCertVectorsTest {
    private static List<Vectors> vectors() {
        return Vectors.of("esp-secure-cert").stream()
                .filter(vector -> vector.has("input.properties"))
                .toList();
    }

    private static SecretBytes written(Vectors vector) {
        Flavour flavour = Flavour.parse(vector.input("flavour").orElse("tlv"));
        SecureCertImage image = new SecureCertImage(
                List.of(Pem.readCertificate(
                        vector.octets(vector.input("certificate").orElseThrow()), "certificate")),
                vector.input("ca").map(file -> Pem.readCertificate(vector.octets(file), file)),
                vector.input("key").map(file -> Keys.read(vector.secret(file), file)));
        return image.write(new Flashing(
                Chip.parse(vector.input("chip").orElseThrow()),
                KeyHome.parse(
                        vector.input("home").orElseThrow(),
                        Integer.parseInt(vector.input("keyId").orElse("0"))),
                vector.input("hmac").map(file -> new HmacKey(vector.secret(file))),
                vector.input("salt").map(vector::secret),
                new ImageLayout(
                        flavour,
                        flavour.sizeOctets(),
                        Boolean.parseBoolean(vector.input("der").orElse("false")),
                        userData(vector)),
                List.of(),
                new FixedRandom(vector.has("iv.bin") ? vector.octets("iv.bin") : Bytes.of(new byte[0]))));
    }

    private static SortedMap<Integer, SecretBytes> userData(Vectors vector) {
        SortedMap<Integer, SecretBytes> all = new TreeMap<>();
        vector.input("user1").ifPresent(text -> all.put(1, SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8))));
        return all;
    }

    @Test
    void noVectorIsForgotten() {
        assertEquals(15, vectors().size());
    }

    /** What the tool's own table lists, which {@code issue} has no words for. */
    @Test
    void entriesOfEveryKindAreTheVendorsOctetForOctet() {
        Vectors vector = Vectors.of("esp-secure-cert", "csv-user-data");
        List<TlvEntry> entries = List.of(
                TlvEntry.of(TlvType.CA_CERT, 0, pem(vector, "ca_ec.cert.pem")),
                TlvEntry.of(TlvType.CA_CERT, 1, pem(vector, "rsa2048.cert.pem")),
                TlvEntry.of(TlvType.DEV_CERT, 0, pem(vector, "ec256.cert.pem")),
                TlvEntry.of(TlvType.PRIV_KEY, 0, pem(vector, "ec256.sec1.pem")),
                TlvEntry.of(TlvType.USER_DATA_1, 0, octets("Device Model: ESP32-S3-DevKit-C")),
                TlvEntry.of(TlvType.USER_DATA_2, 0, hex("deadbeefcafebabe1234567890abcdef")),
                TlvEntry.of(TlvType.USER_DATA_3, 2, hex("000102030405060708090a0b0c0d0e0f10")),
                TlvEntry.of(TlvType.USER_DATA_5, 7, vector.secret("blob.bin")),
                TlvEntry.of(TlvType.MATTER_1, 1, hex("0102030405")));

        assertLeads(vector, SecureCertPartition.write(entries, List.of(), 8192));
    }

    @Test
    void derAndPemMayStandSideBySide() {
        Vectors vector = Vectors.of("esp-secure-cert", "esp32-ec-sw-der");
        List<TlvEntry> entries = List.of(
                TlvEntry.of(TlvType.CA_CERT, pem(vector, "ca_ec.cert.pem")),
                TlvEntry.of(TlvType.DEV_CERT, vector.secret("ec256.cert.der")),
                TlvEntry.of(
                        TlvType.PRIV_KEY, Keys.traditional(Keys.read(vector.secret("ec256.pkcs8.der"), "the key"))));

        assertLeads(vector, SecureCertPartition.write(entries, List.of(), 8192));
    }

    private static void assertLeads(Vectors vector, SecretBytes image) {
        byte[] expected = vector.octets("expected.bin").toArray();
        assertEquals(
                Bytes.of(expected).hex(),
                image.lend(octets ->
                        Bytes.of(Arrays.copyOf(octets, expected.length)).hex()));
    }

    private static SecretBytes pem(Vectors vector, String file) {
        return octets(vector.octets(file).asUtf8() + "\0");
    }

    private static SecretBytes octets(String text) {
        return SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8));
    }

    private static SecretBytes hex(String text) {
        return SecretBytes.taking(Bytes.fromHex(text).toArray());
    }

    @TestFactory
    Stream<DynamicTest> anImageIsTheVendorsOctetForOctetAndErasedBehindIt() {
        return vectors().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    byte[] expected = vector.octets("expected.bin").toArray();
                    byte[] image = written(vector).lend(byte[]::clone);

                    assertEquals(
                            Bytes.of(expected).hex(),
                            Bytes.of(Arrays.copyOf(image, expected.length)).hex());
                    assertEquals(
                            vector.input("flavour")
                                    .map(Flavour::parse)
                                    .orElse(Flavour.TLV)
                                    .sizeOctets(),
                            image.length);
                    for (int i = expected.length; i < image.length; i++) {
                        assertEquals((byte) 0xff, image[i]);
                    }
                }));
    }

    @Test
    void aKeyThatIsInEfuseIsNotInTheImage() {
        Vectors vector = Vectors.of("esp-secure-cert", "esp32h2-ecdsa-peripheral");
        Bytes wrong = Vectors.of("esp-secure-cert", "esp32h2-ecdsa-peripheral-tool261")
                .octets("expected.bin");
        byte[] key = Keys.traditional(Keys.read(vector.secret("ec256.sec1.pem"), "key"))
                .lend(byte[]::clone);
        String secret = Pem.secret("EC PRIVATE KEY", SecretBytes.taking(key))
                .lend(octets -> new String(octets, StandardCharsets.US_ASCII))
                .lines()
                .toList()
                .get(1);

        assertTrue(wrong.asUtf8().contains(secret), "the vendor's image has it, or this test looks at the wrong line");
        String image = written(vector).lend(octets -> new String(octets, StandardCharsets.US_ASCII));
        assertFalse(image.contains(secret));
    }
}
