package org.devpki.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.devpki.esp.DsContext;
import org.devpki.esp.FlashedCredential;
import org.devpki.esp.HmacKey;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.Fault;
import org.devpki.model.Flavour;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.NvsTemplate;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Faults;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An image that is not what was ordered never leaves. */
@Execution(ExecutionMode.CONCURRENT)
class SecureCertProofTest {
    private static final TestAuthority ROOT = TestAuthority.root("root");
    private static final TestAuthority LINE = ROOT.intermediate("line-1");
    private static final SecretBytes DATA = SecretBytes.taking(new byte[] {1, 2, 3});

    private static final HmacKey HMAC_KEY = new HmacKey(SecretBytes.taking(octets(32, 7)));
    private static final SecretBytes SALT = SecretBytes.taking(octets(32, 9));

    private static byte[] octets(int count, int value) {
        byte[] octets = new byte[count];
        Arrays.fill(octets, (byte) value);
        return octets;
    }

    private static Credential credential(DeviceKey key) {
        CertificateDer leaf = LINE.deviceOf("d1", key.publicKey());
        return new Credential(
                new DeviceId("d1"),
                new CredentialChain(leaf, List.of(LINE.certificate()), ROOT.certificate()),
                Optional.of(key));
    }

    private static DeviceKey derived() {
        return Keys.ofScalar(HMAC_KEY.derive(SALT)).orElseThrow();
    }

    private static Flashing flashing(Chip chip, KeyHome home) {
        TreeMap<Integer, SecretBytes> data = new TreeMap<>();
        data.put(1, DATA);
        boolean isUnderHmac = home instanceof KeyHome.DigitalSignature || home instanceof KeyHome.HmacDerived;
        return new Flashing(
                chip,
                home,
                isUnderHmac ? Optional.of(HMAC_KEY) : Optional.empty(),
                home instanceof KeyHome.HmacDerived ? Optional.of(SALT) : Optional.empty(),
                new ImageLayout(Flavour.TLV, 0x2000, false, data),
                List.of(),
                new SecureRandom());
    }

    private static SecretBytes image(Credential credential, Flashing flashing) {
        return new SecureCertImage(
                        credential.chain().sent(),
                        Optional.of(credential.chain().root()),
                        credential.key())
                .write(flashing);
    }

    /** The same image with other entries, its CRCs and INTEGRITY made anew. */
    private static SecretBytes changed(SecretBytes image, UnaryOperator<List<TlvEntry>> change) {
        List<TlvEntry> entries = new ArrayList<>(SecureCertPartition.read(image).entries().stream()
                .map(SecureCertPartition.Placed::entry)
                .filter(entry -> !entry.is(TlvType.INTEGRITY))
                .toList());
        return SecureCertPartition.write(change.apply(entries), List.of(), 0x2000);
    }

    private static UnaryOperator<List<TlvEntry>> without(TlvType type) {
        return entries -> entries.stream().filter(entry -> !entry.is(type)).toList();
    }

    private static UnaryOperator<List<TlvEntry>> with(TlvEntry other) {
        return entries -> Stream.concat(
                        entries.stream().filter(entry -> entry.type() != other.type()), Stream.of(other))
                .toList();
    }

    private static TlvEntry secCfg(int block) {
        byte[] value = new byte[40];
        value[0] = (byte) block;
        return TlvEntry.of(TlvType.SEC_CFG, SecretBytes.taking(value));
    }

    private static TlvEntry pem(TlvType type, CertificateDer... certificates) {
        return TlvEntry.of(
                type,
                SecretBytes.taking(
                        (Pem.certificates(List.of(certificates)) + "\0").getBytes(StandardCharsets.US_ASCII)));
    }

    private static DynamicTest refused(
            String what, Credential credential, Flashing flashing, UnaryOperator<List<TlvEntry>> change) {
        return dynamicTest(flashing.home().word() + ": " + what, () -> {
            SecretBytes image = image(credential, flashing);
            SecureCertProof.prove(image, credential, flashing);

            SecretBytes other = changed(image, change);

            assertEquals(List.of(), SecureCertPartition.read(other).faults(), "only the content is wrong");
            Faults.assertFault(
                    Fault.INTEGRITY,
                    "the esp_secure_cert image does not hold, and was not written: " + what,
                    () -> SecureCertProof.prove(other, credential, flashing));
        });
    }

