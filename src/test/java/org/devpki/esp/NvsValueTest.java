package org.devpki.esp;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NvsValueTest {
    private static final NvsValue ONE = new NvsValue.Whole(NvsInteger.U8, BigInteger.ONE);

    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "U8, 0, 255, 1",
        "I8, -128, 127, 1",
        "U16, 0, 65535, 2",
        "I16, -32768, 32767, 2",
        "U32, 0, 4294967295, 4",
        "I32, -2147483648, 2147483647, 4",
        "U64, 0, 18446744073709551615, 8",
        "I64, -9223372036854775808, 9223372036854775807, 8"
    })
    void anIntegerHasItsRange(NvsInteger type, BigInteger least, BigInteger most, int octets) {
        assertEquals(least, new NvsValue.Whole(type, least).value());
        assertEquals(octets, new NvsValue.Whole(type, most).octets());
        assertFault(
                Fault.INVALID_INPUT,
                " is not within " + type.text() + ", which is " + least + " to " + most,
                () -> new NvsValue.Whole(type, least.subtract(BigInteger.ONE)));
        assertFault(
                Fault.INVALID_INPUT,
                most.add(BigInteger.ONE) + " is not within " + type.text(),
                () -> new NvsValue.Whole(type, most.add(BigInteger.ONE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sixteen_letters_", "größe", "tab\t", "nul\0"})
    void aNameIs1To15AsciiCharacters(String name) {
        assertFault(Fault.INVALID_INPUT, " is not 1 to 15 ASCII characters", () -> new NvsItem("cfg", name, ONE));
        assertFault(Fault.INVALID_INPUT, " is not 1 to 15 ASCII characters", () -> new NvsItem(name, "key", ONE));
        assertEquals("fifteen_chars_k", new NvsItem("cfg", "fifteen_chars_k", ONE).key());
    }

    @Test
    void aTextHas3999OctetsAndNoNul() {
        assertEquals(3999, new NvsValue.Text(secret("x".repeat(3999))).octets());
        assertFault(
                Fault.INVALID_INPUT,
                "a text of 4000 octets is longer than the 3999 that fit into a page",
                () -> new NvsValue.Text(secret("x".repeat(4000))));
        assertFault(Fault.INVALID_INPUT, "a text with a NUL in it", () -> new NvsValue.Text(secret("a\0b")));
    }

    @Test
    void aKeyIsOnceInItsNamespace() {
        NvsItem item = new NvsItem("cfg", "n", ONE);

        assertEquals(
                2,
                NvsContents.of(List.of(item, new NvsItem("other", "n", ONE)))
                        .items()
                        .size());
        assertFault(
                Fault.INVALID_INPUT,
                "key \"n\" is twice in namespace \"cfg\"; once is right",
                () -> NvsContents.of(List.of(item, item)));
    }

    @Test
    void namespacesAreListedOnceAnd254AtMost() {
        List<String> many = IntStream.rangeClosed(1, 255).mapToObj(i -> "n" + i).toList();

        assertEquals(
                254,
                new NvsContents(many.subList(0, 254), List.of()).namespaces().size());
        assertFault(
                Fault.INVALID_INPUT, "255 namespaces are more than the 254", () -> new NvsContents(many, List.of()));
        assertFault(
                Fault.INVALID_INPUT,
                "namespace \"a\" is listed twice",
                () -> new NvsContents(List.of("a", "a"), List.of()));
        assertFault(
                Fault.INVALID_INPUT,
                "namespace \"cfg\" of key \"n\" is not listed",
                () -> new NvsContents(List.of("a"), List.of(new NvsItem("cfg", "n", ONE))));
    }

    @Test
    void textsAndBlobsAreNotShown() {
        NvsContents contents = NvsContents.of(List.of(
                new NvsItem("wifi", "password", new NvsValue.Text(secret("hunter2"))),
                new NvsItem("wifi", "blob", new NvsValue.Blob(secret("hunter2")))));

        assertFalse(contents.toString().contains("hunter2"), contents.toString());
    }

    @Test
    void kindsHaveTheNamesOfTheGenerator() {
        assertEquals("u8", ONE.kind());
        assertEquals("float", new NvsValue.Float32(1).kind());
        assertEquals("double", new NvsValue.Float64(1).kind());
        assertEquals("string", new NvsValue.Text(secret("")).kind());
        assertEquals("blob", new NvsValue.Blob(secret("")).kind());
        assertEquals(
                List.of(4, 8, 0),
                List.of(
                        new NvsValue.Float32(1).octets(),
                        new NvsValue.Float64(1).octets(),
                        new NvsValue.Text(secret("")).octets()));
    }
}
