package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.devpki.ca.CertificateOrder;
import org.devpki.config.BatchCertificatesFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Actor;
import org.devpki.model.BatchAnswer;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.Checkpoint.Step;
import org.devpki.model.Crypto;
import org.devpki.model.CsrDer;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.testing.Tool;
import org.devpki.x509.Cms;
import org.devpki.x509.CmsSignatures;
import org.devpki.x509.Csrs;
import org.devpki.x509.Pem;
import org.devpki.x509.SigningKey;
import org.devpki.x509.TestCsr;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A factory without CA keys and an office without a line between them: two stores, two sealed files. In the folder of a
 * test {@code office} and {@code factory} are the stores, and beside them lies what the courier carries.
 */
@Tag("story")
class AirGapTest {
    private static final String EXPORT =
            "batch export-csr $list.csv --batch B1 --target c3 --to $office.crt --out $B1.requests --jobs 1";
    private static final String SIGN =
            "batch sign $B1.requests --private-key $office.key --to $factory.crt --out $B1.certs --jobs 1";
    private static final String IMPORT = "batch import-certs $B1.certs --private-key $factory.key --list $list.csv"
            + " --batch B1 --target c3 --out $factory/out --jobs 1";

    @TempDir
    private static Path fresh;

    @TempDir
    private static Path answered;

    @TempDir
    private Path folder;

    @TempDir
    private Path morgue;

    @BeforeAll
    static void makeAnOfficeAndAFactoryThatTrustsIt() throws IOException {
        for (String name : List.of("office", "factory")) {
            Files.createDirectory(fresh.resolve(name));
            Files.writeString(fresh.resolve(name).resolve("passphrase"), name + " horse\n");
            Files.writeString(
                    fresh.resolve(name + ".crt"),
                    Pem.certificate(TestAuthority.root(name).certificate()));
            WholeFiles.write(
                    fresh.resolve(name + ".key"),
                    Pem.privateKey(TestKeys.key(TestKeys.P_256, name).pkcs8()),
                    Modes.SECRET_FILE);
        }
        run(fresh, "office", "init --org Acme --root-key P-256 --crl-url http://crl.acme.example")
                .exiting(0);
        Files.copy(
                Devpki.ROOT.resolve("ca-templates/device-mqtt.yaml"), fresh.resolve("office/pki/profiles/sensor.yaml"));
        run(fresh, "office", "ca export --trust --out $office.trust").exiting(0);
        run(fresh, "factory", "init --trust $office.trust").exiting(0);
        Files.writeString(fresh.resolve("list.csv"), "name,profile,pin\nd1,,4711\nd2,sensor,4712\n");
        StoreProof.copy(fresh, answered);
        run(answered, "factory", EXPORT).exiting(0);
        run(answered, "office", SIGN).exiting(0);
    }

    /** @param words of which those that begin with a dollar sign are files */
    private static String[] words(Path home, String words) {
        return Arrays.stream(words.split(" "))
                .map(word ->
                        word.startsWith("$") ? home.resolve(word.substring(1)).toString() : word)
                .toArray(String[]::new);
    }

    private static Finished run(Path home, String who, String words) {
        return InProcess.in(home.resolve(who)).run(words(home, words));
    }

    private Finished office(String words) {
        return run(folder, "office", words);
    }

    private Finished factory(String words) {
        return run(folder, "factory", words);
    }