    @TestFactory
    Stream<DynamicTest> anImageThatIsNotWhatWasOrderedIsRefused() {
        DeviceKey ec = TestKeys.key(TestKeys.P_256, "d1");
        DeviceKey rsa = TestKeys.key(new KeySpec.Rsa(2048), "d1");
        Credential plain = credential(ec);
        Credential signed = credential(rsa);
        Credential derived = credential(derived());
        Flashing flash = flashing(Chip.ESP32_C3, new KeyHome.Flash());
        Flashing ds = flashing(Chip.ESP32_C3, new KeyHome.DigitalSignature(4));
        Flashing ecdsa = flashing(Chip.ESP32_H2, new KeyHome.EcdsaPeripheral(2));
        Flashing hmac = flashing(Chip.ESP32_C3, new KeyHome.HmacDerived(1));
        TlvEntry otherKey = SecureCertPartition.read(image(credential(TestKeys.key(TestKeys.P_256, "d2")), flash))
                .first(TlvType.PRIV_KEY)
                .orElseThrow();
        TlvEntry blob = SecureCertPartition.read(image(
                        credential(TestKeys.key(new KeySpec.Rsa(2048), "d2")),
                        flashing(Chip.ESP32_C3, new KeyHome.DigitalSignature(4))))
                .first(TlvType.DS_DATA)
                .orElseThrow();
        CertificateDer leaf = plain.chain().leaf();
        return Stream.of(
                refused("there is no PRIV_KEY", plain, flash, without(TlvType.PRIV_KEY)),
                refused("PRIV_KEY is not the certificate's", plain, flash, with(otherKey)),
                refused(
                        "the flags of PRIV_KEY are 0x40, not 0x00",
                        plain,
                        flash,
                        with(TlvEntry.keyElsewhere(TlvEntry.KeyFlag.HMAC_DERIVED))),
                refused("there is a SEC_CFG, though", plain, flash, with(secCfg(6))),
                refused(
                        "there is DS_DATA",
                        plain,
                        flash,
                        entries -> Stream.of(
                                        entries.stream(),
                                        SecureCertPartition.read(image(signed, ds)).entries().stream()
                                                .map(SecureCertPartition.Placed::entry)
                                                .filter(entry ->
                                                        entry.is(TlvType.DS_DATA) || entry.is(TlvType.DS_CONTEXT)))
                                .flatMap(all -> all)
                                .toList()),
                refused(
                        "DEV_CERT is not the device's certificate and those of its issuers",
                        plain,
                        flash,
                        with(pem(TlvType.DEV_CERT, leaf))),
                refused(
                        "DEV_CERT is not the device's certificate and those of its issuers",
                        plain,
                        flash,
                        with(pem(TlvType.DEV_CERT, leaf, ROOT.certificate()))),
                refused("CA_CERT is not the root", plain, flash, with(pem(TlvType.CA_CERT, LINE.certificate()))),
                refused("CA_CERT is not the root", plain, flash, without(TlvType.CA_CERT)),
                refused("USER_DATA_1 is not what was ordered", plain, flash, without(TlvType.USER_DATA_1)),
                refused(
                        "USER_DATA_1 is not what was ordered",
                        plain,
                        flash,
                        with(TlvEntry.of(TlvType.USER_DATA_1, SecretBytes.taking(new byte[] {1, 2, 4})))),
                refused(
                        "there is no DS_DATA",
                        signed,
                        ds,
                        entries -> without(TlvType.DS_CONTEXT)
                                .apply(without(TlvType.DS_DATA).apply(entries))),
                refused("what DS_DATA signs does not verify", signed, ds, with(blob)),
                refused(
                        "its HMAC key is in KEY1, not in KEY4",
                        signed,
                        ds,
                        with(TlvEntry.of(TlvType.DS_CONTEXT, new DsContext(1, 2048).encode()))),
                refused("there is a PRIV_KEY beside DS_DATA", signed, ds, with(otherKey)),
                refused("there is no SEC_CFG to name eFuse block 6", plain, ecdsa, without(TlvType.SEC_CFG)),
                refused("SEC_CFG names eFuse block 200, not 6", plain, ecdsa, with(secCfg(200))),
                refused("SEC_CFG names eFuse block 5, not 6", plain, ecdsa, with(secCfg(5))),
                refused("the flags of PRIV_KEY are 0x00, not 0x08", plain, ecdsa, with(otherKey)),
                refused(
                        "PRIV_KEY is not empty",
                        plain,
                        ecdsa,
                        with(new TlvEntry(0x08, TlvType.PRIV_KEY.code(), 0, SecretBytes.taking(new byte[] {1})))),
                refused("there is no HMAC_ECDSA_KEY_SALT", derived, hmac, without(TlvType.HMAC_ECDSA_KEY_SALT)),
                refused(
                        "the derived key is not the certificate's",
                        derived,
                        hmac,
                        with(TlvEntry.of(TlvType.HMAC_ECDSA_KEY_SALT, SecretBytes.taking(octets(32, 8))))));
    }

