package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;

class CsvFileTest {
    private static List<CsvRow> read(String text) {
        return CsvFile.read(Bytes.utf8(text), "in.csv", CsvFile.Hash.COMMENT);
    }

    private static CsvRow row(int line, String... fields) {
        return new CsvRow(line, List.of(fields));
    }

    @Test
    void rowsKeepTheirLines() {
        assertEquals(
                List.of(row(1, "a", "b"), row(3, "c", ""), row(5, "d", "e")),
                read("a,b\n\nc,\n# a comment, and more\nd,e"));
    }

    @Test
    void quotesHoldCommasQuotesAndNewlines() {
        assertEquals(
                List.of(row(1, "a,b", "c \"d\"", "e\nf"), row(3, "#no comment")),
                read("\"a,b\",\"c \"\"d\"\"\",\"e\nf\"\n\"#no comment\"\n"));
    }

    @Test
    void linesEndWithCrLfOrBoth() {
        assertEquals(List.of(row(1, "a"), row(2, "b"), row(3, "c"), row(4, "d")), read("a\r\nb\nc\rd\r\n"));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstField() {
        assertEquals(List.of(row(1, "key", "type")), read("\ufeffkey,type\r\n"));
    }

    @Test
    void blankLinesAndRowsOfCommasAreLeftOut() {
        assertEquals(List.of(row(1, "a", "b"), row(5, "c")), read("a,b\n  \n,,\n, ,\nc\n\n"));
        assertEquals(List.of(), read(""));
        assertEquals(List.of(), read("\ufeff\n"));
    }

    @Test
    void rowsMayHaveDifferentlyManyFields() {
        assertEquals(List.of(row(1, "a"), row(2, "b", "c"), row(3, "d", "", "")), read("a\nb,c\nd,,\n"));
    }

    @Test
    void aHashMayBeginAField() {
        assertEquals(List.of(row(1, "#1", "x")), CsvFile.read(Bytes.utf8("#1,x\n"), "in.csv", CsvFile.Hash.FIELD));
    }

    @Test
    void whatIsNoCsvIsRefusedWithoutShowingIt() {
        for (String bad : List.of("a,b\nc,\"geheim", "a,b\n\"geheim\"geheim,c\n")) {
            DevpkiException told =
                    assertFault(Fault.INVALID_INPUT, "in.csv is not CSV after line 1: ", () -> read(bad));
            assertFalse(told.sentence().contains("geheim"), told.sentence());
            assertEquals(null, told.getCause());
        }
        assertFault(
                Fault.INVALID_INPUT,
                "in.csv is not UTF-8",
                () -> CsvFile.read(Bytes.of(new byte[] {'a', (byte) 0xe4}), "in.csv", CsvFile.Hash.FIELD));
    }

    @Test
    void brokenFilesAreReadOrRefused() {
        Broken.assertHarmless(
                "a CSV file",
                Bytes.utf8("\ufeffkey,type\r\n\"a,\"\"b\"\"\",größe\n#c\n\n\"x\ny\",z"),
                Fault.INVALID_INPUT,
                octets -> CsvFile.read(octets, "in.csv", CsvFile.Hash.COMMENT));
    }

    @Test
    void whatIsWrittenEndsLinesWithCrLfAndQuotesWhatItMust() {
        List<List<String>> rows =
                List.of(List.of("key", "value"), List.of("a,b", "c \"d\""), List.of("#e", "f\ng"), List.of("", " h"));

        String text = CsvFile.write(rows);

        assertEquals("key,value\r\n\"a,b\",\"c \"\"d\"\"\"\r\n\"#e\",\"f\ng\"\r\n, h\r\n", text);
        assertEquals(rows, read(text).stream().map(CsvRow::fields).toList());
    }

    @Test
    void aRowDoesNotShowItsFields() {
        assertEquals("CsvRow[line 7, 2 fields]", row(7, "password", "hunter2").toString());
    }
}
