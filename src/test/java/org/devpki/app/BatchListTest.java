package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.junit.jupiter.api.Test;

/** What a list says of devices. */
class BatchListTest {
    private static BatchList read(String text) {
        return BatchList.read(Bytes.utf8(text), "line3.csv", Optional.empty());
    }

    private static BatchList named(String template, String text) {
        return BatchList.read(Bytes.utf8(text), "line3.csv", Optional.of(template));
    }

    private static String refused(String template, String text) {
        return assertThrows(DevpkiException.class, () -> named(template, text)).sentence();
    }

    @Test
    void aTemplateMakesNamesOfColumnsAndAMacLosesItsColons() {
        BatchList list = named("{colour}-{mac}", "mac,colour\n84:F7:03:a0:1B:2c,red\n");

        assertEquals("red-84f703a01b2c", list.entries().get(0).device().value());
        assertEquals(Set.of("colour"), list.own());
    }

    @Test
    void aRowIsKnownByItsIdOrElseByItsName() {
        List<BatchList.Entry> entries = read("client_id,id\nd1,7\nd2,\n").entries();

        assertEquals("7", entries.get(0).row().id());
        assertEquals("d2", entries.get(1).row().id());
    }

    @Test
    void namesThatOnlyHashAlikeAreNoTwins() {
        assertEquals("aan".hashCode(), "ac0".hashCode());

        assertEquals(2, read("name,id\naan,ac0\nac0,aan\n").entries().size());
    }

    @Test
    void anyOtherValueMakesAnotherContent() {
        Bytes content = read("name,colour\nd1,red\n").entries().get(0).row().contentHash();

        assertEquals(
                content, read("colour;name\nred;d1\n").entries().get(0).row().contentHash());
        assertNotEquals(
                content, read("name,colour\nd1,blue\n").entries().get(0).row().contentHash());
        assertNotEquals(
                content, read("name,shade\nd1,red\n").entries().get(0).row().contentHash());
    }

    @Test
    void everyBadRowIsNamed() {
        String sentence = refused("{kind}-{mac}", """
                        kind,mac
                        s,84f703
                        s,
                        a+,84f703a01b2c
                        s,84f703a01b2d
                        s,84-f7-03-a0-1b-2d
                        """);

        assertEquals("""
                4 rows of line3.csv are wrong:
                  line 2: mac "84f703" is not six octets such as 84:f7:03:a0:1b:2c
                  line 3: it has no value in column "mac", which --name asks for
                  line 4: name "a+-84f703a01b2c" has characters other than A-Z a-z 0-9 . _ : - in it
                  line 6: name s-84f703a01b2d is on line 5 already""", sentence);
    }

    @Test
    void namesThatDifferInCaseOnlyAreRefused() {
        assertEquals(
                "line3.csv line 3: name D1 is but for the case of its letters d1 of line 2, which some file systems take for"
                        + " the same",
                refused("{n}", "n\nd1\nD1\n"));
    }

    @Test
    void aRowIdMayBeThereOnce() {
        assertEquals("line3.csv line 3: row ID 7 is on line 2 already", refused("{n}", "n,id\nd1,7\nd2,7\n"));
    }

    @Test
    void aListWithoutNamesSaysHowToNameThem() {
        DevpkiException e = assertThrows(DevpkiException.class, () -> read("mac\n84f703a01b2c\n"));

        assertEquals(
                "line3.csv line 2: it has no name; a column name, or --name with a template such as sensor-{mac}, is right",
                e.sentence());
    }

    @Test
    void bothNamesOfOneColumnAreRefused() {
        DevpkiException e = assertThrows(DevpkiException.class, () -> read("name,client_id\nd1,d2\n"));

        assertEquals("line3.csv line 2: it has both client_id and name", e.sentence());
    }

    @Test
    void valuesForNvsAreTakenFromTheirColumns() {
        BatchList.Entry entry = read("name,nvs.ssid\nd1,plant\n").entries().get(0);

        assertEquals(Set.of("ssid"), entry.nvs().keySet());
        assertEquals(Set.of(), read("name,nvs.ssid\nd1,plant\n").own());
        assertEquals("Entry[line 2, d1]", entry.toString());
    }
}
