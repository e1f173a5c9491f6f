package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvType;
import org.devpki.files.WholeFiles;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is flashed and burned, told by whole commands. */
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
    @ValueSource(strings = {"esp32s2", "s3", "ESP32-C3", "c6", "h2", "p4", "c5", "h21", "s31"})
    void anRsaKeyGoesToTheDigitalSignaturePeripheral(String chip) throws IOException {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", chip)
                .exiting(0);

        String key = burned().resolve("hmac_key.bin").toString();
        assertTrue(verify(chip, "--hmac-key", key).exiting(0).out().contains("what DS_DATA signs under the HMAC key"));
        assertEquals(8192, Files.size(image()));
        assertEquals(32, Files.size(burned().resolve("hmac_key.bin")));
    }

    @ParameterizedTest
    @CsvSource({"h2, P-256", "c5, P-256", "p4, P-256", "c61, P-256", "h21, P-256", "h4, P-384", "s31, P-384"})
    void anEcKeyGoesToTheEcdsaPeripheralAndNotIntoTheImage(String chip, String kind) throws IOException {
        issue("--key", kind, "--key-home", "ecdsa", "--target", chip).exiting(0);

        assertTrue(verify(chip).exiting(0).out().contains("good  no private key is in the image"));
        assertTrue(Files.readString(burned().resolve("ecdsa_key.pem")).startsWith("-----BEGIN EC PRIVATE KEY-----\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s2", "s3", "c3", "c5", "c6", "h2", "p4"})
    void anEcKeyIsDerivedFromTheHmacKey(String chip) {
        issue("--key-home", "hmac", "--target", chip).exiting(0);

        String key = burned().resolve("hmac_key.bin").toString();
        assertTrue(verify(chip, "--hmac-key", key)
                .exiting(0)
                .out()
                .contains("good  the key derived from HMAC key and salt is the certificate's"));
    }

    @ParameterizedTest
    @CsvSource({
        "esp32, P-256",
        "s2, P-256",
        "s3, RSA-2048",
        "c2, P-256",
        "c3, P-384",
        "c5, P-256",
        "c6, P-256",
        "c61, P-256",
        "h2, P-521",
        "h21, P-256",
        "h4, P-256",
        "p4, P-256",
        "s31, P-256"
    })
    void aPlainKeyIsForEveryChip(String chip, String kind) {
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
        byte[] before = Files.readAllBytes(burned().resolve("hmac_key.bin"));
        run("revoke", "d1");
        WholeFiles.delete(out().resolve("d1"));

        String sentence = Refusal.of(devpki::run, 4, issueCommand("--key-home", "hmac", "--target", "c3"));

        assertTrue(sentence.contains("d1+efuse exists already, and may hold a key that is to be burned"), sentence);
        assertArrayEquals(before, Files.readAllBytes(burned().resolve("hmac_key.bin")));
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
        String sentence = refusal(5, "--target", "c3", "--format", "esp-secure-cert", "--partition-size", "0x400");

        assertTrue(sentence.startsWith("the esp_secure_cert entries take "), sentence);
        assertTrue(sentence.contains("but the partition has 1024: CA_CERT "), sentence);
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
        Files.write(folder.resolve("a.bin"), new byte[32]);
        Path list = folder.resolve("list.csv");
        Files.writeString(list, "# keys of line 3\nd0,b.bin\nd1,a.bin\n");

        issue("--key-home", "hmac", "--target", "c3", "--hmac-keys", list.toString())
                .exiting(0);

        assertArrayEquals(new byte[32], Files.readAllBytes(burned().resolve("hmac_key.bin")));
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

    @Test
    void thePlanIsWordForWordWhatEspefuseTakes() {
        issue("--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3")
                .exiting(0);

        String plan = run("efuse", "plan", "d1", "--target", "c3", "--json").out();

        assertTrue(
                plan.contains(
                        "\"espefuse --chip esp32c3 --port PORT burn-key BLOCK_KEY1 hmac_key.bin HMAC_DOWN_DIGITAL_SIGNATURE\""),
                plan);
        assertTrue(
                plan.contains(
                        "\"espefuse.py --chip esp32c3 --port PORT burn_key BLOCK_KEY1 hmac_key.bin HMAC_DOWN_DIGITAL_SIGNATURE\""),
                plan);
        assertTrue(Refusal.of(devpki::run, 2, "efuse", "plan", "d1", "--target", "c3", "--key-home", "flash")
                .startsWith("a key in flash needs no eFuse"));
    }
}