    private String refusal(String who, int exit, String words) {
        return Refusal.sentence(run(folder, who, words), exit);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private List<String> waiting() throws IOException {
        Path place = file("factory/pki/pool/waiting");
        if (!Files.exists(place)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(place)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> names(Path place) {
        return WholeFiles.list(place).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    private Bytes opened(String sealed, String whose) throws IOException {
        try (SecretBytes clear =
                Cms.open(Bytes.of(Files.readAllBytes(file(sealed))), TestKeys.key(TestKeys.P_256, whose))) {
            return clear.lend(Bytes::of);
        }
    }

    // ---- the story ----

    @Test
    void aFactoryWithoutKeysGetsItsDevicesByTwoFiles() throws IOException {
        StoreProof.copy(fresh, folder);
        Finished asked = factory(EXPORT + " --json").exiting(0);
        List<String> kept = waiting();
        Finished signed = office(SIGN + " --json").exiting(0);
        Finished taken = factory(IMPORT + " --json").exiting(0);

        assertTrue(asked.out().contains("\"requests\" : 2"), asked.out());
        assertEquals(List.of("d1.key", "d2.key"), kept);
        assertTrue(signed.out().contains("\"issued\" : 2"), signed.out());
        assertTrue(taken.out().contains("\"issued\" : 2"), taken.out());
        assertEquals(List.of(), waiting());
        StoreProof there = StoreProof.of(file("factory"));
        StoreProof home = StoreProof.of(file("office"));
        for (String name : List.of("d1", "d2")) {
            assertEquals(home.oneValid(name), there.oneValid(name));
            there.bundleHolds(there.oneValid(name));
        }
        factory("status").exiting(0);
        factory("store backup $factory.zip").exiting(0);
        there.clean();
        home.clean();
        factory("batch show B1").exiting(0);
        office("batch show B1").exiting(0);
    }

    @Test
    void aDeviceGetsWhatABatchRunGivesIt() throws IOException {
        StoreProof.copy(fresh, folder);
        for (String suffix : List.of("", "x")) {
            Files.writeString(
                    file("list" + suffix + ".csv"),
                    "name,profile,key,san,not_after\n"
                            + "flash%1$s,,,,90d\nds%1$s,device-ds-rsa,RSA-2048,,\nmqtt%1$s,broker-server,,dns:mqtt.example,\n"
                                    .formatted(suffix));
        }
        factory("key pool fill --kind RSA-2048 --keys 1").exiting(0);

        factory(EXPORT + " --format esp-secure-cert").exiting(0);
        office(SIGN).exiting(0);
        factory(IMPORT + " --format esp-secure-cert").exiting(0);
        office("batch run $listx.csv --batch B2 --target c3 --format esp-secure-cert --out $office/out")
                .exiting(0);

        assertEquals(List.of("ds", "ds+efuse", "flash", "mqtt"), names(file("factory/out")));
        for (String name : names(file("factory/out"))) {
            String like = name.replaceFirst("^[a-z]+", "$0x");
            assertEquals(
                    names(file("office/out").resolve(like)),
                    names(file("factory/out").resolve(name)));
        }
        assertEquals(List.of("pool.key.pem", "waiting"), poolWithoutEmptyFolders());
        factory(
                        "bundle verify $factory/out/ds/esp_secure_cert.bin --target c3 --hmac-key $factory/out/ds+efuse/hmac_key.bin")
                .exiting(0);
        assertTrue(office("device show ds").exiting(0).out().contains("esp32c3"));
        String end = StoreProof.member(office("device show flash --json").out(), "notAfter");
        assertEquals(
                end.substring(0, 10), LocalDate.now(ZoneOffset.UTC).plusDays(90).toString());
    }

    private List<String> poolWithoutEmptyFolders() {
        return names(file("factory/pki/pool")).stream()
                .filter(name -> !names(file("factory/pki/pool").resolve(name)).isEmpty()
                        || name.endsWith(".pem")
                        || name.equals("waiting"))
                .toList();
    }

    @Test
    void aKeyThatFirmwareDerivesComesThroughTooAlsoWhereItsBurningWasPreparedBeforeAKill() {
        StoreProof.copy(fresh, folder);
        String more = " --key-home hmac --format esp-secure-cert";
        Path corpse = morgue.resolve("corpse");

        factory(EXPORT + more).exiting(0);
        office(SIGN).exiting(0);
        InProcess.in(file("factory"))
                .at(Step.ISSUE_6_FILES_WRITTEN, () -> {
                    WholeFiles.delete(corpse);
                    StoreProof.copyAs(folder, corpse);
                })
                .run(words(folder, IMPORT + more))
                .exiting(0);
        assertEquals(
                List.of("d1", "d1+efuse", "d2+efuse"),
                names(corpse.resolve("factory/out")).stream()
                        .filter(name -> !name.startsWith("."))
                        .toList());
        run(corpse, "factory", IMPORT + more).exiting(0);

        for (Path home : List.of(folder, corpse)) {
            run(
                            home,
                            "factory",
                            "bundle verify $factory/out/d2/esp_secure_cert.bin --target c3 --hmac-key $factory/out/d2+efuse/hmac_up.bin")
                    .exiting(0);
        }
    }

    @Test
    void aRequestThatADeviceMadeItselfGoesThrough() throws IOException {
        StoreProof.copy(fresh, folder);
        String csr = Base64.getEncoder()
                .encodeToString(TestCsr.of("d1").der().octets().toArray());
        Files.writeString(file("list.csv"), "name,csr\nd1," + csr + "\n");

        factory(EXPORT).exiting(0);
        office(SIGN).exiting(0);
        factory(IMPORT).exiting(0);

        assertEquals(List.of(), waiting());
        assertFalse(names(file("factory/out/d1")).contains("client_key.pem"));
        assertTrue(names(file("factory/out/d1")).contains("client_crt.pem"));
    }

    @Test
    void theSameAgainChangesNothing() throws IOException {
        StoreProof.copy(answered, folder);
        Bytes requests = Bytes.of(Files.readAllBytes(file("B1.requests")));
        assertTrue(factory(EXPORT).exiting(0).out().contains("nothing to do: there is"));
        Bytes certificates = Bytes.of(Files.readAllBytes(file("B1.certs")));
        assertTrue(office(SIGN).exiting(0).out().contains("2 done before"));
        factory(IMPORT).exiting(0);
        assertTrue(factory(IMPORT).exiting(0).out().contains("0 issued, 2 done before"));

        assertTrue(factory(EXPORT).exiting(0).out().contains("batch B1: 0 requested, 2 done before\nnothing to do\n"));
        assertEquals(requests, Bytes.of(Files.readAllBytes(file("B1.requests"))));
        assertEquals(certificates, Bytes.of(Files.readAllBytes(file("B1.certs"))));
        assertEquals(1, StoreProof.of(file("office")).rows("d1").size());
    }

    @Test
    void theSameRequestsSealedAnewGetTheSameCertificates() throws IOException {
        StoreProof.copy(answered, folder);
        Bytes asked = opened("B1.requests", "office");
        Bytes first =
                CmsSignatures.open(opened("B1.certs", "factory"), 1 << 20, "it").content();
        Files.delete(file("B1.requests"));
        Files.delete(file("B1.certs"));

        factory(EXPORT).exiting(0);
        office(SIGN).exiting(0);

        assertEquals(asked, opened("B1.requests", "office"));
        assertEquals(
                first,
                CmsSignatures.open(opened("B1.certs", "factory"), 1 << 20, "it").content());
    }

    @Test
    void whatTheOfficeRefusesIsToldAndMayBeAskedForAgain() throws IOException {
        StoreProof.copy(fresh, folder);
        office("issue d1 --out $office/out").exiting(0);
        factory(EXPORT).exiting(0);
        office(SIGN).exiting(6);

        Finished taken = factory(IMPORT).exiting(6);

        assertTrue(taken.err().contains("d1: the office refused it: d1 has live certificate "), taken.err());
        assertEquals(List.of("d1.key"), waiting());
        assertEquals(List.of("d2"), names(file("factory/out")));
        office("revoke d1 --reason superseded").exiting(0);
        String again = EXPORT.replace("B1.requests", "more.requests");
        assertTrue(factory(again).exiting(0).out().contains("batch B1: 1 requested, 1 done before"));
        office(SIGN.replace("B1.requests", "more.requests").replace("B1.certs", "more.certs"))
                .exiting(0);
        factory(IMPORT.replace("B1.certs", "more.certs")).exiting(0);
        factory("batch show B1").exiting(0);
        StoreProof.of(file("factory"))
                .bundleHolds(StoreProof.of(file("factory")).oneValid("d1"));

        assertEquals(
                file("B1.certs") + " is not the answer that d1 has certificate "
                        + StoreProof.of(file("factory")).oneValid("d1").serial() + " from\n",
                refusal("factory", 4, IMPORT));
        factory("batch show B1").exiting(0);
    }

    @Test
    void rowsThatNoFileAnswersAreLeft() throws IOException {
        StoreProof.copy(answered, folder);
        Files.writeString(file("list.csv"), Files.readString(file("list.csv")) + "d3,,\n");

        Finished taken = factory(IMPORT).exiting(6);

        assertTrue(taken.out().contains("2 issued, 0 done before, 0 failed, 1 left"), taken.out());
    }

    // ---- what is in the files ----

    @Test
    void opensslReadsWhatGoesToTheOffice() throws IOException {
        StoreProof.copy(answered, folder);
        Tool tool = Tool.in(folder);

        tool.run(
                        "openssl",
                        "cms",
                        "-decrypt",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        "B1.requests",
                        "-inkey",
                        "office.key",
                        "-out",
                        "clear")
                .exiting(0);

        List<String> lines = Files.readAllLines(file("clear"));
        assertEquals("{\"schema\":\"devpki/batch-requests/1\",\"batch\":\"B1\",\"rows\":2}", lines.get(0));
        assertTrue(
                lines.get(1)
                        .matches(
                                "\\{\"ca\":\"issuing-ca\",\"chip\":\"esp32c3\",\"csr\":\"[A-Za-z0-9+/=]+\",\"id\":\"d1\","
                                        + "\"key_home\":\"flash\",\"name\":\"d1\",\"profile\":\"device-mqtt\"}"),
                lines.get(1)); // no pin, and no key
        Files.write(file("d1.csr"), Base64.getDecoder().decode(StoreProof.member(lines.get(1), "csr")));
        Finished read = tool.run("openssl", "req", "-inform", "DER", "-in", "d1.csr", "-verify", "-noout", "-subject")
                .exiting(0);
        assertTrue(read.all().contains("subject=CN = d1"), read.all());
    }

    @Test
    void opensslReadsWhatComesBackAndWhoSignedIt() throws IOException {
        StoreProof.copy(answered, folder);
        Tool tool = Tool.in(folder);

        tool.run(
                        "openssl",
                        "cms",
                        "-decrypt",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        "B1.certs",
                        "-inkey",
                        "factory.key",
                        "-out",
                        "signed")
                .exiting(0);
        tool.run(
                        "openssl",
                        "cms",
                        "-verify",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        "signed",
                        "-CAfile",
                        "factory/pki/publish/ca/root-ca.pem",
                        "-out",
                        "clear")
                .exiting(0);

        List<String> lines = Files.readAllLines(file("clear"));
        assertEquals("{\"schema\":\"devpki/batch-certificates/1\",\"batch\":\"B1\",\"rows\":2}", lines.get(0));
        Files.write(file("d1.der"), Base64.getDecoder().decode(StoreProof.member(lines.get(1), "certificate")));
        tool.run("openssl", "x509", "-inform", "DER", "-in", "d1.der", "-out", "d1.pem")
                .exiting(0);
        tool.run("openssl", "verify", "-CAfile", "factory/pki/publish/ca/all.pem", "d1.pem")
                .exiting(0);
    }

    // ---- wrong files ----

    @ParameterizedTest
    @ValueSource(strings = {"B1.requests", "B1.certs"})
    void aFileForSomebodyElseOrADamagedOneIsRefused(String name) throws IOException {
        StoreProof.copy(answered, folder);
        boolean isRequests = name.equals("B1.requests");
        String who = isRequests ? "office" : "factory";
        String right = isRequests ? SIGN : IMPORT;
        byte[] whole = Files.readAllBytes(file(name));

        String other = isRequests
                ? right.replace("$office.key", "$factory.key")
                : right.replace("$factory.key", "$office.key");
        assertTrue(refusal(who, 9, other).endsWith("it is sealed to another key, or was changed since\n"));
        whole[whole.length / 2] ^= 1;
        Files.write(file(name), whole);
        assertTrue(refusal(who, 8, right).contains("it was changed after it was sealed"));
        Files.write(file(name), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(refusal(who, 8, right).contains("it is no CMS AuthEnvelopedData, or is damaged"));
        assertFalse(Files.exists(file("factory/out")));
    }

    @Test
    void certificatesOfAnotherBatchAreRefused() {
        StoreProof.copy(answered, folder);
        factory(EXPORT.replace("B1", "B2")).exiting(0);

        assertEquals(
                file("B1.certs") + " has the certificates of batch B1, not of B2\n",
                refusal("factory", 4, IMPORT.replace("--batch B1", "--batch B2")));
        assertFalse(Files.exists(file("factory/out")));
    }

    @Test
    void certificatesThatWereNeverAskedForAreRefused() {
        StoreProof.copy(answered, folder);
        WholeFiles.delete(file("factory"));
        StoreProof.copyAs(fresh.resolve("factory"), file("factory"));

        assertTrue(refusal("factory", 3, IMPORT).contains("B1"));
    }

    @Test
    void certificatesThatAnybodyElseSignedAreRefused() throws IOException {
        StoreProof.copy(answered, folder);
        Bytes content =
                CmsSignatures.open(opened("B1.certs", "factory"), 1 << 20, "it").content();
        Map<Bytes, String> forgeries = Map.of(
                signedByAStranger(content),
                "is signed by cn=batch, who is not the office that this store trusts",
                signedByManifestSigner(content),
                "is signed by cn=issuing-ca-manifest,o=Acme, who is not the office that this store trusts",
                content,
                "is not signed octets that hold");
        for (Map.Entry<Bytes, String> forgery : forgeries.entrySet()) {
            seal("B1.certs", "factory", forgery.getKey());

            String sentence = refusal("factory", 8, IMPORT);

            assertTrue(sentence.contains(forgery.getValue()), sentence);
        }
        assertFalse(Files.exists(file("factory/out")));
    }

    private static Bytes signedByAStranger(Bytes content) {
        try (SigningKey key = TestKeys.signing(TestKeys.P_256, "batch")) {
            return CmsSignatures.signWhole(
                    content, key, TestAuthority.root("batch").certificate(), List.of(), Instant.now());
        }
    }

    private Bytes signedByManifestSigner(Bytes content) {
        try (Workshop shop = Workshop.open(surroundings("office"))) {
            return new Delegates(shop, Delegates.Task.MANIFEST).signWhole(CaName.ISSUING, content, shop.now());
        }
    }

    private Surroundings surroundings(String who) {
        return new Surroundings(
                file(who).resolve("pki"),
                Duration.ofSeconds(10),
                Clock.systemUTC(),
                new SecureRandom(),
                new Actor("tester@bench"),
                purpose -> SecretBytes.taking((who + " horse").getBytes(StandardCharsets.UTF_8)),
                Checkpoint.NONE,
                words -> {},
                Crypto.JAVA);
    }

    @Test
    void aLostKeyGetsNoCertificateOfAnotherAndAnotherKeyGetsItsOwn() throws IOException {
        StoreProof.copy(answered, folder);
        Files.delete(file("factory/pki/pool/waiting/B1/d1.key"));

        assertTrue(factory(IMPORT).exiting(6).err().contains("no key of d1 waits here for a certificate of batch B1"));
        factory(EXPORT.replace("B1.requests", "more.requests")).exiting(0);
        assertTrue(factory(IMPORT).exiting(6).err().contains("is not for the key of d1 that waits here"));
        assertEquals(List.of("d2"), names(file("factory/out")));

        String again = SIGN.replace("B1.requests", "more.requests") + " --force";
        assertTrue(office(again).exiting(6).err().contains("d1: d1 has live certificate "));
        office("revoke d1 --reason superseded").exiting(0);
        office(again).exiting(0);
        factory(IMPORT).exiting(0);
        StoreProof there = StoreProof.of(file("factory"));
        there.bundleHolds(there.oneValid("d1"));
    }

    @Test
    void aCertificateThatIsOverIsRefused() {
        StoreProof.copy(answered, folder);
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(11 * 365));

        Finished taken = InProcess.in(file("factory"))
                .at(later)
                .run(words(folder, IMPORT))
                .exiting(6);

        assertTrue(taken.err().contains("of d1 ended at "), taken.err());
        assertFalse(Files.exists(file("factory/out/d1")));
    }

    @Test
    void aKeyThatWaitsUnderAnotherNameIsNoKey() throws IOException {
        StoreProof.copy(answered, folder);
        Path place = file("factory/pki/pool/waiting/B1");
        Files.delete(place.resolve("d1.key"));
        Files.copy(place.resolve("d2.key"), place.resolve("d1.key"));

        assertTrue(refusal("factory", 9, IMPORT).contains("waiting/B1/d1"));
    }

    @Test
    void keysWaitSealedUnderThePassphrase() throws IOException {
        StoreProof.copy(answered, folder);
        Files.writeString(file("factory/passphrase"), "another horse\n");

        assertEquals("600", WholeFiles.mode(file("factory/pki/pool/waiting/B1/d1.key")));
        refusal("factory", 9, IMPORT);
        assertFalse(Files.exists(file("factory/out")));
    }

    @ParameterizedTest
    @CsvSource({
        "d9, device-mqtt, issuing-ca, is cn=d9's\\, not d1's",
        "d1, device-mqtt, root-ca, of d1 is not of CA issuing-ca",
        "d1, device-idevid, issuing-ca, of d1: the subject"
    })
    void aCertificateThatTheOrderDoesNotMeanIsRefusedWhoeverSignedIt(String name, String profile, String ca, String why)
            throws IOException {
        StoreProof.copy(fresh, folder);
        factory(EXPORT).exiting(0);
        String asked = opened("B1.requests", "office").asUtf8().lines().toList().get(1);
        CsrDer csr = new CsrDer(Bytes.of(Base64.getDecoder().decode(StoreProof.member(asked, "csr"))));
        try (Workshop shop = Workshop.open(surroundings("office"))) {
            CertificateDer made =
                    made(shop, name, profile, new CaName(ca), Csrs.parse(csr).publicKey());
            Bytes content = BatchCertificatesFile.write(new BatchCertificatesFile.Answers(
                    new BatchId("B1"), List.of(new BatchAnswer("d1", "d1", Optional.of(made), Optional.empty()))));
            seal(
                    "B1.certs",
                    "factory",
                    new Delegates(shop, Delegates.Task.BATCH).signWhole(CaName.ISSUING, content, shop.now()));
        }

        Finished taken = factory(IMPORT).exiting(6);

        assertTrue(taken.err().contains(why.replace("\\", "")), taken.err());
        assertFalse(Files.exists(file("factory/out/d1")));
        assertEquals(List.of("d1.key", "d2.key"), waiting());
    }

    private static CertificateDer made(Workshop shop, String name, String profile, CaName ca, PublicKeyDer key) {
        return new Issuing(shop)
                .issue(
                        new Issuing.Wanted(
                                name,
                                shop.profile(profile),
                                ca,
                                new CertificateOrder(name, key, List.of(), Optional.empty()),
                                Bytes.utf8(name).sha256(),
                                Optional.empty(),
                                false,
                                Set.of(),
                                List.of(),
                                Optional.empty(),
                                unsigned -> {}),
                        shop.authority(ca))
                .certificate();
    }

    private void seal(String name, String whose, Bytes inside) throws IOException {
        CertificateDer recipient = Pem.readCertificate(Bytes.of(Files.readAllBytes(file(whose + ".crt"))), whose);
        Bytes sealed = Cms.seal(SecretBytes.taking(inside.toArray()), recipient, new SecureRandom());
        Files.write(file(name), sealed.toArray());
    }

    @Test
    void requestsWithoutARequestAreRefused() throws IOException {
        StoreProof.copy(answered, folder);
        String asked = opened("B1.requests", "office").asUtf8().replaceFirst("\"csr\":\"[^\"]*\",", "");
        seal("B1.requests", "office", Bytes.utf8(asked));

        assertTrue(refusal("office", 8, SIGN).contains("has no request of d1"));
    }

    @Test
    void anAnswerToMoreThanTheListIsRefusedBeforeAnythingIsDone() throws IOException {
        StoreProof.copy(answered, folder);
        Files.writeString(file("list.csv"), "name,profile,pin\nd1,,4711\n");

        assertTrue(refusal("factory", 2, IMPORT).contains("answers 2 rows, and "));
        assertFalse(Files.exists(file("factory/out")));
    }

    // ---- the store without keys ----

    @Test
    void aStoreWithoutKeysSignsPublishesAndRevokesNothing() throws IOException {
        StoreProof.copy(answered, folder);
        factory(IMPORT).exiting(0);
        Files.writeString(file("list.csv"), "name\nd9\n");

        for (String signing :
                List.of("issue d9 --out $factory/out", "batch run $list.csv --batch B9 --out $factory/out")) {
            assertTrue(refusal("factory", 9, signing)
                    .startsWith("this store has the certificate of CA issuing-ca, and not its key\n"));
        }
        for (String publishing : List.of("crl publish", "ocsp publish", "revoke d1 --reason superseded --yes")) {
            assertTrue(refusal("factory", 5, publishing).contains(" has no CA keys, and "));
        }
        assertTrue(factory("verify $factory/out/d1/client_crt.pem")
                .exiting(0)
                .out()
                .contains("valid in the ledger"));
    }

    @Test
    void aStoreWithKeysAsksNobody() {
        StoreProof.copy(fresh, folder);
        assertTrue(refusal("office", 5, EXPORT).contains("has the key of CA issuing-ca"));
        assertTrue(
                refusal("office", 5, IMPORT.replace("B1.certs", "list.csv")).contains("has the key of CA issuing-ca"));
        assertTrue(refusal("factory", 5, SIGN).contains("has no CA keys, and signs no requests"));
    }

    @Test
    void aStoreIsMadeOfAWholeFileOfTrustOnceAndWithItsSettings() throws IOException {
        StoreProof.copy(fresh, folder);
        assertTrue(factory("init --trust $office.trust").exiting(0).out().startsWith("nothing to do: same store in"));
        assertTrue(
                refusal("factory", 2, "init --org Other --trust $office.trust").contains("--org"));
        String trust = Files.readString(file("office.trust"));
        Files.writeString(file("office.trust"), trust.replace("Acme", "Acne"));
        refusal("factory", 4, "init --trust $office.trust");
        StoreProof.copy(file("factory"), Files.createDirectory(file("other")));
        WholeFiles.delete(file("other/pki"));
        Files.writeString(file("office.trust"), trust.substring(0, trust.length() / 2));
        refusal("other", 8, "init --trust $office.trust");
        Files.writeString(
                file("office.trust"), trust.replaceFirst("\"parent\":\"root-ca\"", "\"parent\":\"issuing-ca\""));
        refusal("other", 3, "init --trust $office.trust");
        String root = "\"name\":\"root-ca\",\"certificate\":\"";
        String other = Base64.getEncoder()
                .encodeToString(
                        TestAuthority.root("other").certificate().octets().toArray());
        Files.writeString(
                file("office.trust"), trust.replaceFirst(root + "[^\"]*", Matcher.quoteReplacement(root + other)));
        assertTrue(refusal("other", 8, "init --trust $office.trust")
                .contains("the certificate of CA issuing-ca is not one that root-ca made for a CA"));
        assertFalse(Files.exists(file("other/pki")));
        assertEquals(
                StoreProof.member(office("ca show root-ca --json").out(), "sha256"),
                StoreProof.member(factory("ca show root-ca --json").out(), "sha256"));
        assertTrue(Files.readString(file("factory/pki/devpki.yaml")).contains("http://crl.acme.example"));
    }

    // ---- kills ----

    /** Steps at which the disk is as at the one before, or before which nothing of an air gap has happened. */
    private static final Set<Step> ELSEWHERE =
            Set.of(Step.BATCH_1_PLANNED, Step.ISSUE_1_LOCKED, Step.ISSUE_2_PLANNED, Step.ISSUE_4_SIGNED);

    @Tag("crash")
    @ParameterizedTest
    @CsvSource({"0, 3", "1, 6", "2, 7"})
    void whereverItIsKilledTheSameCommandsEndIt(int killed, int steps) throws IOException {
        List<String> who = List.of("factory", "office", "factory");
        List<String> commands = List.of(EXPORT, SIGN, IMPORT);
        StoreProof.copy(killed == 2 ? answered : fresh, folder);
        if (killed == 1) {
            factory(EXPORT).exiting(0);
        }
        Map<Step, Path> corpses = new LinkedHashMap<>();
        InProcess.in(file(who.get(killed)))
                .at(step -> {
                    if (ELSEWHERE.contains(step)) {
                        return;
                    }
                    Path home = corpses.computeIfAbsent(step, first -> morgue.resolve(step.name()));
                    WholeFiles.delete(home);
                    StoreProof.copyAs(folder, home);
                })
                .run(words(folder, commands.get(killed)))
                .exiting(0);

        for (Map.Entry<Step, Path> corpse : corpses.entrySet()) {
            Path home = corpse.getValue();
            for (int i = killed; i < commands.size(); i++) {
                run(home, who.get(i), commands.get(i)).exiting(0);
            }
            StoreProof there = StoreProof.of(home.resolve("factory"));
            List<StoreProof.Row> signed = StoreProof.of(home.resolve("office")).rows();
            List<StoreProof.Row> taken = there.rows();
            for (String name : List.of("d1", "d2")) {
                StoreProof.Row row = StoreProof.oneValid(name, of(name, taken));
                assertEquals(StoreProof.oneValid(name, of(name, signed)), row);
                there.bundleHolds(row);
                assertFalse(
                        Files.exists(home.resolve("factory/pki/pool/waiting/B1/" + name + ".key")),
                        () -> "after " + corpse.getKey());
            }
            StoreProof.nothingLeft(home);
        }
        assertEquals(steps, corpses.size(), corpses.keySet()::toString);
    }

    private static List<StoreProof.Row> of(String name, List<StoreProof.Row> rows) {
        return rows.stream().filter(row -> row.name().equals(name)).toList();
    }
}
