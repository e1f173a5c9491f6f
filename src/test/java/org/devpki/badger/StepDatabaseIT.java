package org.devpki.badger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.testing.StepCa;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that step-ca wrote, whole and in every way broken. */
@Tag("long")
class StepDatabaseIT {
    private static final Set<Fault> FAULTS = EnumSet.of(Fault.INTEGRITY, Fault.INVALID_INPUT);

    @TempDir
    private static Path home;

    private static final Map<BigInteger, Bytes> CERTIFICATES = new TreeMap<>();
    private static final Map<BigInteger, Bytes> REVOCATIONS = new TreeMap<>();

    @TempDir
    private Path folder;

    /** Three certificates, one of them too long for a table, and two revocations, one of a certificate that is not there. */
    @BeforeAll
    static void step() throws IOException {
        Path input = Files.createDirectory(home.resolve("input"));
        String names = IntStream.range(0, 60)
                .mapToObj(i -> "DNS:sensor-" + i + ".acme.example")
                .collect(Collectors.joining(","));
        certificate(input, "1001", "DNS:one");
        certificate(input, "310917532812731874620178365409412345678", "DNS:two");
        certificate(input, "1003", names);
        revocation(input, "1001", 1);
        revocation(input, "77", 4);
        for (StepCa.End end : StepCa.End.values()) {
            StepCa.write(database(end), input, end);
        }
        assertTrue(CERTIFICATES.get(new BigInteger("1003")).length() > 1024, "no value is in the log alone");
        assertTrue(Files.deleteIfExists(database(StepCa.End.CRASH).resolve("LOCK")));
    }

    private static Path database(StepCa.End end) {
        return home.resolve(end.name());
    }

