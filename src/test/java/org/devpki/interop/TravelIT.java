package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Refusal;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives and sealed files in the hands of tar, zstd, unzip, sha256sum and OpenSSL, and theirs in ours. */
@Tag("long")
class TravelIT {
    @TempDir
    private static Path home;

    private static InProcess devpki;
    private static Tool tool;

    @BeforeAll
    static void makeASealedBatch() throws IOException {
        Files.writeString(home.resolve("passphrase"), "correct horse\n");
        Files.writeString(home.resolve("staple"), "staple\n");
        Files.writeString(home.resolve("again"), "staple\n"); // OpenSSL reads a second line of one file
        Files.writeString(home.resolve("list.csv"), "name\nd1\na:b\n" + ":".repeat(40) + "\n");
        devpki = InProcess.in(home);
        tool = Tool.in(home);
        sh("openssl req -x509 -newkey rsa:2048 -days 30 -subj /CN=rsa -passout file:staple -keyout rsa.key -out rsa.pem"
                + " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=ec"
                + " -keyout ec.key -out ec.pem"
                + " && openssl pkcs8 -topk8 -in rsa.key -passin file:staple -v2 aes-128-cbc -v2prf hmacWithSHA512 -passout file:again"
                + " -outform DER -out rsa128.der");
        run("init", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        run("batch", "run", "list.csv", "--batch", "B1", "--seal-to", "rsa.pem", "--out", "out")
                .exiting(0);
        for (String kind : List.of("tar.zst", "zip")) {
            run("batch", "archive", "B1", "--from", "out", "--add", "list.csv", "--out", "B1." + kind)
                    .exiting(0);
        }
    }

    private static void sh(String script) {
        tool.run("sh", "-ec", script).exiting(0);
    }

    /** Words that are a file or folder of the test are meant there. */
    private static Finished run(String... words) {
        for (int i = 1; i < words.length; i++) {
            boolean isPlace = words[i - 1].matches("--(out|from|add|key|seal-to|key-passphrase-file)");
            boolean isFile = isPlace || (words[i].contains(".") && !words[i].contains("://"));
            words[i] = isFile && !words[i].equals("-") ? home.resolve(words[i]).toString() : words[i];
        }
        return devpki.run(words);
    }

    @ParameterizedTest
    @CsvSource({"tar.zst, tar --zstd -xf ../B1.tar.zst", "zip, unzip -q ../B1.zip"})
    void otherToolsUnpackAnArchive(String kind, String unpack) throws IOException {
        sh("zstd -qt B1.tar.zst; unzip -tq B1.zip; umask 022; mkdir x-" + kind + "; cd x-" + kind + "; " + unpack
                + "; for d in */; do (cd \"$d\"; sha256sum --quiet -c SHA256SUMS); done");

        Path unpacked = home.resolve("x-" + kind);
        sh("diff -r out x-" + kind + " | grep -v '^Only in x-" + kind
                + ": \\(ARCHIVE\\|list.csv\\)$' | cat >differences");
        assertEquals("", Files.readString(home.resolve("differences")));
        assertEquals("600", WholeFiles.mode(unpacked.resolve("d1/client_key.pem.cms")));
        assertEquals("644", WholeFiles.mode(unpacked.resolve("a%3Ab/client_crt.pem")));
        assertTrue(Files.exists(unpacked.resolve("%3A".repeat(40))));
        String begun = devpki.run("batch", "show", "B1", "--json").exiting(0).out();
        String time = Files.getLastModifiedTime(unpacked.resolve("list.csv")).toString();
        assertTrue(
                kind.equals("zip") || begun.contains("\"begunAt\" : \"" + time.substring(0, 19)),
                () -> begun + time); // zip has two seconds a step, and no zone
    }

    @ParameterizedTest
    @CsvSource({"rsa.key", "rsa128.der"})
    void aKeyThatOpensslEncryptedOpensWhatWeSealed(String key) throws IOException {
        Devpki.in(home) // a process of its own, which has sealed nothing before
                .run(
                        "bundle",
                        "open",
                        "B1.zip",
                        "--key",
                        key,
                        "--key-passphrase-file",
                        "staple",
                        "--out",
                        "clear-" + key)
                .exiting(0);
        sh("cd out/d1; " + "(umask 077 && openssl cms -decrypt -inform DER -in client_key.pem.cms -out ../../" + key
                + ".pem -inkey ../../rsa.key -passin file:../../staple)");

        assertEquals(
                Files.readString(home.resolve(key + ".pem")),
                Files.readString(home.resolve("clear-" + key + "/d1/client_key.pem")));
    }

    @ParameterizedTest
    @CsvSource({
        "ec, -aes-256-gcm, ''",
        "ec, -aes-128-gcm, ''",
        "rsa, -aes-256-gcm, -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256",
        "rsa, -aes-256-gcm, ''", // PKCS #1 1.5
    })
    void whatOpensslSealedWeOpen(String kind, String cipher, String options) {
        byte[] secret = "what a factory answers".getBytes(StandardCharsets.US_ASCII);
        sh("printf '%s' 'what a factory answers' | openssl cms -encrypt -binary -outform DER " + cipher + " -out s.cms "
                + (options.isEmpty() ? kind + ".pem" : "-recip " + kind + ".pem " + options));

        Finished opened = run(
                        "bundle",
                        "open",
                        "s.cms",
                        "--key",
                        kind + ".key",
                        "--out",
                        "-",
                        "--key-passphrase-file",
                        "staple")
                .exiting(0);

        assertEquals(Bytes.of(secret), opened.outOctets());
    }

    @Test
    void aLibraryThatCannotBeLoadedIsASentence() throws IOException {
        Files.writeString(home.resolve("no-folder"), "");
        Finished refused = tool.run(
                "java",
                "-Djava.io.tmpdir=" + home.resolve("no-folder"),
                "-jar",
                System.getProperty("devpki.jar"),
                "bundle",
                "open",
                "B1.tar.zst",
                "--key",
                "ec.key",
                "--out",
                "never");

        assertTrue(Refusal.sentence(refused, 1).startsWith("the library of Zstandard cannot be loaded"), refused::all);
        assertFalse(Files.exists(home.resolve("never")));
    }

    @Test
    void anArchiveOfAnotherToolIsRefusedAndItsFoldersAreNot() throws IOException {
        sh("cd out; tar --zstd -cf ../gnu.tar.zst .; tar --zstd --format=ustar -cf ../ustar.tar.zst d1;"
                + "ln -s list.csv ../link; tar --zstd --format=ustar -cf ../link.tar.zst -C .. link;"
                + "tar --zstd --format=ustar -cf ../bare.tar.zst d1/client_crt.pem d1/SHA256SUMS;"
                + "zip -qr ../other.zip d1; zip -qy ../link.zip ../link");
        for (String name :
                List.of("gnu.tar.zst", "ustar.tar.zst", "link.tar.zst", "bare.tar.zst", "other.zip", "link.zip")) {
            Finished refused = run(
                    "bundle", "open", name, "--key", "rsa.key", "--key-passphrase-file", "staple", "--out", "never");
            assertEquals(8, refused.exit(), refused::all);
        }
        assertFalse(Files.exists(home.resolve("never")));
    }
}
