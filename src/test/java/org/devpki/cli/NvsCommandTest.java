package org.devpki.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.testing.Devpki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvsCommandTest {
    private static final Path VECTORS = Devpki.ROOT.resolve("src/test/vectors/nvs");

    @TempDir
    Path folder;

    private Terminal terminal() {
        return new Terminal(folder);
    }

    private void vector(String name) throws IOException {
        try (Stream<Path> files = Files.list(VECTORS.resolve(name))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    private byte[] octets(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
    }

    private List<String> names(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static void assertRefused(int exit, String sentence, Terminal.Result result) {
        assertEquals(exit, result.exit(), result::all);
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("devpki: error: " + sentence), result.err());
    }

    // generate

    @Test
    void generateMakesTheImageOfTheReference() throws IOException {
        vector("certs");

        Terminal.Result result =
                terminal().run("nvs", "generate", "input.csv", "--size", "0x6000", "--out", "out.bin", "--files", ".");

        assertEquals(0, result.exit(), result::all);
        assertEquals("made out.bin, 24576 bytes: 5 items in 1 namespace\n", result.out());
        assertArrayEquals(octets("nvs.bin"), octets("out.bin"));
        assertEquals("rw-------", mode("out.bin"));
    }

    @Test
    void generateEncryptsWithGivenAndDerivedKeys() throws IOException {
        vector("encrypted-hmac-keys");
        Terminal terminal = terminal();

        terminal.run("nvs", "generate", "input.csv", "--size", "12288", "--out", "a.bin", "--keys", "nvs_keys.bin");
        terminal.run("nvs", "generate", "input.csv", "--size", "12288", "--out", "b.bin", "--hmac-key", "hmac_key.bin");

        assertArrayEquals(octets("nvs.bin"), octets("a.bin"));
        assertArrayEquals(octets("nvs.bin"), octets("b.bin"));
    }

    @Test
    void newKeysAreWrittenOnceAndOpenTheImage() throws IOException {
        vector("primitives");
        Terminal terminal = terminal();
        String[] command = {
            "nvs", "generate", "input.csv", "--size", "0x3000", "--out", "out.bin", "--new-keys", "keys.bin", "--force"
        };

        Terminal.Result made = terminal.run(command);
        byte[] keys = octets("keys.bin");
        byte[] image = octets("out.bin");
        Terminal.Result again = terminal.run(command);

        assertEquals("made out.bin, 12288 bytes, encrypted: 10 items in 1 namespace\nkeys in keys.bin\n", made.out());
        assertEquals("rw-------", mode("keys.bin"));
        assertEquals(4096, keys.length);
        assertRefused(4, "key file keys.bin exists already\n", again);
        assertArrayEquals(keys, octets("keys.bin"));
        assertArrayEquals(image, octets("out.bin"));
        assertEquals(
                0, terminal.run("nvs", "check", "out.bin", "--keys", "keys.bin").exit());
        assertEquals(8, terminal.run("nvs", "check", "out.bin").exit());
    }

    @Test
    void anImageThatIsCutOrUnderOtherKeysDoesNotHold() throws IOException {
        vector("encrypted-hmac-keys");
        byte[] image = octets("nvs.bin");
        Files.write(folder.resolve("cut.bin"), Arrays.copyOf(image, image.length - 100));
        Terminal terminal = terminal();

        Terminal.Result cut = terminal.run("nvs", "check", "cut.bin", "--keys", "nvs_keys.bin");
        assertEquals(8, cut.exit(), cut::all);
        assertTrue(cut.out().contains("page 2 is cut: it has 3996 bytes, not 4096"), cut::all);
        assertEquals(
                0,
                terminal.run("nvs", "show", "nvs.bin", "--keys", "nvs_keys.bin").exit());
        assertEquals(8, terminal.run("nvs", "show", "nvs.bin").exit());
        assertEquals(
                8,
                terminal.run("nvs", "show", "cut.bin", "--keys", "nvs_keys.bin").exit());
    }

    @Test
    void anImageInTheWayIsReplacedOnlyByForce() throws IOException {
        vector("readonly-4k");
        Files.writeString(folder.resolve("out.bin"), "precious");
        Terminal terminal = terminal();

        Terminal.Result refused =
                terminal.run("nvs", "generate", "input.csv", "--size", "0x1000", "--read-only", "--out", "out.bin");
        assertRefused(4, "image out.bin exists already\nhint: --force replaces it\n", refused);
        assertEquals("precious", Files.readString(folder.resolve("out.bin")));

        terminal.run("nvs", "generate", "input.csv", "--size", "0x1000", "--read-only", "--out", "out.bin", "--force");
        assertArrayEquals(octets("nvs.bin"), octets("out.bin"));
    }

    @Test
    void generateGoesThroughPipesButNotToATerminal() throws IOException {
        vector("v1-format");
        Terminal terminal = terminal();
        String[] command = {
            "nvs",
            "generate",
            "-",
            "--size",
            "0x3000",
            "--format-version",
            "1",
            "--files",
            ".",
            "--out",
            "-",
            "<",
            "input.csv",
            ">",
            "out.bin"
        };

        assertEquals(0, terminal.run(command).exit());
        assertArrayEquals(octets("nvs.bin"), octets("out.bin"));
        assertRefused(
                2,
                "an image, which may hold keys, never goes to a terminal",
                terminal.onTerminal().run(command));
    }

    @Test
    void generateRefusesWhatIsWrong() throws IOException {
        vector("encrypted");
        Files.write(folder.resolve("short.bin"), new byte[31]);
        Files.writeString(
                folder.resolve("bad.csv"), "key,type,encoding,value\ncfg,namespace,,\na,data,u8,x\nb,data,u9,1\n");
        Terminal terminal = terminal();
        String[] start = {"nvs", "generate", "input.csv", "--out", "out.bin", "--files", "."};

        assertRefused(2, "size \"3 pages\" is not a number of bytes", terminal.run(and(start, "--size", "3 pages")));
        assertRefused(2, "size 0x3001 is not a multiple of 0x1000", terminal.run(and(start, "--size", "0x3001")));
        assertRefused(2, "size 0x1000 is below the 0x3000", terminal.run(and(start, "--size", "0x1000")));
        assertRefused(
                2,
                "format version 3 is not 1 or 2",
                terminal.run(and(start, "--size", "0x4000", "--format-version", "3")));
        assertRefused(
                2,
                "HMAC key short.bin has 31 bytes; 32 are right",
                terminal.run(and(start, "--size", "0x4000", "--hmac-key", "short.bin")));
        assertRefused(
                2,
                "key partition short.bin has 31 bytes; 4096 are right",
                terminal.run(and(start, "--size", "0x4000", "--keys", "short.bin")));
        assertRefused(
                2,
                "an image has its keys from one place",
                terminal.run(and(start, "--size", "0x4000", "--keys", "nvs_keys.bin", "--new-keys", "k.bin")));
        assertRefused(3, "cannot read none.bin", terminal.run(and(start, "--size", "0x4000", "--keys", "none.bin")));
        assertRefused(
                2,
                "bad.csv has 2 faults:\n  bad.csv line 3: \"a\": the value is not a decimal number",
                terminal.run("nvs", "generate", "bad.csv", "--size", "0x4000", "--out", "out.bin"));
        assertFalse(Files.exists(folder.resolve("out.bin")));
        assertFalse(Files.exists(folder.resolve("k.bin")));
    }

    private static String[] and(String[] start, String... more) {
        return Stream.concat(Stream.of(start), Stream.of(more)).toArray(String[]::new);
    }

    // show

    @Test
    void showShowsNumbersAndSizesButNoSecrets() throws IOException {
        vector("encrypted");

        Terminal.Result result = terminal().run("nvs", "show", "nvs.bin", "--keys", "nvs_keys.bin");

        assertEquals(0, result.exit(), result::all);
        assertEquals("""
                NAMESPACE        KEY              TYPE     BYTES  VALUE
                pki              n                u32          4  3735928559
                pki              s                string      12
                pki              dev_key          string     227
                pki              blob             blob        77
                page 0: active, 18 entries written, 0 erased, 108 free
                page 1: empty, 0 entries written, 0 erased, 126 free
                page 2: empty, 0 entries written, 0 erased, 126 free
                page 3: empty, 0 entries written, 0 erased, 126 free
                """, result.out());
        assertFalse(terminal()
                .run("nvs", "show", "nvs.bin", "--keys", "nvs_keys.bin", "--json")
                .all()
                .contains("secret value"));
    }

    @Test
    void revealShowsSecretsButNeverToATerminal() throws IOException {
        vector("encrypted");
        Terminal terminal = terminal();
        String[] command = {"nvs", "show", "nvs.bin", "--keys", "nvs_keys.bin", "--reveal"};

        Terminal.Result revealed = terminal.run(command);
        Terminal.Result json = terminal.run(and(command, "--json"));
        Terminal.Result shown = terminal.onTerminal().run(command);

        assertTrue(revealed.out().contains("\"secret value\"\n"), revealed.out());
        assertTrue(revealed.out().contains("\"-----BEGIN "), revealed.out());
        assertTrue(json.out().contains("\"text\" : \"secret value\""), json.out());
        assertTrue(json.out().contains("\"hex\" : \""), json.out());
        assertRefused(2, "texts and blobs, which may be keys, never go to a terminal", shown);
    }

    @Test
    void showTellsWhatIsWrongBesideWhatIsThere() throws IOException {
        vector("primitives");
        byte[] image = octets("nvs.bin");
        image[64 + 32 + 24] ^= 1;
        Files.write(folder.resolve("bent.bin"), image);

        Terminal.Result result = terminal().run("nvs", "show", "bent.bin");

        assertEquals(8, result.exit());
        assertEquals("devpki: page 0 entry 1: the CRC does not hold\n", result.err());
        assertTrue(result.out().contains("18446744073709551615"), result.out());
    }

    // check

    @Test
    void checkExitsWith8AndListsEveryProblem() throws IOException {
        vector("primitives");
        byte[] image = octets("nvs.bin");
        image[64 + 32 + 24] ^= 1;
        image[64 + 3 * 32 + 24] ^= 1;
        Files.write(folder.resolve("bent.bin"), image);
        Files.write(folder.resolve("cut.bin"), new byte[5000]);
        Terminal terminal = terminal();

        Terminal.Result whole = terminal.run("nvs", "check", "nvs.bin");
        Terminal.Result bent = terminal.run("nvs", "check", "bent.bin");
        Terminal.Result json = terminal.run("nvs", "check", "bent.bin", "--json");

        assertEquals(0, whole.exit());
        assertEquals("nvs.bin: whole, 10 items in 1 namespace\n", whole.out());
        assertEquals(8, bent.exit());
        assertEquals("""
                bent.bin: page 0 entry 1: the CRC does not hold
                bent.bin: page 0 entry 3: the CRC does not hold
                bent.bin: NOT whole, 2 problems
                """, bent.out());
        assertEquals(8, json.exit());
        assertTrue(json.out().startsWith("{\n  \"schema\" : \"devpki/nvs-check/1\""), json.out());
        Terminal.Result cut = terminal.run("nvs", "check", "cut.bin");
        assertEquals(8, cut.exit());
        assertTrue(cut.out().contains("cut.bin: page 1 is cut: it has 904 bytes, not 4096\n"), cut::all);
    }

    // mfg

    private Terminal.Result mfg(Terminal terminal, String... more) {
        return terminal.run(and(
                new String[] {
                    "nvs",
                    "mfg",
                    "config.csv",
                    "values.csv",
                    "--prefix",
                    "Fleet",
                    "--size",
                    "0x4000",
                    "--out",
                    "out",
                    "--files",
                    "."
                },
                more));
    }

    @Test
    void mfgMakesTheFilesOfTheReference() throws IOException {
        vector("mfg");

        Terminal.Result result = mfg(terminal(), "--file-id", "id");

        assertEquals(0, result.exit(), result::all);
        assertEquals("made 3 images in out/bin\n", result.out());
        for (String file : List.of(
                "csv/Fleet-1.csv", "csv/Fleet-2.csv", "csv/Fleet-3.csv", "bin/Fleet-1.bin", "bin/Fleet-3.bin")) {
            assertArrayEquals(Files.readAllBytes(VECTORS.resolve("mfg/out/" + file)), octets("out/" + file), file);
            assertEquals("rw-------", mode("out/" + file));
        }
        assertEquals(List.of("bin", "csv"), names("out"));
    }

    @Test
    void aSmallPartitionOfAFleetIsReadOnlyOnlyWhereThatIsSaid() throws IOException {
        vector("mfg");
        Terminal terminal = terminal();
        String[] small = {
            "nvs",
            "mfg",
            "config.csv",
            "values.csv",
            "--prefix",
            "Fleet",
            "--size",
            "0x2000",
            "--out",
            "out",
            "--files",
            "."
        };

        assertRefused(2, "size 0x2000 is below the 0x3000", terminal.run(small));
        assertEquals(0, terminal.run(and(small, "--read-only")).exit());
    }

    @Test
    void mfgWithNewKeysGivesEachDeviceItsOwn() throws IOException {
        vector("mfg");
        Terminal terminal = terminal();

        Terminal.Result result = mfg(terminal, "--prefix-num", "8,4", "--new-keys", "--json");

        assertEquals(0, result.exit(), result::all);
        assertEquals(List.of("Fleet-0008-1.bin", "Fleet-0009-2.bin", "Fleet-0010-3.bin"), names("out/bin"));
        assertEquals(
                List.of("keys-Fleet-0008-1.bin", "keys-Fleet-0009-2.bin", "keys-Fleet-0010-3.bin"), names("out/keys"));
        assertEquals("rw-------", mode("out/keys/keys-Fleet-0008-1.bin"));
        assertTrue(result.out().contains("\"schema\" : \"devpki/nvs-mfg/1\""), result.out());
        for (String device : List.of("0008-1", "0009-2", "0010-3")) {
            String keys = "out/keys/keys-Fleet-" + device + ".bin";
            assertEquals(
                    0,
                    terminal.run("nvs", "check", "out/bin/Fleet-" + device + ".bin", "--keys", keys)
                            .exit());
        }
        assertEquals(
                8,
                terminal.run("nvs", "check", "out/bin/Fleet-0008-1.bin", "--keys", "out/keys/keys-Fleet-0009-2.bin")
                        .exit());
    }

    @Test
    void mfgWritesNothingWhileARowIsWrong() throws IOException {
        vector("mfg");
        List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("values.csv")));
        lines.set(3, lines.get(3).replace(",5,0,", ",5000,0,"));
        Files.write(folder.resolve("values.csv"), lines);
        Terminal terminal = terminal();

        assertRefused(2, "values.csv line 4: \"rev\": 5000 is not within u8", mfg(terminal, "--file-id", "id"));
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void mfgWritesNothingWhileADeviceDoesNotFit() throws IOException {
        vector("mfg");
        Files.writeString(folder.resolve("d1.crt"), "x".repeat(3990));
        Files.writeString(folder.resolve("d2.crt"), "x".repeat(3990));
        Files.writeString(folder.resolve("d2.key"), "x".repeat(3990));

        assertRefused(
                2,
                "2 devices cannot be made:\n  values.csv line 3: the items need 0x5000 bytes and the partition has"
                        + " 0x4000",
                mfg(terminal(), "--file-id", "id"));
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void mfgWritesNothingWhileAFileIsInTheWay() throws IOException {
        vector("mfg");
        Files.createDirectories(folder.resolve("out/bin"));
        Files.writeString(folder.resolve("out/bin/Fleet-3.bin"), "precious");

        assertRefused(
                4,
                "file out/bin/Fleet-3.bin exists already\nhint: choose another --out, or another --prefix\n",
                mfg(terminal(), "--file-id", "id"));
        assertEquals(List.of("bin"), names("out"));
        assertEquals(List.of("Fleet-3.bin"), names("out/bin"));
    }

    @Test
    void mfgRefusesWhatIsNoNameOrNumber() throws IOException {
        vector("mfg");
        Terminal terminal = terminal();

        assertRefused(2, "--prefix-num \"1\" is not START,DIGITS as in 1,4", mfg(terminal, "--prefix-num", "1"));
        assertRefused(2, "numbers from 1 with 10 digits cannot be", mfg(terminal, "--prefix-num", "1,10"));
        assertRefused(
                2,
                "prefix \"../x\" cannot begin a file name",
                terminal.run(
                        "nvs",
                        "mfg",
                        "config.csv",
                        "values.csv",
                        "--prefix",
                        "../x",
                        "--size",
                        "0x4000",
                        "--out",
                        "out"));
        assertRefused(2, "values.csv line 1: there is no column \"serial\"", mfg(terminal, "--file-id", "serial"));
    }
}