    private static void certificate(Path input, String serial, String names) throws IOException {
        Path file = input.resolve(serial + ".der");
        Tool.in(input)
                .run(
                        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -subj /CN=one -outform DER"
                                        + " -set_serial " + serial + " -addext subjectAltName=" + names + " -out "
                                        + file)
                                .split(" "))
                .exiting(0);
        CERTIFICATES.put(new BigInteger(serial), Bytes.of(Files.readAllBytes(file)));
    }

    private static void revocation(Path input, String serial, int reason) throws IOException {
        String json = StepCa.revocation(serial, reason, "2026-11-01T12:00:00.25Z");
        Files.writeString(input.resolve(serial + ".json"), json);
        REVOCATIONS.put(new BigInteger(serial), Bytes.utf8(json));
    }

    private static StepDatabase whole() {
        return new StepDatabase(CERTIFICATES, REVOCATIONS, Map.of());
    }

    private Path copy(StepCa.End end) throws IOException {
        Path copy = Files.createTempDirectory(folder, "copy");
        for (Path file : files(database(end))) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static Path file(Path folder, String ending) throws IOException {
        return files(folder).stream()
                .filter(file -> file.toString().endsWith(ending))
                .findFirst()
                .orElseThrow();
    }

    private static DevpkiException refusal(Path database) {
        return assertThrows(DevpkiException.class, () -> StepDatabase.read(database));
    }

    @ParameterizedTest
    @EnumSource
    void everythingIsReadHoweverTheWritingEnded(StepCa.End end) {
        assertEquals(whole(), StepDatabase.read(database(end)));
    }

    @Test
    void theFolderOfStepCaWillDoAsWell() throws IOException {
        Files.move(copy(StepCa.End.CLOSE), folder.resolve("db"));

        assertEquals(whole(), StepDatabase.read(folder));
    }

    @Test
    void whatIsInUseIsNotRead() throws IOException {
        Path copy = copy(StepCa.End.CLOSE);
        Files.writeString(copy.resolve("LOCK"), "1\n");

        DevpkiException refusal = refusal(copy);

        assertEquals(Fault.CONFLICT, refusal.fault());
        assertEquals(
                "stop step-ca, or name a copy of the folder without LOCK",
                refusal.hint().orElseThrow());
    }

    @Test
    void whatIsOfAnotherProgramOrVersionIsRefused() throws IOException {
        Path copy = copy(StepCa.End.CLOSE);
        Path manifest = copy.resolve("MANIFEST");
        byte[] older = Files.readAllBytes(manifest);
        older[7] = 4;

        assertEquals(Fault.NOT_FOUND, refusal(folder).fault());
        assertTrue(refusal(manifest).sentence().contains("is a file; step-ca's folder of badger is right"));
        Files.write(manifest, older);
        assertTrue(refusal(copy).sentence().contains("is of version 4 of badger's format; 7, of badger 2, is read"));
        Files.write(
                manifest,
                Arrays.copyOf(Files.readAllBytes(database(StepCa.End.CLOSE).resolve("MANIFEST")), 8));
        Files.write(copy.resolve("000000.vlog"), new byte[20]);
        assertTrue(refusal(copy).sentence().contains("is not step-ca's: it has no bucket x509_certs"));
    }

    @ParameterizedTest
    @EnumSource
    void whatLacksAFileIsRefused(StepCa.End end) throws IOException {
        for (Path file : files(database(end))) {
            String name = file.getFileName().toString();
            Path copy = copy(end);
            Files.delete(copy.resolve(name));
            if (name.endsWith(".sst") || name.equals("MANIFEST")) {
                refusal(copy);
            } else { // a file of the log may be one that nothing is in any more
                assertHarmless(name + " deleted", copy);
            }
            for (Path left : files(copy)) {
                Files.delete(left);
            }
            Files.delete(copy);
        }
    }

    @Test
    void aFlippedOctetIsNoticedOrHarmless() throws IOException {
        Path log = copy(StepCa.End.CRASH);
        flip(log, file(log, ".vlog"), 1);
        Path tables = copy(StepCa.End.CLOSE);
        flip(tables, tables.resolve("MANIFEST"), 1);
        flip(tables, file(tables, ".sst"), 5);
        flip(tables, file(tables, ".vlog"), 5);
        Path moved = copy(StepCa.End.COMPACT);
        flip(moved, moved.resolve("MANIFEST"), 1);
        flip(moved, file(moved, ".sst"), 53);
    }

    @Test
    void aFileThatIsCutIsNoticed() throws IOException {
        Path copy = copy(StepCa.End.CLOSE);
        for (Path file : files(copy)) {
            cut(copy, file, 7);
        }
    }

    private static void flip(Path database, Path file, int step) throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at += step) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) 0x41;
            Files.write(file, bad);
            assertHarmless(file.getFileName() + ", octet " + at + " flipped", database);
        }
        Files.write(file, good);
    }

    private static void cut(Path database, Path file, int step) throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length += step) {
            Files.write(file, Arrays.copyOf(good, length));
            assertHarmless(file.getFileName() + " cut to " + length, database);
        }
        Files.write(file, good);
    }

    /** As a copy onto a full disk leaves it. */
    @Test
    void aLaterFileOfTheLogThatIsEmptyIsRefused() throws IOException {
        Path copy = copy(StepCa.End.CRASH);
        for (int length : new int[] {0, 10, 19}) {
            Files.write(copy.resolve("000001.vlog"), new byte[length]);

            assertEquals(Fault.INTEGRITY, refusal(copy).fault());
        }
        Files.write(copy.resolve("000001.vlog"), new byte[20]);
        assertEquals(whole(), StepDatabase.read(copy));
    }

    /** A log that no table knows of, and that ends between two transactions, is what it was before the second. */
    @Test
    void aLogIsReadToTheEndOfATransactionAndNeverToTheMiddleOfOne() throws IOException {
        Path copy = copy(StepCa.End.CRASH);
        Path file = file(copy, ".vlog");
        byte[] good = Files.readAllBytes(file);
        int ends = 0;
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            try {
                StepDatabase read = StepDatabase.read(copy);
                assertTrue(
                        CERTIFICATES.entrySet().containsAll(read.certificates().entrySet()));
                ends++;
            } catch (DevpkiException e) {
                assertTrue(FAULTS.contains(e.fault()), e::sentence);
            }
        }
        assertEquals(
                7 + CERTIFICATES.size() + REVOCATIONS.size(),
                ends); // after the bucket: 7 more of them, and no cut is the last
    }

    /** All of it, or a refusal: never less. */
    private static void assertHarmless(String what, Path database) {
        try {
            assertEquals(whole(), StepDatabase.read(database), what);
        } catch (DevpkiException e) {
            assertTrue(FAULTS.contains(e.fault()), () -> what + ": " + e.sentence());
        }
    }
}
