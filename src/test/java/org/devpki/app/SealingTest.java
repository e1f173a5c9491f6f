package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestAuthority;
import org.devpki.x509.Cms;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With {@code --seal-to} no secret is on the disk in clear, and everybody who looks at a bundle agrees that it is whole. */
class SealingTest {
    @TempDir
    private static Path template;

    @TempDir
    private Path folder;

    private InProcess devpki;

    @BeforeAll
    static void makeAStore() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        Files.writeString(template.resolve("export-passphrase"), "staple\n");
        for (String name : List.of("line", "other")) {
            Files.writeString(
                    template.resolve(name + ".pem"),
                    Pem.certificate(TestAuthority.root(name).certificate()));
        }
        InProcess.in(template)
                .run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
    }

    @BeforeEach
    void aCopyOfIt() {
        StoreProof.copy(template, folder);
        devpki = InProcess.in(folder);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished issue(String name, String recipient, String... more) {
        return devpki.run(Stream.concat(
                        Stream.of("issue", name, "--out", file("out"), "--seal-to", file(recipient)), Stream.of(more))
                .toArray(String[]::new));
    }

    private static Set<String> names(Path bundle) {
        Set<String> names = new TreeSet<>();
        WholeFiles.list(bundle).forEach(path -> names.add(String.valueOf(path.getFileName())));
        return names;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "embed | client_key.pem | ",
                "pem | key.pem | ",
                "der | key.der | ",
                "p12 --export-passphrase-file export-passphrase | credential.p12 | ",
                "esp-secure-cert --target c3 | esp_secure_cert.bin | ",
                "esp-secure-cert --target c3 --key-home hmac | | hmac_up.bin",
                "esp-secure-cert --target c5 --key-home ecdsa | | device_key.pem",
                "nvs --new-nvs-keys | nvs.bin nvs_keys.bin | ",
                "pem,nvs | key.pem nvs.bin | ",
            })
    void everySecretFileIsWrittenSealedAndInNoOtherForm(String format, String own, String burned) throws IOException {
        String[] options = ("--format " + format)
                .replace("export-passphrase ", file("export-passphrase") + " ")
                .replaceAll(" export-passphrase$", " " + file("export-passphrase"))
                .split(" ");

        issue("d1", "line.pem", options).exiting(0);

        Path out = folder.resolve("out");
        for (String place : List.of("d1|" + own, "d1+efuse|" + burned)) {
            Path bundle = out.resolve(place.substring(0, place.indexOf('|')));
            String secrets = place.substring(place.indexOf('|') + 1);
            for (String name : secrets.equals("null") ? new String[0] : secrets.split(" ")) {
                assertFalse(Files.exists(bundle.resolve(name)), () -> name + " is there in clear");
                Path sealed = bundle.resolve(name + ".cms");
                assertTrue(Cms.isSealed(Bytes.of(Files.readAllBytes(sealed))), name);
                assertEquals("600", WholeFiles.mode(sealed));
            }
            if (Files.exists(bundle)) {
                for (Path any : WholeFiles.list(bundle)) {
                    String text = new String(Files.readAllBytes(any), StandardCharsets.ISO_8859_1);
                    assertFalse(text.contains("PRIVATE KEY"), () -> any + " has a key in clear");
                }
                assertTrue(
                        Files.readString(bundle.resolve("SHA256SUMS")).contains("\n# secrets in clear: none\n"), place);
            }
        }
        assertEquals(own != null, Files.exists(out.resolve("d1/sealed.README.txt")));
    }

    @Test
    void theSameOrderAgainIsDoneAndOneForAnotherRecipientIsAConflict() {
        issue("d1", "line.pem").exiting(0);
        Set<String> before = names(folder.resolve("out/d1"));

        Finished again = issue("d1", "line.pem", "--json").exiting(0);
        String other = Refusal.sentence(issue("d1", "other.pem"), 4);
        String clear = Refusal.sentence(devpki.run("issue", "d1", "--out", file("out")), 4);

        assertTrue(again.out().contains("\"changed\" : false"), again.out());
        assertTrue(other.contains("made by a different order"), other);
        assertTrue(clear.contains("made by a different order"), clear);
        assertEquals(before, names(folder.resolve("out/d1")));
    }

    @Test
    void aBundleThatLacksASealedFileIsNotWhole() throws IOException {
        issue("d1", "line.pem").exiting(0);
        Files.delete(folder.resolve("out/d1/client_key.pem.cms"));

        String sentence = Refusal.sentence(issue("d1", "line.pem"), 4);

        assertTrue(sentence.contains("is not in " + folder.resolve("out/d1") + " as a whole bundle"), sentence);
    }

    @Test
    void whatIsInClearStandsInTheSums() throws IOException {
        devpki.run("issue", "d1", "--format", "pem,nvs", "--out", file("out")).exiting(0);

        assertTrue(Files.readString(folder.resolve("out/d1/SHA256SUMS"))
                .contains("\n# secrets in clear: key.pem nvs.bin\n"));
    }

    @Test
    void anExportReplacesWhatWasInClearByWhatIsSealed() {
        devpki.run("issue", "d1", "--out", file("out")).exiting(0);
        String key = file("key.pem");
        WholeFiles.write(
                Path.of(key), WholeFiles.read(folder.resolve("out/d1/client_key.pem"), 1 << 20), Modes.SECRET_FILE);

        String[] export = {
            "bundle",
            "export",
            "d1",
            "--private-key",
            key,
            "--out",
            file("out"),
            "--seal-to",
            file("line.pem"),
            "--force"
        };
        devpki.run(export).exiting(0);
        devpki.run(export).exiting(0); // over what is sealed already

        Set<String> names = names(folder.resolve("out/d1"));
        assertTrue(names.contains("client_key.pem.cms") && !names.contains("client_key.pem"), names::toString);
    }

    @Test
    void sealingNothingIsRefusedBeforeAnythingIsIssued() {
        String[] publicOnly = {
            "bundle", "export", "d1", "--format", "pem", "--out", file("pem"), "--seal-to", file("line.pem")
        };
        devpki.run("issue", "d1", "--out", file("out")).exiting(0);

        String nothing = Refusal.of(devpki::run, 2, publicOnly);
        String stream = Refusal.of(devpki::run, 3, "issue", "d2", "--out", file("out"), "--seal-to", file("nosuch"));
        String printed = Refusal.sentence(devpki.run("issue", "d2", "--out", "-", "--seal-to", file("line.pem")), 2);

        assertTrue(nothing.startsWith("--seal-to seals secret files, and there will be none"), nothing);
        assertTrue(stream.contains("nosuch"), stream);
        assertTrue(printed.startsWith("--seal-to seals files, and --out - prints PEM"), printed);
        assertEquals(3, devpki.run("device", "show", "d2").exit(), "nothing was issued");
    }

    @Test
    void aBatchIsBegunForOneRecipient() {
        devpki = devpki.feeding(Bytes.utf8("name\nd1\n"));
        String[] run = {"batch", "run", "-", "--batch", "B1", "--out", file("out"), "--seal-to", file("line.pem")};
        devpki.run(run).exiting(0);
        devpki.run(run).exiting(0);

        run[8] = file("other.pem");
        String sentence = Refusal.sentence(devpki.run(run), 4);

        assertTrue(sentence.startsWith("batch B1 was begun with --seal-to a certificate with SHA-256 "), sentence);
    }
}
