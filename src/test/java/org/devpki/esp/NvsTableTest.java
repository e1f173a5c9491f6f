package org.devpki.esp;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NvsTableTest {
    private static final Map<String, String> FILES = Map.of(
            "number.txt", " 42\n",
            "hex.txt", "\n00ff \n",
            "base64.txt", "MTIz\nYWJj\n",
            "text.txt", "text\n",
            "nul.txt", "a\0");

    private static NvsContents read(String... lines) {
        List<String> all = new ArrayList<>(List.of("key,type,encoding,value", "cfg,namespace,,"));
        all.addAll(List.of(lines));
        return NvsTable.read(NvsVectors.table(all.toArray(String[]::new)), "in.csv", NvsTableTest::file);
    }

    private static SecretBytes file(String name) {
        if (name.equals("latin1.txt")) {
            return SecretBytes.taking(new byte[] {(byte) 0xe4});
        }
        String content = FILES.get(name);
        if (content == null) {
            throw DevpkiException.notFound("cannot read " + name + ": there is no " + name);
        }
        return SecretBytes.taking(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String hexOf(NvsContents contents) {
        return contents.items()
                .get(0)
                .value()
                .match(
                        whole -> whole.value().toString(),
                        f -> "",
                        d -> "",
                        text -> text.content().lend(HexFormat.of()::formatHex),
                        blob -> blob.content().lend(HexFormat.of()::formatHex));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            data|string|hé|string|68c3a9
            data|binary|hé|blob|68c3a9
            data|hex2bin|00FFab|blob|00ffab
            data|hex2bin|''|blob|''
            data|base64|MTIzYWJj|blob|313233616263
            data|u16|513|u16|513
            data|i8|-1|i8|-1
            data|u8|+5|u8|5
            data|blob_fill(4;0xA5)|hi|blob|6869a5a5
            data|blob_fill(2;0x00)|''|blob|0000
            data|blob_sz_fill(4;0xff)|hi|blob|020000006869ffff
            data|blob_sz_fill(0;0xff)|''|blob|00000000
            file|u8|number.txt|u8|42
            file|hex2bin|hex.txt|blob|00ff
            file|base64|base64.txt|blob|313233616263
            file|string|text.txt|string|746578740a
            file|binary|latin1.txt|blob|e4
            file|blob_fill(6;0x00)|text.txt|blob|746578740a00
            """)
    void anEncodingBecomesAValue(String type, String encoding, String value, String kind, String expected) {
        NvsContents contents = read("k," + type + "," + encoding + "," + value);

        assertEquals(kind, contents.items().get(0).value().kind());
        assertEquals(expected, hexOf(contents));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            k,data,u8,0x10|the value is not a decimal number, as u8 wants it; hex is not read
            k,data,u8,256|256 is not within u8, which is 0 to 255
            k,data,i8,-129|-129 is not within i8, which is -128 to 127
            k,data,u8,|the value is not a decimal number
            k,data,u8,geheim|the value is not a decimal number
            k,data,u64,999999999999999999999|the value is not a decimal number
            k,data,hex2bin,0g|the value is not pairs of hex digits
            k,data,hex2bin,000|the value is not pairs of hex digits
            k,data,hex2bin,geheim|the value is not pairs of hex digits
            k,data,base64,M#|the value is not base64
            k,data,base64,geheim#|the value is not base64
            k,data,U8,1|encoding "U8" is not one of u8 to i64, string, hex2bin, base64, binary, blob_fill
            k,data,blob_fill(4),hi|encoding "blob_fill(4)" is not one of
            k,data,blob_fill(4;165),hi|encoding "blob_fill(4;165)" is not one of
            k,data,blob_fill(1;0x00),hi|the value has 2 octets, more than the 1 to fill up to
            k,text,string,x|type "text" is not one of namespace, data, file
            k|type "" is not one of namespace, data, file
            k,data,string|a row of 3 fields is not key,type,encoding,value
            k,data,string,x,y|a row of 5 fields is not key,type,encoding,value
            ns,namespace,u8,|a namespace has no encoding and no value
            ns,namespace,,1|a namespace has no encoding and no value
            a_namespace_of_16,namespace,,|namespace "a_namespace_of_16" is not 1 to 15 ASCII characters
            sixteen_letters_,data,u8,1|key "sixteen_letters_" is not 1 to 15 ASCII characters
            ,data,u8,1|key "" is not 1 to 15 ASCII characters
            schlüssel,data,u8,1|is not 1 to 15 ASCII characters
            k,file,binary,none.bin|cannot read none.bin: there is no none.bin
            k,file,string,latin1.txt|the value is not UTF-8; encoding binary takes any octets
            k,file,string,nul.txt|a text with a NUL in it would be cut there
            """)
    void aBadRowIsRefusedWithItsLine(String row, String sentence) {
        DevpkiException told = assertFault(Fault.INVALID_INPUT, sentence, () -> read(row));

        assertEquals("in.csv line 3: ", told.sentence().substring(0, 15));
        assertFalse(told.sentence().contains("geheim"), told.sentence());
    }

    @Test
    void everyBadRowIsToldAtOnce() {
        DevpkiException told = assertFault(
                Fault.INVALID_INPUT,
                "in.csv has 3 faults:",
                () -> read("a,data,u8,300", "b,data,u8,1", "b,data,u8,2", "c,file,binary,none.bin"));

        assertEquals("""
                in.csv has 3 faults:
                  in.csv line 3: "a": 300 is not within u8, which is 0 to 255
                  in.csv line 5: "b": is in namespace "cfg" twice
                  in.csv line 6: "c": cannot read none.bin: there is no none.bin""", told.sentence());
    }

    @Test
    void theHeaderMustBeThere() {
        assertFault(
                Fault.INVALID_INPUT,
                "in.csv line 1: the header key,type,encoding,value is missing",
                () -> NvsTable.read(List.of(), "in.csv", NvsTableTest::file));
        assertFault(
                Fault.INVALID_INPUT,
                "in.csv line 1: the header key,type,encoding,value is missing",
                () -> NvsTable.read(NvsVectors.table("cfg,namespace,,"), "in.csv", NvsTableTest::file));
    }

    @Test
    void aNamespaceComesFirst() {
        assertFault(
                Fault.INVALID_INPUT,
                "in.csv line 2: \"k\": the first row must be a namespace",
                () -> NvsTable.read(
                        NvsVectors.table("key,type,encoding,value", "k,data,u8,1"), "in.csv", NvsTableTest::file));
    }

    @Test
    void manyNamespacesAreRefused() {
        List<CsvRow> rows = new ArrayList<>(NvsVectors.table("key,type,encoding,value"));
        for (int i = 1; i <= 255; i++) {
            rows.add(new CsvRow(i + 1, List.of("n" + i, "namespace", "", "")));
        }
        assertFault(
                Fault.INVALID_INPUT,
                "255 namespaces are more than the 254",
                () -> NvsTable.read(rows, "in.csv", NvsTableTest::file));
    }

    @Test
    void aNamespaceThatReturnsGetsWhatFollows() {
        NvsContents contents =
                read("k,data,u8,1", "other,namespace,,", "k,data,u8,2", "cfg,namespace,,", "m,data,u8,3");

        assertEquals(List.of("cfg", "other"), contents.namespaces());
        assertEquals(
                List.of("cfg", "other", "cfg"),
                contents.items().stream().map(NvsItem::namespace).toList());
    }

    /** The generator adds entries of the Wi-Fi driver's own to such keys. */
    @Test
    void keysOfTheWifiDriverAreKeysLikeOthers() {
        NvsContents contents = read("sta.ssid,data,string,home", "sta.pswd,data,string,hunter2");

        assertEquals(
                List.of("sta.ssid", "sta.pswd"),
                contents.items().stream().map(NvsItem::key).toList());
    }

    @Test
    void contentsBecomeRows() {
        NvsContents contents = read("n,data,i8,-1", "s,data,string,x", "b,data,hex2bin,00ff", "e,namespace,,");

        assertEquals(
                List.of(
                        List.of("key", "type", "encoding", "value"),
                        List.of("cfg", "namespace", "", ""),
                        List.of("n", "data", "i8", "-1"),
                        List.of("s", "data", "string", "x"),
                        List.of("b", "data", "hex2bin", "00ff"),
                        List.of("e", "namespace", "", "")),
                NvsTable.rows(contents));
    }

    @Test
    void whatTheTableCannotSayIsRefused() {
        NvsItem real = new NvsItem("cfg", "f", new NvsValue.Float32(1));
        NvsItem latin = new NvsItem("cfg", "t", new NvsValue.Text(SecretBytes.taking(new byte[] {(byte) 0xe4})));

        assertFault(
                Fault.INVALID_INPUT,
                "key \"f\" is of type float, which the table cannot say",
                () -> NvsTable.rows(NvsContents.of(List.of(real))));
        assertFault(
                Fault.INVALID_INPUT, "text \"t\" is not UTF-8", () -> NvsTable.rows(NvsContents.of(List.of(latin))));
    }
}
