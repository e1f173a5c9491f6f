package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.testing.Devpki;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Symbols as ESP-IDF's own script named them. */
class EmbeddedTextVectorsTest {
    private static final Path TABLE = Devpki.ROOT.resolve("src/test/vectors/embed/symbols.csv");

    private static List<String[]> rows() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> aFileGetsTheSymbolsOfTheVendorsScript() throws IOException {
        return rows().stream()
                .map(row -> dynamicTest(row[0] + " as " + row[1], () -> {
                    EmbeddedText file = new EmbeddedText(row[0]);

                    assertEquals(
                            List.of(row[2], row[3], row[4], row[5]),
                            List.of(file.global(), file.start(), file.end(), file.length()));
                }));
    }

    @Test
    void theTableIsWhole() throws IOException {
        assertEquals(20, rows().size());
    }
}
