package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.devpki.testing.Faults;
import org.devpki.testing.FixedRandom;
import org.devpki.testing.TestKeys;
import org.devpki.testing.Vectors;
import org.devpki.x509.Keys;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class SecureCertReadingTest {
    /** An image can be whole and yet hold no credential that firmware finds. */
    private static final Set<Fault> CREDENTIAL_FAULTS = Set.of(Fault.INVALID_INPUT, Fault.INTEGRITY);

    private static List<Vectors> tlv() {
        return Vectors.of("esp-secure-cert").stream()
                .filter(vector -> !vector.name().startsWith("cust-flash")
                        && !vector.name().startsWith("nvs-legacy"))
                .toList();
    }

    private static SecureCertPartition.Image read(Bytes octets) {
        return SecureCertPartition.read(SecretBytes.taking(octets.toArray()));
    }

    private static String names(SecureCertPartition.Image image) {
        return image.entries().stream()
                .map(placed -> placed.entry().name() + "/" + placed.entry().subtype())
                .collect(Collectors.joining(" "));
    }

    private static SecretBytes secret(int... octets) {
        byte[] all = new byte[octets.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) octets[i];
        }
        return SecretBytes.taking(all);
    }

    @TestFactory
    Stream<DynamicTest> theVendorsImagesHaveNoFault() {
        return tlv().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    SecureCertPartition.Image image = read(vector.octets("expected.bin"));

                    assertEquals(List.of(), image.faults());
                }));
    }

    @Test
    void theEntriesAreThoseOfTheVendorsDocument() {
        assertEquals(
                "CA_CERT/0 DEV_CERT/0 PRIV_KEY/0 INTEGRITY/0",
                names(read(Vectors.of("esp-secure-cert", "esp32-ec-sw-ca").octets("expected.bin"))));
        assertEquals(
                "DS_DATA/0 DS_CONTEXT/0 CA_CERT/0 DEV_CERT/0 INTEGRITY/0",
                names(read(Vectors.of("esp-secure-cert", "esp32s2-rsa2048-ds").octets("expected.bin"))));
        assertEquals(
                "CA_CERT/0 CA_CERT/1 DEV_CERT/0 PRIV_KEY/0 USER_DATA_1/0 USER_DATA_2/0 USER_DATA_3/2 USER_DATA_5/7"
                        + " MATTER_1/1 INTEGRITY/0",
                names(read(Vectors.of("esp-secure-cert", "csv-user-data").octets("expected.bin"))));
        assertEquals(
                "DEV_CERT/0 CA_CERT/0 PRIV_KEY/0",
                names(read(Vectors.of("esp-secure-cert", "tlv-2.3.1-ec-sw").octets("expected.bin"))));
    }

    @TestFactory
    Stream<DynamicTest> whatIsReadIsWrittenTheSame() {
        return tlv().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    Bytes expected = vector.octets("expected.bin");
                    SecureCertPartition.Image image = read(expected);

                    SecretBytes again = SecureCertPartition.image(
                            image.entries().stream()
                                    .map(SecureCertPartition.Placed::entry)
                                    .toList(),
                            image.sizeOctets());

                    byte[] octets = again.lend(byte[]::clone);
                    // signed images end with a marker
                    int to = vector.name().startsWith("signed") ? image.usedOctets() : octets.length;
                    assertEquals(
                            Bytes.of(Arrays.copyOfRange(expected.toArray(), 0, to)),
                            Bytes.of(Arrays.copyOfRange(octets, 0, to)));
                }));
    }

    /** In the order of the tools up to 2.3.1, and without INTEGRITY. */
    @TestFactory
    Stream<DynamicTest> whatOlderToolsWroteIsWrittenOctetForOctet() {
        Vectors plain = Vectors.of("esp-secure-cert", "tlv-2.3.1-ec-sw");
        Vectors ds = Vectors.of("esp-secure-cert", "tlv-2.3.1-rsa2048-ds");
        return Stream.of(
                dynamicTest(
                        plain.name(),
                        () -> assertWritten(
                                plain,
                                TlvEntry.of(TlvType.DEV_CERT, pem(plain, "ec256.cert.pem")),
                                TlvEntry.of(TlvType.CA_CERT, pem(plain, "ca_ec.cert.pem")),
                                TlvEntry.of(TlvType.PRIV_KEY, pem(plain, "ec256.sec1.pem")))),
                dynamicTest(ds.name(), () -> {
                    DsBlob blob = DsBlob.encrypt(
                            Keys.rsaNumbers(Keys.read(ds.secret("rsa2048.pkcs1.pem"), "the key")),
                            new HmacKey(ds.secret("hmac_key.bin")),
                            Chip.ESP32_C3,
                            new FixedRandom(ds.octets("iv.bin")));
                    SecureCertPartition.Image image = read(ds.octets("expected.bin"));
                    int keyId = DsContext.decode(image.first(TlvType.DS_CONTEXT)
                                    .orElseThrow()
                                    .value()
                                    .lend(Bytes::of))
                            .keyId();
                    assertWritten(
                            ds,
                            TlvEntry.of(TlvType.DEV_CERT, pem(ds, "rsa2048.cert.pem")),
                            TlvEntry.of(TlvType.CA_CERT, pem(ds, "ca_ec.cert.pem")),
                            TlvEntry.of(
                                    TlvType.DS_DATA,
                                    SecretBytes.taking(blob.octets().toArray())),
                            TlvEntry.of(TlvType.DS_CONTEXT, new DsContext(keyId, 2048).encode()));
                }));
    }

    private static void assertWritten(Vectors vector, TlvEntry... entries) {
        byte[] image = SecureCertPartition.image(List.of(entries), 8192).lend(byte[]::clone);
        byte[] expected = vector.octets("expected.bin").toArray();
        assertEquals(-1, Arrays.mismatch(expected, image), "where they differ");
    }

    private static SecretBytes pem(Vectors vector, String file) {
        return SecretBytes.taking((vector.octets(file).asUtf8() + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    @TestFactory
    Stream<DynamicTest> anImageBrokenAnywhereIsAValueOrInvalid() {
        return tlv().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    Bytes image = vector.octets("expected.bin");
                    Bytes used = Bytes.of(Arrays.copyOf(
                            image.toArray(), read(image).usedOctets())); // erased flash behind it is all alike

                    Broken.assertHarmless(vector.name(), used, Fault.INVALID_INPUT, SecureCertReadingTest::read);
                    Broken.assertHarmless(vector.name(), used, CREDENTIAL_FAULTS, FlashedCredential::read);
                }));
    }

    @Test
    void anIntegrityEntryThatVouchesForOtherOctetsIsTold() {
        SecretBytes image = SecureCertPartition.image(
                List.of(
                        TlvEntry.of(TlvType.USER_DATA_1, secret(1)),
                        TlvEntry.of(TlvType.INTEGRITY, SecretBytes.taking(new byte[32]))),
                8192);

        assertEquals(
                List.of("the INTEGRITY entry at offset 32 does not hold for what is before it"),
                SecureCertPartition.read(image).faults());
    }

    @Test
    void everyFlippedOctetOfAnEntryIsAFault() {
        Bytes image = Vectors.of("esp-secure-cert", "hmac-derived-ecdsa").octets("expected.bin");
        for (int at = Integer.BYTES; at < image.length(); at++) {
            byte[] bent = image.toArray();
            bent[at] ^= 0x10;
            int where = at;
            SecureCertPartition.Image read = read(Bytes.of(bent));
            // a bent magic behind the first entry ends the image early, and what is behind it tells
            assertTrue(
                    !read.faults().isEmpty() || read.usedOctets() < image.length(),
                    () -> "octet " + where + " went unnoticed");
        }
    }

    @Test
    void whatIsNoImageIsInvalid() {
        Faults.assertFault(Fault.INVALID_INPUT, "no esp_secure_cert image", () -> read(Bytes.utf8("hello world")));
        Faults.assertFault(Fault.INVALID_INPUT, "no esp_secure_cert image", () -> read(Bytes.of(new byte[0])));
    }

    @Test
    void twoEntriesOfOneTypeAndSubtypeAreRefused() {
        List<TlvEntry> twice =
                List.of(TlvEntry.of(TlvType.USER_DATA_1, secret(1)), TlvEntry.of(TlvType.USER_DATA_1, secret(2)));

        Faults.assertFault(
                Fault.INVALID_INPUT,
                "two entries are USER_DATA_1",
                () -> SecureCertPartition.write(twice, List.of(), 8192));
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatTakesHowMuch() {
        List<TlvEntry> large = List.of(
                TlvEntry.of(TlvType.DEV_CERT, SecretBytes.taking(new byte[8100])),
                TlvEntry.of(TlvType.USER_DATA_1, SecretBytes.taking(new byte[33])));

        Faults.assertFault(
                Fault.REFUSED,
                "take 8240 octets, but the partition has 8192: DEV_CERT 8128, USER_DATA_1 64, INTEGRITY 48",
                () -> SecureCertPartition.write(large, List.of(), 8192));
    }

    @Test
    void anEntryHasABoundedTypeSubtypeAndValue() {
        SecretBytes nothing = secret();
        Faults.assertFault(Fault.INVALID_INPUT, "entry type 254", () -> new TlvEntry(0, 254, 0, nothing));
        Faults.assertFault(Fault.INVALID_INPUT, "entry subtype 254", () -> new TlvEntry(0, 51, 254, nothing));
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "a value of 65536 octets",
                () -> new TlvEntry(0, 51, 0, SecretBytes.taking(new byte[65_536])));
    }

    @Test
    void randomEntriesComeBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<TlvEntry> entries = random.ints(1 + random.nextInt(6), 0, 254)
                    .distinct()
                    .filter(type -> type != TlvType.INTEGRITY.code() && type != TlvType.SIGNATURE_BLOCK.code())
                    .mapToObj(type -> {
                        byte[] value = new byte[random.nextInt(500)];
                        random.nextBytes(value);
                        return new TlvEntry(0, type, random.nextInt(254), SecretBytes.taking(value));
                    })
                    .toList();

            SecureCertPartition.Image image =
                    SecureCertPartition.read(SecureCertPartition.write(entries, List.of(), 8192));

            List<TlvEntry> found = image.entries().stream()
                    .map(SecureCertPartition.Placed::entry)
                    .toList();
            assertEquals(List.of(), image.faults(), () -> "seed " + seed);
            assertEquals(entries, found.subList(0, found.size() - 1), () -> "seed " + seed);
        }
    }

    @TestFactory
    Stream<DynamicTest> aSignatureThatIsMadeVerifiesAndABentOneDoesNot() {
        return Stream.of("RSA-3072", "P-256", "P-384")
                .map(kind -> dynamicTest(kind, () -> {
                    SecretBytes signed = SecureCertPartition.write(
                            List.of(TlvEntry.of(TlvType.USER_DATA_1, secret(1, 2, 3))),
                            List.of(TestKeys.key(KeySpec.parse(kind), "boot"), TestKeys.key(TestKeys.P_256, "second")),
                            8192);
                    SecureCertPartition.Image image = SecureCertPartition.read(signed);
                    assertEquals(List.of(), image.faults());
                    assertEquals("USER_DATA_1/0 SIGNATURE_BLOCK/0 SIGNATURE_BLOCK/1 INTEGRITY/0", names(image));

                    TlvEntry block = image.entries().get(1).entry();
                    byte[] bent = block.value().lend(byte[]::clone);
                    bent[bent.length - 40] ^= 1;
                    SecretBytes again = SecureCertPartition.image(
                            List.of(
                                    image.entries().get(0).entry(),
                                    TlvEntry.of(TlvType.SIGNATURE_BLOCK, SecretBytes.taking(bent))),
                            8192);
                    assertEquals(
                            List.of("the SIGNATURE_BLOCK at offset 32 does not verify over what is before it"),
                            SecureCertPartition.read(again).faults());
                }));
    }

    @Test
    void aKeyThatSecureBootDoesNotTakeSignsNoImage() {
        Faults.assertFault(
                Fault.REFUSED,
                "RSA-3072, P-256 or P-384, not P-521",
                () -> SecureCertPartition.write(
                        List.of(), List.of(TestKeys.key(KeySpec.parse("P-521"), "boot")), 8192));
    }

    @Test
    void leftOversBehindAShorterImageAreTold() {
        byte[] image = SecureCertPartition.write(List.of(TlvEntry.of(TlvType.USER_DATA_1, secret(1))), List.of(), 8192)
                .lend(byte[]::clone);
        image[4096] = 0x11;
        image[4097] = (byte) 0xba;
        image[4098] = 0x5e;
        image[4099] = (byte) 0xba;

        assertEquals(
                List.of("there is an entry at offset 4096, behind the end at 80, which firmware does not find"),
                read(Bytes.of(image)).faults());
    }
}
