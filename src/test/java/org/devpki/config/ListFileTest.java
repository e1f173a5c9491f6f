package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.ListRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as people and spreadsheets write them. */
class ListFileTest {
    private static List<ListRow> read(String text) {
        return ListFile.read(Bytes.utf8(text), "line3.csv");
    }

    private static String refused(String text) {
        DevpkiException e = assertThrows(DevpkiException.class, () -> read(text));
        assertEquals(Fault.INVALID_INPUT, e.fault());
        return e.sentence();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name,mac\nd1,84f703a01b2c\n",
                "\ufeffname,mac\r\nd1,84f703a01b2c\r\n",
                "name;mac\rd1;84f703a01b2c\r",
                "NAME\tMAC\nd1\t84f703a01b2c",
                "# line 3\nName,Mac\n\n,\n d1 ,\"84f703a01b2c\"\n",
                "{\"name\":\"d1\",\"mac\":\"84f703a01b2c\",\"note\":null}\n"
            })
    void theSameListInManySpellingsIsTheSame(String text) {
        List<ListRow> rows = read(text);

        assertEquals(1, rows.size());
        assertEquals(Map.of("name", "d1", "mac", "84f703a01b2c"), rows.get(0).columns());
    }

    @Test
    void aFieldMayHoldTheSeparatorAndALineBreakAndRowsKnowTheirLines() {
        List<ListRow> rows = read("name,note\nd1,\"a, b\nc\"\nd2,\n");

        assertEquals("a, b\nc", rows.get(0).columns().get("note"));
        assertEquals(2, rows.get(0).line());
        assertEquals(4, rows.get(1).line());
        assertFalse(rows.get(1).columns().containsKey("note"));
    }

    @Test
    void everyBadRowIsNamedAndNoneOfItsValues() {
        String sentence = refused("name,wifi-password\nd1,hunter2,x\nd2,a\u0000b\nd3," + "p".repeat(70_000) + "\n");

        assertEquals("""
                3 rows of line3.csv are wrong:
                  line 2: it has 3 fields; 2 are right, as in the header
                  line 3: column "wifi_password" has a control character in it
                  line 4: column "wifi_password" has 70000 characters; at most 16384 are right""", sentence);
    }

    @Test
    void aHeaderWithTwoColumnsOfANameIsRefused() {
        assertEquals("""
                2 rows of line3.csv are wrong:
                  line 1: column "key_home" is there twice
                  line 1: a column of the header has no name""", refused("key-home,KEY_HOME,\na,b,c\n"));
    }

    @Test
    void aQuoteThatIsNotClosedIsRefused() {
        assertTrue(refused("name\nd1\n\"d2\n").startsWith("line3.csv is not CSV after line 2"));
    }

    @Test
    void aListWithoutRowsIsRefused() {
        assertEquals("line3.csv has no rows; a header and a row a device is right", refused("name,mac\n"));
        assertEquals("line3.csv has no rows; a header and a row a device is right", refused(""));
    }

    @Test
    void utf16IsCalledByItsName() {
        Bytes file = Bytes.of("\ufeffname\nd1\n".getBytes(StandardCharsets.UTF_16LE));

        assertFault(
                Fault.INVALID_INPUT,
                "line3.csv is UTF-16, as some spreadsheets write it; save it as UTF-8",
                () -> ListFile.read(file, "line3.csv"));
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertFault(
                Fault.INVALID_INPUT,
                "line3.csv is not UTF-8",
                () -> ListFile.read(Bytes.of("name\nd\u00e9\n".getBytes(StandardCharsets.ISO_8859_1)), "line3.csv"));
    }

    @Test
    void linesOfJsonThatAreNotOneFlatObjectAreNamed() {
        String sentence =
                refused("{\"name\":\"d1\",\"n\":1}\n{\"name\":\"s3cret\"\n{\"name\":{}}\n{\"a\":1,\"A\":2}\n{} {}\n");

        assertEquals("""
                4 rows of line3.csv are wrong:
                  line 2: it is not one JSON object of strings, numbers and booleans
                  line 3: it is not one JSON object of strings, numbers and booleans
                  line 4: column "a" is there twice
                  line 5: it is not one JSON object of strings, numbers and booleans""", sentence);
    }

    @Test
    void theLongestValueAndAnyCharacterAreKept() {
        String longest = "\u00e9\ud83d\ude00\u20ac \u0101".repeat(2730); // 16,380 characters

        List<ListRow> rows = ListFile.read(Bytes.utf8("name,x\nd1," + longest + "\nd2,\n"), "list.csv");

        assertEquals(Map.of("name", "d1", "x", longest), rows.get(0).columns());
        assertEquals(Map.of("name", "d2"), rows.get(1).columns());
    }

    @Test
    void aRowDoesNotPrintItsValues() {
        assertEquals(
                "ListRow[line 2, columns [name, pass]]",
                read("name,pass\nd1,hunter2\n").get(0).toString());
    }
}