    @TestFactory
    Stream<DynamicTest> anNvsImageThatHoldsSomethingElseIsRefused() {
        Credential one = credential(TestKeys.key(TestKeys.P_256, "d1"));
        Credential other = credential(TestKeys.key(TestKeys.P_256, "d2"));
        ExportOptions options = new ExportOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new NvsFilling(
                        NvsTemplate.USUAL, Map.of(), Optional.empty(), Optional.empty(), Optional.empty(), false)),
                Optional.empty(),
                List.of());
        return Stream.of(
                dynamicTest("the key of another", () -> {
                    SecretBytes image = NvsExporter.image(one, options);
                    NvsExporter.prove(image, NvsExporter.contents(one, options), NvsExporter.filling(options));
                    Faults.assertFault(
                            Fault.INTEGRITY,
                            "it reads differently",
                            () -> NvsExporter.prove(
                                    NvsExporter.image(other, options),
                                    NvsExporter.contents(one, options),
                                    NvsExporter.filling(options)));
                }),
                dynamicTest("an octet is flipped", () -> {
                    byte[] bent = NvsExporter.image(one, options).lend(byte[]::clone);
                    bent[200] ^= 1;
                    Faults.assertFault(
                            Fault.INTEGRITY,
                            "the NVS image does not hold, and was not written",
                            () -> NvsExporter.prove(
                                    SecretBytes.taking(bent),
                                    NvsExporter.contents(one, options),
                                    NvsExporter.filling(options)));
                }));
    }

    /** Random credentials, written and read again. */
    @TestFactory
    Stream<DynamicTest> whatIsWrittenIsReadWhateverTheFlavour() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        return IntStream.range(0, 60)
                .mapToObj(round -> dynamicTest("seed " + seed + " round " + round, () -> {
                    KeySpec spec = List.of(TestKeys.P_256, KeySpec.parse("P-384"), new KeySpec.Rsa(2048))
                            .get(random.nextInt(3));
                    TestAuthority authority = ROOT;
                    List<CertificateDer> above = new ArrayList<>();
                    for (int i = random.nextInt(3); i > 0; i--) {
                        authority = authority.intermediate("line-" + i);
                        above.add(0, authority.certificate());
                    }
                    DeviceKey key = TestKeys.key(spec, "p" + random.nextInt(3));
                    Credential credential = new Credential(
                            new DeviceId("d1"),
                            new CredentialChain(authority.deviceOf("d1", key.publicKey()), above, ROOT.certificate()),
                            Optional.of(key));
                    Flavour flavour = List.of(Flavour.values()).get(random.nextInt(3));
                    TreeMap<Integer, SecretBytes> data = new TreeMap<>();
                    boolean isDer = flavour == Flavour.TLV && random.nextBoolean();
                    for (int number = 1; flavour == Flavour.TLV && number <= random.nextInt(6); number++) {
                        byte[] value = new byte[random.nextInt(200)];
                        random.nextBytes(value);
                        data.put(number, SecretBytes.taking(value));
                    }
                    boolean isDs = spec instanceof KeySpec.Rsa && random.nextBoolean();
                    Flashing flashing = new Flashing(
                            Chip.ESP32_S3,
                            isDs ? new KeyHome.DigitalSignature(random.nextInt(6)) : new KeyHome.Flash(),
                            isDs ? Optional.of(HMAC_KEY) : Optional.empty(),
                            Optional.empty(),
                            new ImageLayout(flavour, flavour.sizeOctets(), isDer, data),
                            List.of(),
                            new SecureRandom());

                    SecretBytes image = image(credential, flashing);

                    SecureCertProof.prove(image, credential, flashing);
                    assertEquals(flavour.sizeOctets(), image.length());
                    assertEquals(
                            key.publicKey(),
                            isDs
                                    ? key.publicKey()
                                    : Keys.read(
                                                    FlashedCredential.read(image.lend(Bytes::of))
                                                            .key()
                                                            .orElseThrow()
                                                            .value(),
                                                    "PRIV_KEY")
                                            .publicKey());
                }));
    }
}
