package org.devpki.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives come back as they were written; all else is refused. What tar, zstd and unzip make of them is in TravelIT. */
class ArchiveTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:34:56Z");
    private static final int BLOCK = 512;

    @TempDir
    private Path folder;

    private Archive archive(String kind) {
        return Archive.named(folder.resolve("a" + kind));
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(UTF_8));
    }

    private static void write(Archive archive, Archive.Filling filling) {
        try (StagedFile staged = archive.stage(AT, filling)) {
            staged.settle();
        }
    }

    private static void two(Archive.Sink sink) {
        sink.add("d1/key.pem.cms", Modes.SECRET_FILE, secret("sealed".repeat(200)));
        sink.add("END", Modes.PUBLIC_FILE, secret(""));
    }

    private static Map<String, String> read(Archive archive) {
        Map<String, String> files = new LinkedHashMap<>();
        archive.read((name, content) ->
                assertEquals(null, files.put(name, content.lend(octets -> new String(octets, UTF_8)))));
        return files;
    }

    private byte[] octets(Archive archive) throws IOException {
        return Files.readAllBytes(archive.file());
    }

    @ParameterizedTest
    @ValueSource(strings = {".tar.zst", ".zip"})
    void whatIsPackedComesBackInItsOrder(String kind) {
        String longName = "a".repeat(64) + "%3A".repeat(20) + "+efuse/esp_secure_cert.partitions.csv";
        Archive archive = archive(kind);
        write(archive, sink -> {
            sink.add("z.json", Modes.PUBLIC_FILE, secret("{}"));
            sink.add(longName, Modes.SECRET_FILE, secret("x".repeat(100_000)));
            sink.add("END", Modes.PUBLIC_FILE, secret(""));
        });

        Map<String, String> files = read(archive);

        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("z.json", "{}");
        wanted.put(longName, "x".repeat(100_000));
        wanted.put("END", "");
        assertEquals(wanted.toString(), files.toString());
        assertEquals("600", WholeFiles.mode(archive.file()));
        assertEquals(1, WholeFiles.list(folder).size(), "nothing is left beside it");
    }

    @ParameterizedTest
    @ValueSource(strings = {".tar.zst", ".zip"})
    void theSameFilesMakeTheSameOctets(String kind) throws IOException {
        Archive archive = archive(kind);
        write(archive, ArchiveTest::two);
        byte[] first = octets(archive);
        write(archive, ArchiveTest::two);

        assertArrayEquals(first, octets(archive));
    }

    @Test
    void aNameThatNoArchiveHasIsRefusedWhereItIsWritten() {
        for (String name : new String[] {"", "../x", "/x", "a/b/c", "a//b", "d1/", "my file", ".hidden", "a\nb", "ü"}) {
            assertFault(
                    Fault.INVALID_INPUT,
                    "no file of an archive is called",
                    () -> write(archive(".zip"), sink -> sink.add(name, Modes.PUBLIC_FILE, secret("x"))));
        }
        assertFault(
                Fault.INVALID_INPUT, "a name that ends in .tar.zst or .zip", () -> Archive.named(Path.of("a.tar.gz")));
        assertEquals(0, WholeFiles.list(folder).size());
    }

    @Test
    void aNameTooLongForTarIsToldBeforeItIsCut() {
        String name = "%3A".repeat(60) + "/x";
        assertFault(
                Fault.INVALID_INPUT,
                "is too long for a tar archive; .zip takes it",
                () -> write(archive(".tar.zst"), sink -> sink.add(name, Modes.PUBLIC_FILE, secret("x"))));
    }

    /** Damage is told, or it is in octets that nobody reads, and then all files are whole. */
    @ParameterizedTest
    @ValueSource(strings = {".tar.zst", ".zip"})
    void aCutIsToldAndAFlipIsToldOrChangesNothing(String kind) throws IOException {
        Archive archive = archive(kind);
        write(archive, ArchiveTest::two);
        byte[] whole = octets(archive);
        Map<String, String> files = read(archive);
        for (int i = 0; i < whole.length; i++) {
            Files.write(archive.file(), Arrays.copyOf(whole, i));
            assertFault(Fault.INTEGRITY, "", () -> read(archive));
            for (int flip : new int[] {1, 0xff}) {
                byte[] bent = whole.clone();
                bent[i] ^= (byte) flip;
                Files.write(archive.file(), bent);
                try { // names are proven by what is in the files
                    assertEquals(
                            List.copyOf(files.values()),
                            List.copyOf(read(archive).values()));
                } catch (DevpkiException e) {
                    assertEquals(Fault.INTEGRITY, e.fault(), e::sentence);
                }
            }
        }
    }

    /** The tar within, changed by a stranger who can count. */
    private Archive changed(UnaryOperator<byte[]> change) throws IOException {
        Archive archive = archive(".tar.zst");
        write(archive, ArchiveTest::two);
        byte[] packed = octets(archive);
        byte[] tar = change.apply(Zstd.decompress(packed, 1 << 20));
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : tar[i] & 0xff;
        }
        byte[] digits = String.format("%06o", sum).getBytes(US_ASCII);
        System.arraycopy(digits, 0, tar, 148, digits.length);
        Files.write(archive.file(), Zstd.compress(tar));
        return archive;
    }

    private static UnaryOperator<byte[]> named(String name) {
        return tar -> {
            byte[] octets = Arrays.copyOf(name.getBytes(ISO_8859_1), 100);
            System.arraycopy(octets, 0, tar, 0, 100);
            return tar;
        };
    }

    @Test
    void aTarThatReachesOutsideIsRefused() throws IOException {
        assertEquals(2, read(changed(tar -> tar)).size());
        for (String name :
                new String[] {"../x", "/etc/passwd", "a/../../x", "d1/.ssh", "..", "C:\\x", "d1/a/b", "\u00e4"}) {
            Archive archive = changed(named(name));
            assertFault(Fault.INTEGRITY, "has in it a name that leads elsewhere", () -> read(archive));
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '5', '6', 'x', 'L', 'g', '\0'})
    void aTarWithSomethingThatIsNoFileIsRefused(char type) throws IOException {
        Archive archive = changed(tar -> {
            tar[156] = (byte) type;
            return tar;
        });
        assertFault(
                Fault.INTEGRITY, "a link, a folder or another thing that is no file, which batch", () -> read(archive));
    }

    @Test
    void aTarOfAnotherKindAndOneThatGoesOnAreRefused() throws IOException {
        Archive gnu = changed(tar -> {
            tar[263] = ' ';
            return tar;
        });
        assertFault(Fault.INTEGRITY, "a header of another kind of tar", () -> read(gnu));
        Archive renamed = changed(tar -> tar);
        byte[] bent = Zstd.decompress(octets(renamed), 1 << 20);
        bent[0] = 'e';
        Files.write(renamed.file(), Zstd.compress(bent));
        assertFault(Fault.INTEGRITY, "a header's sum is not its own", () -> read(renamed));
        Archive longer = changed(tar -> Arrays.copyOf(tar, tar.length + BLOCK));
        assertFault(Fault.INTEGRITY, "it goes on after its end", () -> read(longer));
        Archive negative = changed(tar -> {
            tar[124] = '-';
            return tar;
        });
        assertFault(Fault.INTEGRITY, "a header has a number that is none", () -> read(negative));
    }

    @Test
    void aZipThatReachesOutsideIsRefused() throws IOException {
        Archive archive = archive(".zip");
        write(archive, sink -> sink.add("d1/xx", Modes.PUBLIC_FILE, secret("x")));
        String text = new String(octets(archive), ISO_8859_1);
        for (String name : new String[] {"../xx", "/etc/", "a/b/c", "d1/.x"}) {
            Files.write(archive.file(), text.replace("d1/xx", name).getBytes(ISO_8859_1));
            assertFault(Fault.INTEGRITY, "a name that leads elsewhere", () -> read(archive));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".tar.zst", ".zip"})
    void aBombIsRefusedBeforeItGoesOff(String kind) {
        Archive one = archive(kind);
        byte[] zeros = new byte[(1 << 24) + 1];
        write(one, sink -> sink.add("d1/x", Modes.PUBLIC_FILE, SecretBytes.taking(zeros)));
        assertFault(Fault.INTEGRITY, "a file of more than 16777216 octets", () -> read(one));

        Archive many = Archive.named(folder.resolve("many" + kind));
        write(many, sink -> {
            for (int i = 0; i < 5; i++) {
                sink.add("d1/x" + i, Modes.PUBLIC_FILE, SecretBytes.taking(new byte[1 << 24]));
            }
        });
        long size = WholeFiles.source(many.file()).size();
        if (size * 1000 < 5 << 24) { // deflate cannot do so much
            assertFault(Fault.INTEGRITY, "more than 1000 times its own octets", () -> read(many));
        } else {
            assertTrue(kind.equals(".zip"));
        }
    }
}
