package org.devpki.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvType;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.x509.TestCsr;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is flashed and burned, told by whole commands. */
@Tag("story")
class FlashingTest {
    private static final FixedClock CLOCK = FixedClock.at("2026-11-22T12:00:00Z");

    @TempDir
    private static Path template;

    @TempDir
    Path folder;

    private InProcess devpki;

    @BeforeAll
    static void makeOneStoreForAll() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        InProcess.in(template)
                .at(CLOCK)
                .run(
                        "init",
                        "--root-key",
                        "P-256",
                        "--crl-url",
                        "http://crl.acme.example",
                        "--ocsp-url",
                        "http://o.acme.example")
                .exiting(0);
    }

    @BeforeEach
    void copyStore() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder).at(CLOCK);
    }

    private Finished run(String... arguments) {
        return devpki.run(arguments).exiting(0);
    }

    /** Issues {@code d1} into {@code out}. */
    private Finished issue(String... more) {
        return devpki.run(issueCommand(more));
    }

    private String[] issueCommand(String... more) {
        return Stream.concat(Stream.of("issue", "d1", "--out", out().toString()), Stream.of(more))
                .toArray(String[]::new);
    }

    private String refusal(int exit, String... more) {
        String sentence = Refusal.of(devpki::run, exit, issueCommand(more));
        assertFalse(devpki.run("device", "list", "--prefix", "d1").out().contains(" valid "), "nothing may be issued");
        assertFalse(Files.exists(out().resolve("d1")), "nothing may be written");
        return sentence;
    }

    private Path out() {
        return folder.resolve("out");
    }

    private Path image() {
        return out().resolve("d1/esp_secure_cert.bin");
    }

    private Path burned() {
        return out().resolve("d1+efuse");
    }

    private Finished verify(String chip, String... more) {
        return devpki.run(
                Stream.concat(Stream.of("bundle", "verify", image().toString(), "--target", chip), Stream.of(more))
                        .toArray(String[]::new));
    }

    private static List<String> names(Path folder) {
        return WholeFiles.list(folder).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ESP32-C3", "h21", "s31"})
    void anRsaKeyGoesToTheDigitalSignaturePeripheral(String chip) throws IOException {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", chip)
                .exiting(0);

        String key = burned().resolve("hmac_key.bin").toString();
        assertTrue(verify(chip, "--hmac-key", key).exiting(0).out().contains("what DS_DATA signs under the HMAC key"));
        assertEquals(8192, Files.size(image()));
        assertEquals(32, Files.size(burned().resolve("hmac_key.bin")));
    }

    @ParameterizedTest
    @CsvSource({"h2, P-256", "h21, P-256", "h4, P-384", "s31, P-384"})
    void anEcKeyGoesToTheEcdsaPeripheralAndNotIntoTheImage(String chip, String kind) throws IOException {
        issue("--key", kind, "--key-home", "ecdsa", "--target", chip).exiting(0);

        assertTrue(verify(chip).exiting(0).out().contains("good  no private key is in the image"));
        assertTrue(Files.readString(burned().resolve("device_key.pem")).startsWith("-----BEGIN EC PRIVATE KEY-----\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s2", "s3", "c3", "c5", "c6", "h2", "p4"})
    void anEcKeyIsDerivedFromTheHmacKey(String chip) {
        issue("--key-home", "hmac", "--target", chip).exiting(0);

        String key = burned().resolve("hmac_up.bin").toString();
        assertTrue(verify(chip, "--hmac-key", key)
                .exiting(0)
                .out()
                .contains("good  the key derived from HMAC key and salt is the certificate's"));
    }

    @ParameterizedTest
    @CsvSource({"esp32, P-256", "s3, RSA-2048", "c3, P-384", "h2, P-521"})
    void aPlainKeyOfAnyKindIsInTheImage(String chip, String kind) {
        issue("--key", kind, "--target", chip, "--format", "esp-secure-cert").exiting(0);

        assertTrue(verify(chip).exiting(0).out().contains("good  the private key is the certificate's"));
        assertEquals("600", WholeFiles.mode(image()), "the key is in it");
        assertFalse(Files.exists(burned()), "nothing is to be burned");
    }

    @Test
    void theDeviceGetsWhatFlashesItAndTheKeyApart() {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3")
                .exiting(0);

        assertEquals(
                List.of(
                        "SHA256SUMS",
                        "esp_secure_cert.README.txt",
                        "esp_secure_cert.bin",
                        "esp_secure_cert.partitions.csv",
                        "esp_secure_cert.sdkconfig.defaults"),
                names(out().resolve("d1")));
        assertEquals(List.of("SHA256SUMS", "burn.sh", "hmac_key.bin"), names(burned()));
        assertEquals("600", WholeFiles.mode(burned().resolve("hmac_key.bin")));
    }

    @Test
    void theSameOrderAgainChangesNothingEvenAfterTheKeyIsBurned() {
        String[] order = {"--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3"};
        issue(order).exiting(0);
        run("efuse", "confirm", "d1", "--out", out().toString(), "--yes");

        assertTrue(issue(order).exiting(0).out().startsWith("nothing to do: issued before: d1"));
        assertFalse(Files.exists(burned()));
        assertTrue(run("efuse", "confirm", "d1", "--out", out().toString(), "--yes")
                .out()
                .startsWith("nothing to do"));
        assertTrue(run("audit", "list").out().contains("efuse.confirm"));
    }

    @Test
    void aKeyThatIsToBeBurnedIsNotReplacedUnasked() throws IOException {
        issue("--key-home", "hmac", "--target", "c3").exiting(0);
        byte[] before = Files.readAllBytes(burned().resolve("hmac_up.bin"));
        run("revoke", "d1");
        WholeFiles.delete(out().resolve("d1"));

        String sentence = Refusal.of(devpki::run, 4, issueCommand("--key-home", "hmac", "--target", "c3"));

        assertTrue(sentence.contains("d1+efuse exists already, and may hold a key that is to be burned"), sentence);
        assertArrayEquals(before, Files.readAllBytes(burned().resolve("hmac_up.bin")));
        issue("--key-home", "hmac", "--target", "c3", "--force").exiting(0);
    }

    @Test
    void aChipThatCannotSaysSoAndNamesThoseThatCan() {
        assertEquals(
                "ESP32 has no Digital Signature peripheral; these have one: esp32s2, esp32s3, esp32c3, esp32c5, esp32c6,"
                        + " esp32h2, esp32h21, esp32p4, esp32s31\n",
                refusal(5, "--profile", "device-ds-rsa", "--target", "esp32"));
        assertTrue(refusal(5, "--key-home", "ecdsa", "--target", "c3")
                .startsWith("ESP32-C3 has no ECDSA peripheral; these have one: esp32c5, esp32c61, esp32h2,"));
        assertTrue(refusal(5, "--key-home", "ecdsa", "--target", "h2", "--key", "P-384")
                .startsWith("the ECDSA peripheral of ESP32-H2 takes keys on P-256, not P-384"));
        assertTrue(refusal(5, "--key-home", "ecdsa", "--target", "h2", "--efuse-key-id", "5")
                .startsWith("KEY5 of ESP32-H2 cannot hold an ECDSA key"));
        assertTrue(refusal(5, "--key-home", "hmac", "--target", "c61").startsWith("ESP32-C61 has no HMAC peripheral"));
        assertTrue(refusal(2, "--key-home", "hmac", "--target", "c3", "--efuse-key-id", "6")
                .startsWith("eFuse key id 6 is not one of ESP32-C3's 0 to 5"));
        assertTrue(refusal(5, "--key", "RSA-4096", "--target", "c3", "--format", "esp-secure-cert")
                .contains("the key is RSA-4096, which ESP32-C3 computes with in software and runs out of memory"));
        assertTrue(
                refusal(5, "--key", "RSA-4096", "--key-home", "ds", "--target", "c3")
                        .contains(
                                "takes RSA keys up to 3072 bits, not 4096; these take them: esp32s2, esp32s3, esp32p4, esp32s31"));
        assertTrue(refusal(2, "--target", "esp8266").startsWith("target \"esp8266\" is not one of esp32, esp32s2,"));
    }

    @Test
    void whatDoesNotFitThePartitionSaysWhatTakesHowMuch() {
        Path data = folder.resolve("data");
        write(data, new byte[3000]);

        String sentence = refusal(
                5,
                "--target",
                "c3",
                "--format",
                "esp-secure-cert",
                "--partition-size",
                "0x1000",
                "--user-data",
                "1=" + data);

        assertTrue(sentence.startsWith("the esp_secure_cert entries take "), sentence);
        assertTrue(sentence.contains("but the partition has 4096: CA_CERT "), sentence);
    }

    @Test
    void anHmacKeyOf31OctetsIsRefused() throws IOException {
        Path key = folder.resolve("short.bin");
        Files.write(key, new byte[31]);

        assertTrue(refusal(2, "--key-home", "hmac", "--target", "c3", "--hmac-key", key.toString())
                .contains("short.bin has 31 octets; 32 are right"));
    }

    @Test
    void anHmacKeyIsOneDevicesAlone() throws IOException {
        Files.write(folder.resolve("key.bin"), new byte[] {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
            30, 31, 32
        });
        String key = folder.resolve("key.bin").toString();
        run("issue", "d0", "--out", out().toString(), "--key-home", "hmac", "--target", "c3", "--hmac-key", key);

        assertTrue(refusal(4, "--key-home", "hmac", "--target", "c3", "--hmac-key", key)
                .startsWith("this HMAC key is d0's already"));
    }

    @Test
    void aListSaysWhichHmacKeyIsWhose() throws IOException {
        byte[] own = Files.readAllBytes(Path.of(hmacKey(5)));
        write(folder.resolve("a.bin"), own.clone());
        Path list = folder.resolve("list.csv");
        Files.writeString(list, "# keys of line 3\nd0,b.bin\nd1,a.bin\n");

        issue("--key-home", "hmac", "--target", "c3", "--hmac-keys", list.toString())
                .exiting(0);

        assertArrayEquals(own, Files.readAllBytes(burned().resolve("hmac_up.bin")));
        Files.writeString(list, "d2,a.bin\nd3,a.bin\n");
        assertTrue(Refusal.of(
                        devpki::run,
                        4,
                        "issue",
                        "d2",
                        "--out",
                        out().toString(),
                        "--key-home",
                        "hmac",
                        "--target",
                        "c3",
                        "--hmac-keys",
                        list.toString())
                .contains("line 2: key file a.bin is d2's already"));
    }

    @Test
    void aKeyForThePeripheralIsNeverWrittenInClearBeside() {
        assertTrue(
                refusal(5, "--profile", "device-ds-rsa", "--target", "c3", "--format", "esp-secure-cert,pem")
                        .startsWith(
                                "format pem would write in clear a private key whose home is ds, as profile \"device-ds-rsa\" says"));
    }

    @Test
    void aFormatForOneChipNeedsItsName() {
        assertTrue(refusal(2, "--format", "esp-secure-cert").startsWith("format esp-secure-cert is made for one chip"));
        assertTrue(refusal(2, "--der").startsWith("options about the chip need --target"));
    }

    @Test
    void anExportTakesTheKeyFromAFileIfItIsTheOne() throws IOException {
        run("issue", "d1", "--out", folder.resolve("first").toString());
        run("issue", "d2", "--out", folder.resolve("first").toString());
        String own = folder.resolve("first/d1/client_key.pem").toString();
        String other = folder.resolve("first/d2/client_key.pem").toString();
        String[] export = {
            "bundle", "export", "d1", "--target", "c3", "--format", "esp-secure-cert", "--out", out().toString()
        };

        String sentence = Refusal.of(
                devpki::run,
                4,
                Stream.concat(Stream.of(export), Stream.of("--private-key", other))
                        .toArray(String[]::new));
        assertTrue(sentence.contains("the private key is not that of certificate"), sentence);
        assertFalse(Files.exists(out().resolve("d1")));

        run(Stream.concat(Stream.of(export), Stream.of("--private-key", own)).toArray(String[]::new));
        verify("c3").exiting(0);
    }

    @Test
    void userDataAndDerGoIntoTheImage() throws IOException {
        Files.writeString(folder.resolve("sn"), "sn-000123");

        issue("--target", "c3", "--format", "esp-secure-cert", "--der", "--user-data", "2=" + folder.resolve("sn"))
                .exiting(0);

        String shown = run("bundle", "show", image().toString()).out();
        assertTrue(shown.contains("USER_DATA_2"), shown);
        assertTrue(shown.contains("DEV_CERT/1"), "the issuer's certificate: " + shown);
        assertTrue(shown.contains("DER cn=d1"), shown);
        verify("c3").exiting(0);
    }

    @ParameterizedTest
    @CsvSource({"cust-flash, 24576", "nvs, 12288"})
    void aLegacyFlavourIsWrittenAndReadToo(String flavour, long size) throws IOException {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3", "--flavour", flavour)
                .exiting(0);

        assertEquals(size, Files.size(image()));
        verify("c3", "--hmac-key", burned().resolve("hmac_key.bin").toString()).exiting(0);
        assertTrue(run("bundle", "show", image().toString()).out().contains(flavour + " image"));
        assertTrue(Files.readString(out().resolve("d1/esp_secure_cert.sdkconfig.defaults"))
                .contains("CONFIG_ESP_SECURE_CERT_SUPPORT_LEGACY_FORMATS=y"));
        assertTrue(
                Refusal.of(devpki::run, 5, "issue", "d2", "--key-home", "ecdsa", "--target", "h2", "--flavour", flavour)
                        .contains("has no place for key home ecdsa; flavour tlv has"));
    }

    @Test
    void anNvsImageHasWhatADeviceLogsInWith() {
        issue("--format", "nvs").exiting(0);

        String shown =
                run("nvs", "show", out().resolve("d1/nvs.bin").toString()).out();
        for (String key : List.of("client_id", "client_crt", "client_key", "ca_crt")) {
            assertTrue(shown.contains(key), shown);
        }
        assertEquals("600", WholeFiles.mode(out().resolve("d1/nvs.bin")));
    }

    @Test
    void anNvsImageHasTheKeysThatTheProfileNames() throws IOException {
        String profile = run("profile", "show", "device-mqtt").out();
        Path own = folder.resolve("pki/profiles/sensor.yaml");
        Files.createDirectories(own.getParent());
        Files.writeString(own, profile + """
                nvs:
                  size: 0x4000
                  keys:
                    mqtt.id: "{name}"
                    mqtt.uri: "mqtts://broker.example:8883"
                    mqtt.keepalive: "u16:120"
                    mqtt.crt: "{certificate.der}"
                    mqtt.key: "{key.der}"
                    wifi.ssid: "{value.ssid}"
                    wifi.psk: "{value.psk}"
                """);

        assertTrue(refusal(2, "--profile", "sensor", "--format", "nvs", "--nvs", "ssid=plant")
                .contains("NVS key wifi.psk wants a value for psk"));
        issue("--profile", "sensor", "--format", "nvs", "--nvs", "ssid=plant", "--nvs", "psk=geheim", "--new-nvs-keys")
                .exiting(0);

        Path bundle = out().resolve("d1");
        assertEquals(
                List.of(
                        "SHA256SUMS",
                        "nvs.README.txt",
                        "nvs.bin",
                        "nvs.partitions.csv",
                        "nvs.sdkconfig.defaults",
                        "nvs_keys.bin"),
                names(bundle));
        String shown = run(
                        "nvs",
                        "show",
                        bundle.resolve("nvs.bin").toString(),
                        "--keys",
                        bundle.resolve("nvs_keys.bin").toString())
                .out();
        assertTrue(shown.contains("120"), shown);
        assertFalse(shown.contains("geheim"), shown);
        assertEquals(0x4000, Files.size(bundle.resolve("nvs.bin")));
        devpki.run("nvs", "check", bundle.resolve("nvs.bin").toString()).exiting(8);
        assertTrue(issue(
                        "--profile",
                        "sensor",
                        "--format",
                        "nvs",
                        "--nvs",
                        "ssid=plant",
                        "--nvs",
                        "psk=geheim",
                        "--new-nvs-keys")
                .out()
                .startsWith("nothing to do"));
    }

    @Test
    void aKeyOfTheChipIsNotInNvs() {
        issue("--key-home", "hmac", "--target", "c3", "--format", "esp-secure-cert,nvs")
                .exiting(0);

        String shown =
                run("nvs", "show", out().resolve("d1/nvs.bin").toString()).out();
        assertTrue(shown.contains("client_id"), shown);
        assertFalse(shown.contains("client_key"), shown);
    }

    @Test
    void anNvsImageThatDoesNotFitIsRefusedBeforeAnythingIsSigned() throws IOException {
        String profile = run("profile", "show", "device-mqtt").out();
        Path own = folder.resolve("pki/profiles/small.yaml");
        Files.createDirectories(own.getParent());
        StringBuilder keys = new StringBuilder("nvs:\n  size: 0x3000\n  keys:\n");
        for (int i = 0; i < 9; i++) {
            keys.append("    a.k").append(i).append(": \"{chain}\"\n");
        }
        Files.writeString(own, profile + keys);

        refusal(2, "--profile", "small", "--format", "nvs");
    }

    @Test
    void aChangedImageIsSeen() throws IOException {
        issue("--target", "c3", "--format", "esp-secure-cert").exiting(0);
        byte[] octets = Files.readAllBytes(image());
        octets[700] ^= 1;
        Files.write(image(), octets);

        assertTrue(devpki.run("bundle", "show", image().toString())
                .exiting(8)
                .out()
                .contains("BAD   the CRC of the entry"));
        verify("c3").exiting(8);
    }

    @Test
    void anImageOfARevokedDeviceIsNotGood() {
        issue("--target", "c3", "--format", "esp-secure-cert").exiting(0);
        run("revoke", "d1");
        run("crl", "publish");

        assertTrue(verify("c3").exiting(8).out().contains("BAD   cn=d1 is revoked in the ledger"));
    }

    @Test
    void anImageWithAnothersKeyIsSeen() throws IOException {
        issue("--target", "c3", "--format", "esp-secure-cert").exiting(0);
        run("issue", "d2", "--out", out().toString(), "--target", "c3", "--format", "esp-secure-cert");
        List<TlvEntry> mixed = Stream.concat(
                        entries(image()).filter(entry -> !entry.is(TlvType.PRIV_KEY) && !entry.is(TlvType.INTEGRITY)),
                        entries(out().resolve("d2/esp_secure_cert.bin")).filter(entry -> entry.is(TlvType.PRIV_KEY)))
                .toList();
        Files.write(image(), SecureCertPartition.write(mixed, List.of(), 8192).lend(byte[]::clone));

        assertTrue(verify("c3").exiting(8).out().contains("BAD   not so: the private key is the certificate's"));
    }

    private static Stream<TlvEntry> entries(Path image) throws IOException {
        return SecureCertPartition.read(SecretBytes.taking(Files.readAllBytes(image))).entries().stream()
                .map(SecureCertPartition.Placed::entry);
    }

    @Test
    void anImageForAnotherChipIsSeen() {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3")
                .exiting(0);

        assertTrue(verify("s3").exiting(8).out().contains("BAD   not so: DS_DATA has the operand width of ESP32-S3"));
        assertTrue(verify("c61").exiting(8).out().contains("ESP32-C61 has no Digital Signature peripheral"));
    }

    @Test
    void theVendorsImageWithTheKeyInClearIsToldSo() {
        Path leaking = Path.of(
                System.getProperty("devpki.root", "."),
                "src/test/vectors/esp-secure-cert/esp32h2-ecdsa-peripheral-tool261/expected.bin");

        String shown = run("bundle", "show", leaking.toString()).out();

        assertTrue(shown.contains("ALSO HERE IN CLEAR"), shown);
    }

    private static void write(Path file, byte[] octets) {
        WholeFiles.write(file, SecretBytes.taking(octets), Modes.SECRET_FILE);
    }

    /** A key file of 32 octets that are alike. */
    private String hmacKey(int octet) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) octet);
        Path file = folder.resolve("key-" + octet + ".bin");
        write(file, key);
        return file.toString();
    }

    /** A profile like device-mqtt, with these lines about NVS. */
    private void profile(String name, String nvs) {
        WholeFiles.write(
                folder.resolve("pki/profiles/" + name + ".yaml"),
                Bytes.utf8(run("profile", "show", "device-mqtt").out() + nvs),
                Modes.PUBLIC_FILE);
    }

    private String shown(String... more) {
        return run(Stream.concat(
                                Stream.of(
                                        "nvs",
                                        "show",
                                        out().resolve("d1/nvs.bin").toString()),
                                Stream.of(more))
                        .toArray(String[]::new))
                .out();
    }

    /** Nothing that anybody may read, of all that was written and said, has the secret in it. */
    private static void assertNowhere(String secret, Path folder, Finished... told) throws IOException {
        for (Finished finished : told) {
            assertFalse(finished.all().contains(secret), finished::all);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertTrue(
                        WholeFiles.isPrivate(file)
                                || !Files.readString(file, ISO_8859_1).contains(secret),
                        file::toString);
            }
        }
    }

    @Test
    void thePlanIsWhatTheLedgerKnowsOfTheFiles() {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3", "--efuse-key-id", "4")
                .exiting(0);

        for (String[] known : List.of(new String[] {}, new String[] {"--target", "esp32-c3"}, new String[] {
            "--key-home", "ds", "--efuse-key-id", "4"
        })) {
            assertTrue(
                    plan(known)
                            .exiting(0)
                            .out()
                            .contains(
                                    "espefuse --chip esp32c3 --port PORT burn-key BLOCK_KEY4 hmac_key.bin HMAC_DOWN_DIGITAL_SIGNATURE"));
        }
        assertTrue(planRefusal(4, "--target", "s2")
                .startsWith("the chip that d1's files were made for is ESP32-C3, not ESP32-S2"));
        assertTrue(planRefusal(4, "--key-home", "hmac")
                .startsWith("the key home that d1's files were made for is ds, not hmac"));
        assertTrue(planRefusal(4, "--efuse-key-id", "1")
                .startsWith("the key block that d1's files were made for is KEY4, not KEY1"));
        assertTrue(planRefusal(4, "--nvs-efuse-key-id", "2")
                .startsWith("the key block of NVS that d1's files were made for is none, not KEY2"));
        String row = run("device", "show", "d1", "--json").out();
        for (String member : List.of(
                "\"target\" : \"esp32c3\"", "\"keyHome\" : \"ds\"", "\"efuseKeyId\" : 4", "\"flavour\" : \"tlv\"")) {
            assertTrue(row.contains(member), row);
        }
    }

    private Finished plan(String... more) {
        return devpki.run(
                Stream.concat(Stream.of("efuse", "plan", "d1"), Stream.of(more)).toArray(String[]::new));
    }

    private String planRefusal(int exit, String... more) {
        return Refusal.of(
                devpki::run,
                exit,
                Stream.concat(Stream.of("efuse", "plan", "d1"), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void aKeyInFlashHasNoPlanAndAnUnknownChipMustBeNamed() {
        issue("--target", "c3", "--format", "esp-secure-cert").exiting(0);
        assertTrue(planRefusal(2).startsWith("a key in flash needs no eFuse"));

        run("revoke", "d1");
        WholeFiles.delete(out().resolve("d1"));
        issue().exiting(0);
        assertTrue(planRefusal(2).startsWith("the ledger does not know for which chip the files of d1 were made"));
        assertTrue(plan("--target", "c3", "--key-home", "hmac")
                .exiting(0)
                .out()
                .contains("BLOCK_KEY1 hmac_up.bin HMAC_UP"));
    }

    @Test
    void anOrderForOtherOctetsUnderTheSameNameIsAConflict() throws IOException {
        write(folder.resolve("one"), new byte[] {1});
        write(folder.resolve("two"), new byte[] {2});
        profile("sensor", "nvs:\n  keys:\n    wifi.ssid: \"{value.ssid}\"\n");
        List<String> order = List.of(
                "--profile",
                "sensor",
                "--target",
                "c3",
                "--format",
                "esp-secure-cert,nvs",
                "--key-home",
                "hmac",
                "--hmac-key",
                hmacKey(1),
                "--nvs-hmac-key",
                hmacKey(2),
                "--nvs",
                "ssid=plant",
                "--user-data",
                "1=" + folder.resolve("one"));
        issue(order.toArray(String[]::new)).exiting(0);
        assertTrue(issue(order.toArray(String[]::new)).exiting(0).out().startsWith("nothing to do"));

        for (List<String> change : List.of(
                List.of("c3", "s3"),
                List.of(hmacKey(1), hmacKey(3)),
                List.of(hmacKey(2), hmacKey(3)),
                List.of("ssid=plant", "ssid=office"),
                List.of("1=" + folder.resolve("one"), "1=" + folder.resolve("two")),
                List.of("1=" + folder.resolve("one"), "2=" + folder.resolve("one")))) {
            String[] other = order.stream()
                    .map(word -> word.equals(change.get(0)) ? change.get(1) : word)
                    .toArray(String[]::new);
            assertConflict(other);
        }
        for (List<String> more : List.of(
                List.of("--efuse-key-id", "0"),
                List.of("--nvs-efuse-key-id", "3"),
                List.of("--partition-size", "0x4000"),
                List.of("--der"))) {
            assertConflict(Stream.concat(order.stream(), more.stream()).toArray(String[]::new));
        }
        assertConflict(Stream.concat(order.subList(0, 8).stream(), order.subList(10, order.size()).stream())
                .toArray(String[]::new));
    }

    private void assertConflict(String... order) {
        assertTrue(
                Refusal.of(devpki::run, 4, issueCommand(order)).startsWith("d1 has live certificate "),
                () -> String.join(" ", order));
    }

    @Test
    void aKeyThatBelongsIntoAChipIsNotWrittenInClearForWantOfItsName() throws IOException {
        String sentence = refusal(2, "--profile", "device-ds-rsa");
        assertTrue(
                sentence.startsWith(
                        "key home ds, as profile \"device-ds-rsa\" says, is in one chip; name it by --target, or say --key-home flash"),
                sentence);
        assertTrue(refusal(2, "--key-home", "ecdsa").contains("--target is one of esp32c5, esp32c61, esp32h2,"));

        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--key-home", "flash")
                .exiting(0);
        String key = out().resolve("d1/client_key.pem").toString();
        assertTrue(Refusal.of(
                        devpki::run,
                        2,
                        "bundle",
                        "export",
                        "d1",
                        "--private-key",
                        key,
                        "--out",
                        folder.resolve("exp").toString())
                .startsWith("key home ds, as profile"));
        assertFalse(Files.exists(folder.resolve("exp")));
    }

    @Test
    void aDevicesNameOrValueDoesNotChooseTheKindOfAnNvsValue() {
        profile("sensor", """
                nvs:
                  keys:
                    mqtt.id: "{name}"
                    wifi.psk: "{value.psk}"
                    mqtt.alive: "u16:{value.alive}"
                    mqtt.blob: "hex:{value.blob}"
                """);
        String[] order = {
            "--profile",
            "sensor",
            "--format",
            "nvs",
            "--nvs",
            "psk=hex:deadbeef01",
            "--nvs",
            "alive=120",
            "--nvs",
            "blob=cafe"
        };
        for (String name : List.of("hex:cafe", "u8:7")) {
            String[] command = Stream.concat(Stream.of("issue", name, "--out", out().toString()), Stream.of(order))
                    .toArray(String[]::new);
            run(command);

            String shown = run(
                            "nvs",
                            "show",
                            out().resolve(name.replace(":", "%3A"))
                                    .resolve("nvs.bin")
                                    .toString(),
                            "--json")
                    .out()
                    .replaceAll("\\s+", " ");
            assertTrue(shown.contains("\"key\" : \"id\", \"type\" : \"string\", \"size\" : " + name.length()), shown);
            assertTrue(shown.contains("\"key\" : \"psk\", \"type\" : \"string\", \"size\" : 14"), shown);
            assertTrue(shown.contains("\"key\" : \"alive\", \"type\" : \"u16\""), shown);
            assertTrue(shown.contains("\"key\" : \"blob\", \"type\" : \"blob\", \"size\" : 2"), shown);
        }
    }

    @Test
    void aSecretOfNvsComesFromAFileAndIsToldToNobody() throws IOException {
        profile("sensor", """
                nvs:
                  keys:
                    wifi.ssid: "{value.ssid}"
                    wifi.psk: "{secret.psk}"
                    wifi.pin: "u16:{secret.pin}"
                    wifi.fixed: "hunter2secret"
                """);
        String[] order = {"--profile", "sensor", "--format", "nvs", "--nvs", "ssid=plant"};
        assertTrue(refusal(2, with(order, "--nvs", "psk=geheim123"))
                .startsWith(
                        "NVS value psk is a secret, as profile \"sensor\" says, and no secret is told in an argument"));
        assertTrue(refusal(2, order).contains("--nvs-values FILE, with a line psk=VALUE, gives it"));

        Path values = folder.resolve("values");
        for (String wrong : List.of("psk=geheim123\npin=geheim456\n", "psk=geheim123\npin=65536\n")) {
            Files.writeString(values, wrong);
            Finished told = issue(with(order, "--nvs-values", values.toString(), "--verbose"));
            assertTrue(told.exiting(2)
                    .err()
                    .contains("NVS key wifi.pin wants a value of kind u16, and its value is none"));
            assertFalse(told.all().contains("geheim") || told.all().contains("65536"), told::all);
        }
        Files.writeString(values, "# of line 3\npsk=geheim123\npin=4711\n");
        WholeFiles.setMode(values, Modes.SECRET_FILE);
        Finished told = issue(with(order, "--nvs-values", values.toString())).exiting(0);

        assertNowhere("geheim123", folder, told);
        assertNowhere("hunter2secret", out(), told);
        assertTrue(Files.readString(out().resolve("d1/nvs.README.txt")).contains("wifi.fixed  string"));
        assertTrue(shown("--json").contains("\"number\": \"4711\"")
                || shown("--json").contains("4711"));
    }

    private static String[] with(String[] order, String... more) {
        return Stream.concat(Stream.of(order), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void valuesOfAFleetAreFoundByTheNameOfTheDevice() {
        profile("sensor", "nvs:\n  keys:\n    wifi.psk: \"{secret.psk}\"\n    own.color: \"{value.color}\"\n");
        String[] order = {"--profile", "sensor", "--format", "nvs", "--nvs-values", "-"};
        InProcess plain = devpki;

        devpki = plain.feeding(Bytes.utf8("color,name,psk\nred,d0,geheim0\ngreen,d2,geheim2\n"));
        assertTrue(refusal(3, order).startsWith("there is no row for d1 in standard input"));
        devpki = plain.feeding(Bytes.utf8("color,name,psk\nred,d1,geheim0\ngreen,d1,geheim2\n"));
        assertTrue(refusal(2, order).startsWith("standard input has 2 rows that could be for d1"));
        devpki = plain.feeding(Bytes.utf8("color,psk\nred\n"));
        assertTrue(refusal(2, order).startsWith("standard input line 2 has 1 fields; 2 are right"));
        devpki = plain.feeding(Bytes.utf8(""));
        assertTrue(refusal(2, order).startsWith("there is no value in standard input"));
        devpki = plain.feeding(Bytes.utf8("color,name,psk\nred,d0,geheim0\ngreen,d1,\"geheim, 1\"\n"));
        issue(order).exiting(0);

        devpki = plain;
        assertTrue(shown("--json").contains("\"size\" : 9"), "octets of geheim, 1");
        assertTrue(refusal2(order, "--nvs", "psk=x").startsWith("NVS value psk is a secret"));
    }

    private String refusal2(String[] order, String... more) {
        devpki = devpki.feeding(Bytes.utf8("color=red\n"));
        return Refusal.of(devpki::run, 2, issueCommand(with(order, more)));
    }

    @Test
    void theHmacKeyOfNvsIsBurnedIsOneDevicesAndHasNoOtherUse() throws IOException {
        String key = hmacKey(7);
        String[] nvs = {"--format", "nvs", "--nvs-hmac-key", key};
        assertTrue(refusal(2, nvs).startsWith("--nvs-hmac-key is burned into one chip; name it by --target"));
        assertTrue(refusal(5, with(nvs, "--target", "esp32"))
                .startsWith("ESP32 has no HMAC peripheral to derive the keys of NVS with"));
        assertTrue(refusal(2, with(nvs, "--target", "c3", "--key-home", "hmac", "--nvs-efuse-key-id", "1"))
                .startsWith("KEY1 is for key home hmac already"));
        assertTrue(refusal(2, "--nvs-hmac-key", key, "--target", "c3")
                .startsWith("NVS values and keys go with --format nvs"));

        String[] both = with(nvs, "--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3");
        both[1] = "esp-secure-cert,nvs";
        assertTrue(refusal(4, with(both, "--hmac-key", key)).startsWith("this HMAC key is d1's already, for its NVS"));
        issue(both).exiting(0);

        assertEquals(List.of("SHA256SUMS", "burn.sh", "hmac_key.bin", "nvs_hmac_up.bin"), names(burned()));
        assertArrayEquals(Files.readAllBytes(Path.of(key)), Files.readAllBytes(burned().resolve("nvs_hmac_up.bin")));
        String commands = plan().exiting(0).out();
        assertTrue(
                commands.contains(
                        "burn-key BLOCK_KEY1 hmac_key.bin HMAC_DOWN_DIGITAL_SIGNATURE BLOCK_KEY2 nvs_hmac_up.bin HMAC_UP"),
                commands);
        String sdkconfig = Files.readString(out().resolve("d1/nvs.sdkconfig.defaults"));
        assertTrue(
                sdkconfig.contains("CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC=y\nCONFIG_NVS_SEC_HMAC_EFUSE_KEY_ID=2\n"),
                sdkconfig);
        assertTrue(shown("--hmac-key", key).contains("client_crt"));
        String[] other = with(both);
        assertTrue(Refusal.of(
                        devpki::run,
                        4,
                        Stream.concat(Stream.of("issue", "d2", "--out", out().toString()), Stream.of(other))
                                .toArray(String[]::new))
                .startsWith("this HMAC key is d1's already, for its NVS; each device has its own"));
    }

    @Test
    void whereNvsGoesIsToldWithAnOffset() throws IOException {
        issue("--target", "c3", "--format", "esp-secure-cert,nvs", "--new-nvs-keys")
                .exiting(0);

        assertTrue(Files.readString(out().resolve("d1/nvs.partitions.csv"))
                .endsWith("nvs, data, nvs, 0xF000, 0x6000,\nnvs_keys, data, nvs_keys, 0x15000, 0x1000, encrypted\n"));
        String readme = Files.readString(out().resolve("d1/nvs.README.txt"));
        for (String line : List.of(
                "  esptool --chip esp32c3 --port PORT write-flash 0xF000 nvs.bin",
                "  esptool.py --chip esp32c3 --port PORT write_flash 0xF000 nvs.bin",
                "  esptool --chip esp32c3 --port PORT write-flash 0x15000 nvs_keys.bin")) {
            assertTrue(readme.lines().toList().contains(line), readme);
        }
    }

    @Test
    void whatARunThatWasCutShortLeftOfAKeyIsSweptAway() {
        Path left = out().resolve(".d1+efuse.devpki-tmp-1");
        WholeFiles.makeFolder(left, Modes.SECRET_FOLDER);
        write(left.resolve("hmac_up.bin"), new byte[32]);
        issue("--key-home", "hmac", "--target", "c3").exiting(0);
        assertFalse(Files.exists(left), "by issue");

        WholeFiles.makeFolder(left, Modes.SECRET_FOLDER);
        issue("--key-home", "hmac", "--target", "c3").exiting(0);
        assertFalse(Files.exists(left), "by issue that has nothing else to do");

        WholeFiles.makeFolder(left, Modes.SECRET_FOLDER);
        run("efuse", "confirm", "d1", "--out", out().toString(), "--yes");
        assertFalse(Files.exists(left), "by efuse confirm");
    }

    @Test
    void theKeyOfAnotherCertificateIsNotConfirmed() {
        issue("--key-home", "hmac", "--target", "c3").exiting(0);
        String old = serial();
        run("revoke", "d1");
        run("issue", "d1", "--out", folder.resolve("b").toString(), "--key-home", "hmac", "--target", "c3");
        String now = serial();

        String sentence = Refusal.of(devpki::run, 4, "efuse", "confirm", "d1", "--out", out().toString(), "--yes");

        assertTrue(sentence.contains("has the key of certificate " + old + ", and that of d1 is " + now), sentence);
        assertTrue(Files.exists(burned().resolve("hmac_up.bin")));
        run("efuse", "confirm", "d1", "--out", folder.resolve("b").toString(), "--yes");
        String confirmed = run("audit", "list")
                .out()
                .lines()
                .filter(line -> line.contains("efuse.confirm"))
                .reduce("", String::concat);
        assertTrue(confirmed.contains(now) && !confirmed.contains(old), confirmed);
    }

    private String serial() {
        return run("device", "list", "--prefix", "d1")
                .out()
                .lines()
                .filter(line -> line.contains(" valid "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theImageIsPrivateWhereSomethingOfTheCustomersIsInIt() {
        write(folder.resolve("pin"), new byte[] {1, 2, 3, 4});

        issue("--key-home", "hmac", "--target", "c3", "--user-data", "1=" + folder.resolve("pin"))
                .exiting(0);

        assertEquals("600", WholeFiles.mode(image()));
    }

    @Test
    void theReadmeOfAKeyThatIsElsewhereSendsNobodyToAFolderThatIsNotThere() throws Exception {
        Path csr = folder.resolve("d1.csr");
        WholeFiles.write(csr, TestCsr.of("d1").der().octets(), Modes.PUBLIC_FILE);

        issue("--csr", csr.toString(), "--key-home", "ecdsa", "--target", "h2").exiting(0);

        String readme = Files.readString(out().resolve("d1/esp_secure_cert.README.txt"));
        assertFalse(readme.contains("+efuse") || readme.contains("burn.sh"), readme);
        assertTrue(readme.contains("devpki efuse plan d1"), readme);
        assertTrue(plan().exiting(0).out().contains("burn-key BLOCK_KEY1 device_key.pem ECDSA_KEY"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x2001", "5000"})
    void aPartitionIsWholeSectorsOfFlash(String size) {
        assertTrue(refusal(2, "--target", "c3", "--format", "esp-secure-cert", "--partition-size", size)
                .contains("octets is not a multiple of 0x1000, a sector of flash"));
    }

    @Test
    void thePartitionOfTheLegacyNvsFlavourIsLargerThanItsImage() throws IOException {
        issue("--target", "c3", "--format", "esp-secure-cert", "--flavour", "nvs")
                .exiting(0);

        assertTrue(Files.readString(out().resolve("d1/esp_secure_cert.partitions.csv"))
                .endsWith("esp_secure_cert, data, nvs, 0xD000, 0x6000,\n"));
    }

    /** The image with other entries, its CRCs and INTEGRITY made anew. */
    private Finished verifyChanged(String chip, Function<TlvEntry, Stream<TlvEntry>> change) throws IOException {
        byte[] before = Files.readAllBytes(image());
        List<TlvEntry> changed = entries(image())
                .filter(entry -> !entry.is(TlvType.INTEGRITY))
                .flatMap(change)
                .toList();
        Files.write(image(), SecureCertPartition.write(changed, List.of(), 8192).lend(byte[]::clone));
        Finished verified = verify(chip);
        Files.write(image(), before);
        return verified;
    }

    private static Function<TlvEntry, Stream<TlvEntry>> block(int block) {
        byte[] octets = new byte[40];
        octets[0] = (byte) block;
        return entry -> Stream.of(
                entry.is(TlvType.SEC_CFG) ? TlvEntry.of(TlvType.SEC_CFG, SecretBytes.taking(octets.clone())) : entry);
    }

    @Test
    void anImageOfTheEcdsaPeripheralNamesTheBlockThatTheLedgerKnows() throws IOException {
        issue("--key-home", "ecdsa", "--target", "h2", "--efuse-key-id", "2").exiting(0);
        assertTrue(verify("h2").exiting(0).out().contains("good  SEC_CFG names the eFuse block of its key, 6"));

        Finished without = verifyChanged("h2", entry -> Stream.of(entry).filter(kept -> !kept.is(TlvType.SEC_CFG)));
        assertTrue(
                without.exiting(8).out().contains("BAD   not so: SEC_CFG names the eFuse block of its key"),
                without::out);
        Finished far = verifyChanged("h2", block(200));
        assertTrue(far.exiting(8).out().contains("eFuse key id 196 is not one of ESP32-H2's 0 to 5"), far::out);
        Finished barred = verifyChanged("h2", block(9));
        assertTrue(barred.exiting(8).out().contains("KEY5 of ESP32-H2 cannot hold an ECDSA key"), barred::out);
        Finished other = verifyChanged("h2", block(7));
        assertTrue(
                other.exiting(8)
                        .out()
                        .contains(
                                "BAD   the private key is not where the ledger has it (key home ecdsa, KEY2): SEC_CFG names eFuse block 7, not 6"),
                other::out);
    }

    @Test
    void anImageWithoutTheIssuersOrWithAnotherFlagIsNotGood() throws IOException {
        issue("--target", "c3", "--format", "esp-secure-cert", "--der").exiting(0);

        Finished cut = verifyChanged(
                "c3", entry -> Stream.of(entry).filter(kept -> !kept.is(TlvType.DEV_CERT) || kept.subtype() == 0));
        assertTrue(
                cut.exiting(8).out().contains("BAD   not so: behind it are the certificates of its issuers"), cut::out);
        Finished flagged = verifyChanged(
                "c3",
                entry -> Stream.of(
                        entry.is(TlvType.PRIV_KEY) ? TlvEntry.keyElsewhere(TlvEntry.KeyFlag.HMAC_DERIVED) : entry));
        assertTrue(flagged.exiting(8).out().contains("the flags of PRIV_KEY are 0x40, not 0x00"), flagged::out);
    }

    @Test
    void anImageForAnotherChipThanTheLedgersIsSeenWhateverItsKeyHome() {
        issue("--target", "c3", "--format", "esp-secure-cert").exiting(0);

        assertTrue(
                verify("s3").exiting(8).out().contains("BAD   not so: it was made for ESP32-C3, as the ledger has it"));
        assertTrue(run("bundle", "verify", image().toString()).out().contains("good  it was made for ESP32-C3"));
    }

    @Test
    void anExportForAChipThatCannotIsRefusedAndSoIsItsImage() {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--key-home", "flash")
                .exiting(0);
        String key = out().resolve("d1/client_key.pem").toString();
        String[] export = {
            "bundle",
            "export",
            "d1",
            "--private-key",
            key,
            "--format",
            "esp-secure-cert",
            "--key-home",
            "flash",
            "--out",
            folder.resolve("exp").toString(),
            "--target"
        };
        Finished told = run(with(export, "c61", "--json"));
        assertTrue(
                told.err().contains("warning: RSA-2048 of cn=d1 is more than ESP32-C61 has hardware for"), told::err);
        assertTrue(told.out().contains("\"tls13Octets\""), told::out);

        run("issue", "d2", "--key", "RSA-4096", "--format", "pem", "--out", out().toString());
        String[] large = {
            "bundle",
            "export",
            "d2",
            "--private-key",
            out().resolve("d2/key.pem").toString(),
            "--format",
            "esp-secure-cert",
            "--out",
            folder.resolve("exp").toString(),
            "--target"
        };
        assertTrue(Refusal.of(devpki::run, 5, with(large, "c3"))
                .startsWith("lint refuses the certificate for this chip: the key is RSA-4096, which ESP32-C3"));
        assertFalse(Files.exists(folder.resolve("exp/d2")));
        run(with(large, "s3"));
        String image = folder.resolve("exp/d2/esp_secure_cert.bin").toString();
        run("bundle", "verify", image, "--target", "s3");
        assertTrue(devpki.run("bundle", "verify", image, "--target", "c3")
                .exiting(8)
                .out()
                .contains("BAD   the key is RSA-4096, which ESP32-C3"));
    }

    @Test
    void issueTellsWhatTheChainCostsAndWhatLintWarnsOf() {
        Finished told = issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3", "--json")
                .exiting(0);

        assertTrue(told.err().contains("devpki: budget: chain "), told::err);
        assertTrue(told.err().contains("devpki: warning: an RSA key in the Digital Signature peripheral"), told::err);
        for (String member : List.of("\"budget\"", "\"pemOctets\"", "\"tls13Octets\"", "\"warnings\"")) {
            assertTrue(told.out().contains(member), told::out);
        }
        Finished other = devpki.run(
                "issue",
                "d2",
                "--out",
                out().toString(),
                "--profile",
                "device-ds-rsa",
                "--key",
                "RSA-2048",
                "--key-home",
                "flash",
                "--target",
                "c3");
        assertFalse(other.exiting(0).err().contains("Digital Signature"), "the key is in flash: " + other.err());
    }

    @Test
    void aRootThatIsTooMuchForAChipIsSeenByIssueAndByLint() throws IOException {
        Path other = Files.createDirectory(folder.resolve("rsa"));
        Files.writeString(other.resolve("passphrase"), "correct horse\n");
        InProcess rsa = InProcess.in(other).at(CLOCK);
        String out = other.resolve("out").toString();
        rsa.run("init", "--root-key", "RSA-4096", "--crl-url", "http://c.example", "--ocsp-url", "http://o.example")
                .exiting(0);

        String sentence = Refusal.of(rsa::run, 5, "issue", "d1", "--target", "c3", "--out", out);
        assertTrue(sentence.contains("the key of cn=Root CA, above it, is RSA-4096, which ESP32-C3"), sentence);
        rsa.run("issue", "d1", "--target", "s3", "--out", out).exiting(0);

        Path chain = other.resolve("chain.pem");
        Files.writeString(
                chain,
                Files.readString(other.resolve("out/d1/client_crt.pem"))
                        + Files.readString(other.resolve("out/d1/server_root_ca.pem")));
        Finished linted = rsa.run("lint", chain.toString(), "--target", "c3").exiting(5);
        for (String place : List.of(
                " certificate 1: error: the key of cn=Root CA, above it, is RSA-4096",
                " certificate 2: error: the issuer's key is RSA-4096",
                " certificate 3: error: the key is RSA-4096")) {
            assertTrue(linted.out().contains(chain + place), linted::out);
        }
        rsa.run("lint", chain.toString(), "--target", "s3").exiting(0);
    }

    @Test
    void lintTellsWhatIsWrongWithAKeysHomeAndWithAFileThatIsNoCertificate() {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--key-home", "flash")
                .exiting(0);
        String certificate = out().resolve("d1/client_crt.pem").toString();
        assertTrue(run("lint", certificate, "--target", "c3", "--key-home", "ds")
                .out()
                .contains("target-tls13"));
        assertFalse(run("lint", certificate, "--target", "c3").out().contains("target-tls13"));
        assertTrue(devpki.run("lint", certificate, "--target", "esp32", "--profile", "device-ds-rsa")
                .exiting(5)
                .out()
                .contains("error: ESP32 has no Digital Signature peripheral"));

        run("issue", "d2", "--target", "c3", "--format", "esp-secure-cert", "--out", out().toString());
        String image = out().resolve("d2/esp_secure_cert.bin").toString();
        assertTrue(Refusal.of(devpki::run, 2, "lint", image)
                .contains("is an esp_secure_cert image, not a certificate\nhint: devpki bundle verify " + image));
    }

    @Test
    void anOptionThatWouldCountForNothingIsRefused() {
        String ca = folder.resolve("ca.pem").toString();
        run("ca", "export", "--out", ca);
        write(folder.resolve("data"), new byte[] {1});
        String flavour = "--flavour, --der, --user-data and --partition-size go with --format esp-secure-cert";
        for (List<String> options : List.of(
                List.of("--der"),
                List.of("--flavour", "nvs"),
                List.of("--partition-size", "0x4000"),
                List.of("--user-data", "1=" + folder.resolve("data")))) {
            String[] order =
                    Stream.concat(Stream.of("--target", "c3"), options.stream()).toArray(String[]::new);
            assertTrue(refusal(2, order).startsWith(flavour), options::toString);
        }
        assertTrue(refusal(2, "--target", "c3", "--sign-key", ca)
                .startsWith("--sign-key goes with --format esp-secure-cert"));
        assertTrue(refusal(2, "--target", "c3", "--format", "esp-secure-cert", "--efuse-key-id", "1")
                .startsWith("--efuse-key-id goes with key home ds, ecdsa or hmac, not flash"));
        assertTrue(refusal(2, "--new-nvs-keys").startsWith("NVS values and keys go with --format nvs"));
        assertTrue(refusal(2, "--nvs", "a=b").startsWith("NVS values and keys go with --format nvs"));
        assertTrue(refusal(2, "--format", "nvs", "--nvs", "a=b")
                .startsWith("profile \"device-mqtt\" has no NVS key for value a"));
        assertTrue(refusal(2, "--format", "nvs", "--target", "c3", "--key-home", "hmac")
                .startsWith("without format esp-secure-cert a private key whose home is hmac would be nowhere"));
    }

    @Test
    void aBurnIsConfirmedWhereTheKeyIsAndNowhereElse() throws IOException {
        issue("--key-home", "hmac", "--target", "c3").exiting(0);

        assertTrue(Refusal.of(devpki::run, 3, "efuse", "confirm", "d1", "--out", folder.toString(), "--yes")
                .contains("d1+efuse, and nobody confirmed yet that the key of d1 is burned"));

        Files.writeString(burned().resolve("notes.txt"), "mine");
        assertTrue(confirmRefusal().contains("d1+efuse also holds notes.txt, which would be lost"));
        Files.delete(burned().resolve("notes.txt"));
        Files.createDirectory(burned().resolve("sub"));
        assertTrue(confirmRefusal().contains("also holds sub, which would be lost"));
        Files.delete(burned().resolve("sub"));
        Path moved = folder.resolve("moved");
        Files.move(burned(), moved);
        Files.createSymbolicLink(burned(), moved);
        assertTrue(confirmRefusal().contains("d1+efuse is a link, or says not for which certificate"));
        Files.delete(burned());
        Files.createDirectory(burned());
        assertTrue(confirmRefusal().contains("d1+efuse is a link, or says not for which certificate"));
        Files.delete(burned());
        Files.move(moved, burned());
        run("efuse", "confirm", "d1", "--out", out().toString(), "--yes");
        assertFalse(Files.exists(burned()));
    }

    private String confirmRefusal() {
        return Refusal.of(devpki::run, 4, "efuse", "confirm", "d1", "--out", out().toString(), "--yes");
    }

    @Test
    void anHmacKeyOfZerosIsNone() {
        String key = folder.resolve("zeros").toString();
        write(Path.of(key), new byte[32]);

        assertTrue(refusal(2, "--key-home", "hmac", "--target", "c3", "--hmac-key", key)
                .contains("is all zeros"));
    }

    @Test
    void anExportGoesThroughStandardStreamsAndSaysWhatItLacks() throws IOException {
        issue().exiting(0);
        Path key = out().resolve("d1/client_key.pem");
        String[] export = {"bundle", "export", "d1", "--out", "-"};

        String chain = run(export).out();
        assertTrue(chain.startsWith("-----BEGIN CERTIFICATE-----"), chain);
        devpki = devpki.feeding(Bytes.of(Files.readAllBytes(key)));
        assertTrue(run(with(export, "--private-key", "-")).out().startsWith("-----BEGIN PRIVATE KEY-----"));
        assertFalse(Files.exists(Path.of("-")));

        export[4] = folder.resolve("exp").toString();
        assertTrue(Refusal.of(
                        devpki::run,
                        2,
                        with(export, "--key-home", "hmac", "--target", "c3", "--format", "esp-secure-cert"))
                .startsWith("key home hmac needs the private key, which --private-key gives"));
        Path encrypted = WholeFiles.list(folder.resolve("pki/keys")).get(0);
        String sentence = Refusal.of(devpki::run, 9, with(export, "--private-key", encrypted.toString()));
        assertTrue(sentence.startsWith("the key file is encrypted"), sentence);
    }

    @Test
    void theKeyPartitionOfGivenKeysHasItsLineAndItsNote() throws IOException {
        issue("--format", "nvs", "--new-nvs-keys").exiting(0);
        String keys = out().resolve("d1/nvs_keys.bin").toString();
        run("issue", "d2", "--format", "nvs", "--nvs-keys", keys, "--out", out().toString());

        assertTrue(Files.readString(out().resolve("d2/nvs.partitions.csv"))
                .contains("\nnvs_keys, data, nvs_keys, 0x15000, 0x1000"));
        String readme = Files.readString(out().resolve("d2/nvs.README.txt"));
        assertTrue(readme.contains("The key partition that was given") && readme.contains("flash encryption"), readme);
        assertTrue(Files.readString(out().resolve("d2/nvs.sdkconfig.defaults"))
                .contains("CONFIG_NVS_SEC_KEY_PROTECT_USING_FLASH_ENC=y"));
        assertTrue(readme.contains("client_key"), readme);
        run(
                "issue",
                "d3",
                "--format",
                "esp-secure-cert,nvs",
                "--key-home",
                "hmac",
                "--target",
                "c3",
                "--out",
                out().toString());
        assertFalse(
                Files.readString(out().resolve("d3/nvs.README.txt")).contains("client_key"), "it is not in the image");
    }

    @Test
    void anImageIsSignedWithAKeyOfSecureBoot() {
        run("issue", "boot", "--out", out().toString());
        String key = out().resolve("boot/client_key.pem").toString();

        issue("--target", "c3", "--format", "esp-secure-cert", "--sign-key", key)
                .exiting(0);

        assertTrue(run("bundle", "show", image().toString()).out().contains("SIGNATURE_BLOCK"));
        verify("c3").exiting(0);
    }
}
