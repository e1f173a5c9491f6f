package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.devpki.model.Bytes;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.Requests;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whatever people and programs hand in: one clear sentence, the documented exit code, nothing issued, nothing lost. */
@Tag("long")
class HostileInputIT {
    @TempDir
    static Path template;

    @TempDir
    Path folder;

    private Devpki devpki;
    private InProcess inside;
    private StoreProof proof;

    @BeforeAll
    static void makeOneStoreForAll() {
        Devpki.withStore(template);
    }

    @BeforeEach
    void copyStore() throws IOException {
        StoreProof.copy(template, folder);
        devpki = Devpki.in(folder);
        inside = InProcess.in(folder);
        proof = StoreProof.of(folder);
        Files.createDirectory(folder.resolve("out"));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Every file in the test's folder, and how many rows and audit entries the ledger has. */
    private List<String> everything() {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.map(Path::toString)
                    .filter(file -> !file.endsWith("-wal") && !file.endsWith("-shm"))
                    .sorted()
                    .forEach(all::add);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        all.add("rows " + proof.rows().size());
        all.add("head " + inside.run("audit", "verify").exiting(0).out());
        return all;
    }

    // ---- names ----

    @TestFactory
    Stream<DynamicTest> aHostileNameIsRefusedWithTheNameInTheSentence() {
        Map<String, String> shown = Map.ofEntries(
                Map.entry("../x", "\"../x\""),
                Map.entry("a\nb", "\"a\\u000ab\""),
                Map.entry("a\r\nX: y", "\"a\\u000d\\u000aX: y\""),
                Map.entry("a\0b", "\"a\\u0000b\""),
                Map.entry("a\u001b[31mb", "\"a\\u001b[31mb\""),
                Map.entry("x".repeat(65), "\"" + "x".repeat(65) + "\""),
                Map.entry("x".repeat(100_000), "100000 characters"),
                Map.entry("a/b", "\"a/b\""),
                Map.entry("/etc/x", "\"/etc/x\""),
                Map.entry("a\\b", "\"a\\\\b\""),
                Map.entry("#", "\"#\""),
                Map.entry("+", "\"+\""),
                Map.entry("a+b", "\"a+b\""),
                Map.entry("a b", "\"a b\""),
                Map.entry("a%b", "\"a%b\""),
                Map.entry("a,CN=b", "\"a,CN=b\""),
                Map.entry("\uD83D\uDD11", "\"\\ud83d\\udd11\""),
                Map.entry("e\u0301", "\"e\\u0301\""),
                Map.entry("\u202Eevil", "\"\\u202eevil\""),
                Map.entry("", "\"\""),
                Map.entry(" ", "\" \""),
                Map.entry(".", "\".\""),
                Map.entry("..", "\"..\""),
                Map.entry("-rf", "-rf"));
        return shown.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getValue(), () -> {
                    List<String> before = everything();

                    String sentence = Refusal.of(inside::run, 2, "issue", "--out", path("out"), "--", entry.getKey());

                    assertTrue(sentence.contains(entry.getValue()), sentence);
                    assertEquals(
                            1,
                            sentence.lines()
                                    .filter(line -> !line.startsWith("hint: "))
                                    .count(),
                            sentence);
                    assertTrue(sentence.chars().allMatch(c -> c == '\n' || (c >= ' ' && c != 0x7f)), sentence);
                    assertEquals(before, everything());
                }));
    }

    @Test
    void aNameThatLooksLikeAnOptionIsNotTakenForOne() {
        List<String> before = everything();

        String sentence = Refusal.of(inside::run, 2, "issue", "-rf", "--out", path("out"));

        assertTrue(sentence.contains("-rf"), sentence);
        assertEquals(before, everything());
    }

    @Test
    void theProgramItselfRefusesHostileNamesToo() {
        List<String> before = everything();

        for (String name : List.of("../x", "a\nb", "x".repeat(65), "#", "\uD83D\uDD11", "")) {
            Refusal.sentence(devpki.run("issue", "--out", "out", "--", name), 2);
        }

        assertEquals(before, everything());
    }

    @Test
    void revokingShowingAndListingSurviveHostileNames() {
        for (String name : List.of("../x", "a\nb", "a\0b", "%", "' OR 1=1 --", "x".repeat(100_000))) {
            Refusal.of(inside::run, 3, "revoke", "--", name);
            Refusal.of(inside::run, 3, "device", "show", "--", name);
        }
        assertEquals(
                0,
                inside.run("device", "list", "--jsonl", "--prefix", "' OR 1=1 --")
                        .exiting(0)
                        .out()
                        .length());
        Refusal.of(inside::run, 2, "revoke", "--serial", "not-hex");
        Refusal.of(inside::run, 3, "revoke", "--serial", "00ff");
    }

    // ---- certification requests ----

    private String refusedRequest(Bytes csr, int... exits) {
        List<String> before = everything();
        InProcess feeding = inside.feeding(csr);
        Finished finished = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> feeding.run("issue", "d1", "--csr", "-", "--out", path("out")));
        assertTrue(Arrays.stream(exits).anyMatch(exit -> exit == finished.exit()), finished::all);
        String sentence = Refusal.of(feeding::run, finished.exit(), "issue", "d1", "--csr", "-", "--out", path("out"));
        assertEquals(before, everything());
        return sentence;
    }

    @TestFactory
    Stream<DynamicTest> aRequestThatAsksForTooMuchIsRefused() {
        Bytes good = Requests.of("CN=d1").der();
        byte[] flipped = good.toArray();
        flipped[flipped.length - 1] ^= 0x01;
        byte[] flippedKey = good.toArray();
        flippedKey[60] ^= 0x01;
        GeneralNames evil = new GeneralNames(new GeneralName(GeneralName.dNSName, "evil.example"));
        return Stream.of(
                        Map.entry("its signature", Bytes.of(flipped)),
                        Map.entry("its", Bytes.of(flippedKey)),
                        Map.entry(
                                "signature",
                                Requests.ofSomebodyElsesKey("CN=d1").der()),
                        Map.entry(
                                "its key is of kind",
                                Requests.of("CN=d1", Requests.rsa(512), "SHA256withRSA")
                                        .der()),
                        Map.entry(
                                "key is of kind",
                                Requests.of("CN=d1", Requests.rsa(1024), "SHA256withRSA")
                                        .der()),
                        Map.entry(
                                "1.2.840.113549.1.1.4",
                                Requests.of("CN=d1", Requests.rsa(2048), "MD5withRSA")
                                        .der()),
                        Map.entry(
                                "1.2.840.113549.1.1.5",
                                Requests.of("CN=d1", Requests.rsa(2048), "SHA1withRSA")
                                        .der()),
                        Map.entry(
                                "1.2.840.10045.4.1",
                                Requests.of("CN=d1", Requests.ec(), "SHA1withECDSA")
                                        .der()),
                        Map.entry(
                                "it wants to be a CA",
                                Requests.of("CN=d1")
                                        .wanting(Extension.basicConstraints, new BasicConstraints(true))
                                        .der()),
                        Map.entry(
                                "keyUsage",
                                Requests.of("CN=d1")
                                        .wanting(
                                                Extension.keyUsage,
                                                new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))
                                        .der()),
                        Map.entry(
                                "2 common names",
                                Requests.of(new X500NameBuilder(BCStyle.INSTANCE)
                                                .addRDN(BCStyle.CN, "d1")
                                                .addRDN(BCStyle.CN, "admin")
                                                .build())
                                        .der()),
                        Map.entry(
                                "\"admin\" is not the ordered",
                                Requests.of("CN=admin").der()),
                        Map.entry(
                                "\"d1\\u0000x\"",
                                Requests.of(new X500NameBuilder(BCStyle.INSTANCE)
                                                .addRDN(BCStyle.CN, "d1\0x")
                                                .build())
                                        .der()),
                        Map.entry(
                                "attribute 1.2.840.113549.1.9.7",
                                Requests.of("CN=d1")
                                        .withAttribute("1.2.840.113549.1.9.7")
                                        .der()),
                        Map.entry(
                                "1.2.3.4.5",
                                Requests.of("CN=d1")
                                        .wanting(new ASN1ObjectIdentifier("1.2.3.4.5"), DERNull.INSTANCE)
                                        .der()),
                        Map.entry(
                                "nameConstraints",
                                Requests.of("CN=d1")
                                        .wanting(Extension.nameConstraints, new org.bouncycastle.asn1.DERSequence())
                                        .der()),
                        Map.entry(
                                "dns",
                                Requests.of("CN=d1")
                                        .wanting(Extension.subjectAlternativeName, evil)
                                        .der()))
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    String sentence = refusedRequest(entry.getValue(), 2, 5);
                    assertTrue(sentence.contains(entry.getKey()), sentence);
                }));
    }

    @Test
    void everyFaultOfARequestIsToldAtOnce() {
        Bytes csr = Requests.of("CN=admin")
                .wanting(Extension.basicConstraints, new BasicConstraints(true))
                .withAttribute("1.2.840.113549.1.9.7")
                .der();

        String sentence = refusedRequest(csr, 5);

        assertTrue(sentence.contains("admin") && sentence.contains("CA") && sentence.contains("1.9.7"), sentence);
    }

    @Test
    void aCutRequestIsRefusedWhereverItIsCut() throws IOException {
        Bytes good = Requests.of("CN=d1").der();
        devpki.other("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "k.pem")
                .exiting(0);
        devpki.other("openssl", "req", "-new", "-key", "k.pem", "-subj", "/CN=d1", "-out", "d1.csr")
                .exiting(0);
        Bytes pem = Bytes.of(Files.readAllBytes(folder.resolve("d1.csr")));

        for (int sixteenth = 0; sixteenth < 16; sixteenth++) {
            refusedRequest(Bytes.of(Arrays.copyOf(good.toArray(), good.length() * sixteenth / 16)), 2, 5);
            refusedRequest(Bytes.of(Arrays.copyOf(pem.toArray(), pem.length() * sixteenth / 16)), 2, 5);
        }
        refusedRequest(Bytes.of(Arrays.copyOf(good.toArray(), good.length() - 1)), 2, 5);
        refusedRequest(Bytes.of(Arrays.copyOf(good.toArray(), good.length() + 1)), 2, 5);
    }

    @Test
    void junkOfAnySizeAndDepthIsRefused() {
        byte[] junk = new byte[1 << 20];
        new Random(7).nextBytes(junk);
        byte[] indefinite = new byte[60_000];
        for (int i = 0; i < indefinite.length; i += 2) {
            indefinite[i] = 0x30;
            indefinite[i + 1] = (byte) 0x80;
        }
        Bytes deep = Requests.nested(60_000);

        refusedRequest(Bytes.of(new byte[0]), 2);
        refusedRequest(Bytes.of(junk), 2);
        refusedRequest(Bytes.of(indefinite), 2);
        refusedRequest(deep, 2);
        refusedRequest(Requests.sequence(deep, Requests.nested(20), Requests.nested(20)), 2);
        refusedRequest(Requests.sequence(Requests.nested(20), deep, Requests.nested(20)), 2);
        refusedRequest(Requests.nested(2_000_000), 2);
        refusedRequest(Bytes.utf8("-----BEGIN CERTIFICATE REQUEST-----\n!!!\n-----END CERTIFICATE REQUEST-----\n"), 2);
        refusedRequest(Bytes.utf8("-----BEGIN CERTIFICATE REQUEST-----\n".repeat(1000)), 2);
    }

    @Test
    void aRequestThatIsNotThereOrIsAFolderIsRefused() {
        List<String> before = everything();

        Refusal.of(inside::run, 3, "issue", "d1", "--csr", path("none.csr"), "--out", path("out"));
        Refusal.of(inside::run, 2, "issue", "d1", "--csr", path("out"), "--out", path("out"));

        assertEquals(before, everything());
    }

    @Test
    void aGoodRequestTwiceGivesTheSameCertificateOctets() throws IOException {
        Files.write(folder.resolve("d1.csr"), Requests.of("CN=d1").der().toArray());

        String first = inside.run("issue", "d1", "--csr", path("d1.csr"), "--out", "-")
                .exiting(0)
                .out();
        String second = inside.run("issue", "d1", "--csr", path("d1.csr"), "--out", "-")
                .exiting(0)
                .out();

        assertTrue(first.startsWith("-----BEGIN CERTIFICATE-----"), first);
        assertEquals(first, second);
        assertEquals(1, proof.rows("d1").size());
    }

    // ---- profiles ----

    private String refusedProfile(String yaml) throws IOException {
        Files.writeString(folder.resolve("pki/profiles/bad.yaml"), yaml);
        List<String> before = everything();
        String[] issue = {"issue", "d1", "--profile", "bad", "--out", path("out")};
        String sentence = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Refusal.of(inside::run, 2, issue));
        assertEquals(before, everything());
        return sentence;
    }

    @Test
    void allMistakesOfAProfileAreToldTogetherEachWithLineAndKey() throws IOException {
        String sentence = refusedProfile("""
                description: broken in five ways
                subject:
                  CN: "{name}"
                keys: [P-257]
                validity:
                  not-after: soon
                key-usage: [digitalSignature, flying]
                colour: blue
                duplicates: sometimes
                """);

        assertTrue(sentence.contains("bad.yaml line 4: keys: "), sentence);
        assertTrue(sentence.contains("bad.yaml line 6: validity.not-after: "), sentence);
        assertTrue(sentence.contains("bad.yaml line 7: key-usage: "), sentence);
        assertTrue(sentence.contains("bad.yaml line 8: colour: is not a key that is known here"), sentence);
        assertTrue(sentence.contains("bad.yaml line 9: duplicates: "), sentence);
    }

    @Test
    void textThatIsNoProfileIsRefused() throws IOException {
        refusedProfile("");
        refusedProfile("just words");
        refusedProfile("- a\n- list\n");
        refusedProfile("description: [unclosed\n");
        refusedProfile("description: a\ndescription: b\n");
        refusedProfile("\0\1\2");
        refusedProfile("a: &a\n  b: *a\n");
        refusedProfile("[".repeat(5_000));
        refusedProfile("[".repeat(400_000));
        refusedProfile("? ".repeat(50_000));
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(8))
                    .append("*a")
                    .append(i - 1)
                    .append("]\n");
        }
        refusedProfile(bomb.toString());
        refusedProfile("description: " + "x".repeat(2_000_000));
    }

    @Test
    void aProfileNameThatIsAPathIsRefused() {
        Refusal.of(inside::run, 2, "issue", "d1", "--profile", "../passphrase", "--out", path("out"));
        Refusal.of(inside::run, 3, "issue", "d1", "--profile", "none", "--out", path("out"));
        Refusal.of(inside::run, 2, "issue", "d1", "--profile", "root-ca", "--out", path("out"));
    }

    @Test
    void brokenSettingsAreRefused() throws IOException {
        Path settings = folder.resolve("pki/devpki.yaml");
        String good = Files.readString(settings);
        for (String bad : List.of("", "{", good + "colour: blue\n", good.replace("http://", "gopher://"), "\0")) {
            Files.writeString(settings, bad);
            if (!bad.isEmpty()) {
                Refusal.of(inside::run, 2, "issue", "d1", "--out", path("out"));
            }
        }
        Files.writeString(settings, good);
        assertEquals(List.of(), proof.rows("d1"));
    }

    // ---- passphrases and keys ----

    private String refusedKey(InProcess with, String... options) {
        List<String> before = everything();
        List<String> issue = new ArrayList<>(List.of("issue", "d1", "--out", path("out")));
        issue.addAll(Arrays.asList(options));
        String sentence = Refusal.of(with::run, 9, issue.toArray(String[]::new));
        List<String> publish = new ArrayList<>(List.of("crl", "publish"));
        publish.addAll(Arrays.asList(options));
        Refusal.of(with::run, 9, publish.toArray(String[]::new));
        assertEquals(
                before.subList(0, before.size() - 1),
                everything().subList(0, before.size() - 1),
                "files or rows changed");
        proof.shelfIsWhole(proof.shelf());
        return sentence;
    }

    @Test
    void aWrongPassphraseOpensNothing() throws IOException {
        Files.writeString(folder.resolve("wrong"), "wrong\n");
        Files.writeString(folder.resolve("empty"), "");
        Files.writeString(folder.resolve("newline"), "\n");
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});
        Files.write(folder.resolve("huge"), new byte[1 << 20]);

        String wrong = refusedKey(inside, "--passphrase-file", path("wrong"));
        String empty = refusedKey(inside, "--passphrase-file", path("empty"));
        refusedKey(inside, "--passphrase-file", path("newline"));
        refusedKey(inside, "--passphrase-file", path("binary"));
        refusedKey(inside, "--passphrase-file", path("huge"));
        String missing = refusedKey(inside, "--passphrase-file", path("none"));
        refusedKey(inside, "--passphrase-file", path("out"));
        refusedKey(inside, "--passphrase-fd", "9876");
        String none = refusedKey(inside.with("DEVPKI_PASSPHRASE_FILE", ""));

        assertTrue(wrong.contains("passphrase") && wrong.contains("issuing-ca.key.pem"), wrong);
        assertTrue(empty.contains("the passphrase is empty"), empty);
        assertTrue(missing.contains(path("none")), missing);
        assertTrue(none.contains("no terminal to ask on"), none);
        assertFalse(wrong.contains("correct horse"), wrong);
        inside.run("issue", "d1", "--out", path("out")).exiting(0);
        proof.clean();
    }

    @Test
    void withoutPassphraseAndWithStandardInputClosedItEndsAtOnce() {
        List<String> before = everything();

        Finished closed = Tool.in(folder)
                .with("DEVPKI_STORE", "pki")
                .with("DEVPKI_PASSPHRASE_FILE", "")
                .run(shell("exec \"$@\" <&-", Devpki.command("issue", "d1", "--out", "out")));
        Finished null0 = Tool.in(folder)
                .with("DEVPKI_STORE", "pki")
                .with("DEVPKI_PASSPHRASE_FILE", "")
                .run(shell("exec setsid -w \"$@\" </dev/null", Devpki.command("issue", "d1", "--out", "out")));

        Refusal.sentence(closed, 9);
        Refusal.sentence(null0, 9);
        assertEquals(before, everything());
    }

    private static String[] shell(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(Arrays.asList(arguments));
        return command.toArray(String[]::new);
    }

    @Test
    void aDamagedKeyFileOrAnotherCasKeyIsRefused() throws IOException {
        Path key = folder.resolve("pki/keys/issuing-ca.key.pem");
        byte[] good = Files.readAllBytes(key);
        List<byte[]> bad = new ArrayList<>();
        List<byte[]> garbledOnes = new ArrayList<>();
        for (int eighth = 0; eighth < 8; eighth++) {
            bad.add(Arrays.copyOf(good, good.length * eighth / 8));
            byte[] garbled = good.clone();
            garbled[40 + (good.length - 80) * eighth / 8] ^= 0x02;
            garbledOnes.add(garbled);
        }
        bad.add(Files.readAllBytes(folder.resolve("pki/keys/root-ca.key.pem")));
        bad.add(new byte[200_000]);
        List<StoreProof.Row> before = proof.rows();

        for (byte[] octets : bad) {
            Files.write(key, octets);
            Finished issue = inside.run("issue", "d1", "--out", path("out"));
            Refusal.sentence(issue, 9);
        }
        assertEquals(before, proof.rows());
        // an octet that decides nothing may differ, but then what is signed must be right
        for (int i = 0; i < garbledOnes.size(); i++) {
            Files.write(key, garbledOnes.get(i));
            Finished issue = inside.run("issue", "g" + i, "--out", path("out"));
            if (issue.exit() == 0) {
                devpki.other("openssl", "verify", "-CAfile", "pki/publish/ca/all.pem", "out/g" + i + "/client_crt.pem")
                        .exiting(0);
            } else {
                Refusal.sentence(issue, 9);
                assertEquals(List.of(), proof.rows("g" + i));
            }
        }
        Files.delete(key);
        String missing = Refusal.of(inside::run, 9, "issue", "d1", "--out", path("out"));

        assertTrue(missing.contains("issuing-ca.key.pem"), missing);
        Files.write(key, good);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        inside.run("issue", "d1", "--out", path("out")).exiting(0);
    }

    // ---- ledgers ----

    @Test
    void aFileThatIsNoLedgerIsRefused() throws IOException {
        Path ledger = folder.resolve("pki/ledger.db");
        byte[] good = Files.readAllBytes(ledger);
        byte[] junk = new byte[100_000];
        new Random(8).nextBytes(junk);

        Files.write(ledger, junk);
        String sentence = Refusal.of(inside::run, 8, "issue", "d1", "--out", path("out"));
        Refusal.of(inside::run, 8, "device", "list");
        Files.write(
                ledger,
                "hello, this is a text and not a ledger, sorry\n".repeat(100).getBytes(StandardCharsets.UTF_8));
        Refusal.of(inside::run, 8, "doctor");
        Files.delete(ledger);
        Refusal.of(inside::run, 3, "issue", "d1", "--out", path("out"));

        assertTrue(sentence.contains("the ledger is damaged"), sentence);
        Files.write(ledger, good);
        Files.setPosixFilePermissions(ledger, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        inside.run("issue", "d1", "--out", path("out")).exiting(0);
        proof.clean();
    }

    @Test
    void aCutLedgerIsNeverTakenForAWholeOne() throws IOException {
        inside.run("issue", "d1", "--out", path("out")).exiting(0);
        Path ledger = folder.resolve("pki/ledger.db");
        byte[] good = Files.readAllBytes(ledger);

        for (int eighth = 0; eighth < 8; eighth++) {
            Files.write(ledger, Arrays.copyOf(good, good.length * eighth / 8));
            Finished doctor = inside.run("doctor");
            assertEquals(8, doctor.exit(), doctor::all);
            Finished issue = inside.run("issue", "d2", "--out", path("out"));
            assertTrue(Set.of(1, 8).contains(issue.exit()), eighth + " eighths: " + issue.all());
            assertFalse(issue.err().contains("unexpected"), issue::all);
            assertFalse(Files.exists(folder.resolve("out/d2")), "issued from a cut ledger");
        }
        Files.write(ledger, good);
        inside.run("issue", "d2", "--out", path("out")).exiting(0);
        proof.clean();
    }

    @Test
    void aNewerLedgerIsRefusedAndNotTouched() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("pki/ledger.db");
        try (var connection = java.sql.DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version=99");
        }
        byte[] before = Files.readAllBytes(folder.resolve("pki/ledger.db"));

        String sentence = Refusal.of(inside::run, 8, "issue", "d1", "--out", path("out"));
        for (List<String> command : List.of(
                List.of("doctor"),
                List.of("doctor", "--repair"),
                List.of("crl", "publish"),
                List.of("device", "list"),
                List.of("store", "backup", path("b.zip")))) {
            Refusal.of(inside::run, 8, command.toArray(String[]::new));
        }

        assertTrue(sentence.contains("schema version 99, made by a newer devpki"), sentence);
        assertEquals(Bytes.of(before), Bytes.of(Files.readAllBytes(folder.resolve("pki/ledger.db"))));
    }

    @Test
    void aChangedAuditEntryIsFound() throws Exception {
        inside.run("issue", "d1", "--out", path("out")).exiting(0);
        String url = "jdbc:sqlite:" + folder.resolve("pki/ledger.db");
        for (String change : List.of(
                "UPDATE audit SET actor = 'nobody' WHERE sequence = 3",
                "DELETE FROM audit WHERE sequence = 4",
                "DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)")) {
            try (var connection = java.sql.DriverManager.getConnection(url);
                    var statement = connection.createStatement()) {
                assertEquals(1, statement.executeUpdate(change));
            }
            Refusal.of(inside::run, 8, "audit", "verify");
            inside.run("doctor").exiting(8);
        }
    }

    // ---- clocks ----

    @Test
    void aClockThatWentBackStopsChangesUntilItIsAccepted() {
        inside.run("issue", "d1", "--out", path("out")).exiting(0);
        InProcess past = inside.at(java.time.Clock.offset(java.time.Clock.systemUTC(), Duration.ofMinutes(-30)));
        List<String> before = everything();
        Map<String, java.math.BigInteger> published = proof.numbersInAll(proof.shelf());

        String issue = Refusal.of(past::run, 8, "issue", "d2", "--out", path("out"));
        String publish = Refusal.of(past::run, 8, "crl", "publish");
        Refusal.of(past::run, 8, "revoke", "d1");

        assertTrue(issue.startsWith("the clock says "), issue);
        assertTrue(publish.startsWith("the clock says "), publish);
        assertEquals(before, everything());
        assertEquals(published, proof.numbersInAll(proof.shelf()));
        past.run("doctor").exiting(8);
        past.run("doctor", "--repair").exiting(0);
        past.run("issue", "d2", "--out", path("out")).exiting(0);
        past.run("crl", "publish").exiting(0);
        Map<String, java.math.BigInteger> after = proof.numbersInAll(proof.shelf());
        published.forEach((ca, number) -> assertTrue(after.get(ca).compareTo(number) > 0, ca));
        past.run("doctor").exiting(0);
        past.run("audit", "verify").exiting(0);
    }

    @Test
    void aMachineWhoseClockWentBackTwoDaysIsToldSo() {
        List<String> before = everything();

        Finished issue = faketime("-2d", Devpki.command("issue", "d1", "--out", "out"));
        Finished publish = faketime("-2d", Devpki.command("crl", "publish"));

        assertTrue(Refusal.sentence(issue, 8).startsWith("the clock says "), issue::all);
        assertTrue(Refusal.sentence(publish, 8).startsWith("the clock says "), publish::all);
        assertEquals(before, everything());
    }

    private Finished faketime(String offset, String... command) {
        List<String> wrapped = new ArrayList<>(List.of("faketime", "-f", offset));
        wrapped.addAll(Arrays.asList(command));
        return Tool.in(folder)
                .with("DEVPKI_STORE", "pki")
                .with("DEVPKI_PASSPHRASE_FILE", "passphrase")
                .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .run(wrapped.toArray(String[]::new));
    }

    @Test
    void nothingSecretIsInAnyMessage() throws IOException {
        Files.writeString(folder.resolve("wrong"), "hunter2-hunter2\n");
        String all = Stream.of(
                        inside.run("issue", "d1", "--out", path("out"), "--verbose"),
                        inside.run("issue", "d1", "--out", path("out"), "--verbose"),
                        inside.run("crl", "publish", "--verbose", "--passphrase-file", path("wrong")))
                .map(Finished::all)
                .collect(Collectors.joining());
        assertFalse(all.contains("hunter2") || all.contains("correct horse") || all.contains("PRIVATE KEY"), all);
    }
}
