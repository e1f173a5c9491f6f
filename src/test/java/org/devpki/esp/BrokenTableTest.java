package org.devpki.esp;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.config.CsvFile;
import org.devpki.model.Bytes;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The tables of the vectors, broken anywhere: read, or INVALID_INPUT. */
@Execution(ExecutionMode.CONCURRENT)
class BrokenTableTest {
    private static final Bytes FILE = Bytes.utf8("what a file that is named holds");

    private static List<CsvRow> rows(Bytes octets, CsvFile.Hash hash) {
        return CsvFile.read(octets, "in.csv", hash);
    }

    private static Bytes octets(Path file) {
        return Bytes.of(NvsVectors.octets(file));
    }

    /** A broken name of a file is a file that is not there. */
    private static SecretBytes file(String name) {
        if (!name.matches("[a-z0-9_.]+")) {
            throw DevpkiException.invalid("there is no file of that name");
        }
        return SecretBytes.taking(FILE.toArray());
    }

    @TestFactory
    Stream<DynamicTest> aTableOfKeys() {
        return NvsVectors.all().stream()
                .map(vector -> dynamicTest(
                        vector.name(),
                        () -> Broken.assertHarmless(
                                vector.name(),
                                octets(vector.file("input.csv")),
                                Fault.INVALID_INPUT,
                                table -> NvsTable.read(
                                        rows(table, CsvFile.Hash.COMMENT), "in.csv", BrokenTableTest::file))));
    }

    @TestFactory
    Stream<DynamicTest> theTablesOfAFleet() {
        Bytes config = octets(NvsVectors.FOLDER.resolve("mfg/config.csv"));
        Bytes values = octets(NvsVectors.FOLDER.resolve("mfg/values.csv"));
        return Stream.of(
                dynamicTest(
                        "config",
                        () -> Broken.assertHarmless(
                                "config", config, Fault.INVALID_INPUT, broken -> devices(broken, values))),
                dynamicTest(
                        "values",
                        () -> Broken.assertHarmless(
                                "values", values, Fault.INVALID_INPUT, broken -> devices(config, broken))));
    }

    private static void devices(Bytes config, Bytes values) {
        MassTable.read(rows(config, CsvFile.Hash.FIELD), "config.csv")
                .devices(rows(values, CsvFile.Hash.FIELD), "values.csv", Optional.of("id"), BrokenTableTest::file);
    }
}
