package org.devpki.esp;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/**
 * How a row of the generator's CSV says its value. No message shows a value that is not a number, for it may be a key.
 *
 * @see <a href="../../docs/formats/nvs-partition.md">the encodings</a>
 */
final class NvsEncoding {
    private static final String KNOWN =
            "u8 to i64, string, hex2bin, base64, binary, blob_fill(N;0xHH), blob_sz_fill(N;0xHH)";
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,20}");
    private static final Pattern FILL = Pattern.compile("blob_(sz_)?fill\\(([0-9]{1,7});0x([0-9a-fA-F]{2})\\)");

    private final Function<byte[], NvsValue> reader;

    private NvsEncoding(Function<byte[], NvsValue> reader) {
        this.reader = reader;
    }

    /** @throws DevpkiException INVALID_INPUT if there is no such encoding */
    static NvsEncoding named(String text) {
        Optional<NvsInteger> integer = NvsInteger.named(text);
        if (integer.isPresent()) {
            return new NvsEncoding(octets -> whole(integer.get(), octets));
        }
        Matcher fill = FILL.matcher(text);
        if (fill.matches()) {
            boolean isSized = fill.group(1) != null;
            int length = Integer.parseInt(fill.group(2));
            byte filler = (byte) Integer.parseInt(fill.group(3), 16);
            return new NvsEncoding(octets -> filled(octets, length, filler, isSized));
        }
        return new NvsEncoding(
                switch (text) {
                    case "string" -> NvsEncoding::text;
                    case "binary" -> NvsEncoding::blob;
                    case "hex2bin" -> octets -> blob(hex(octets));
                    case "base64" -> octets -> blob(base64(octets));
                    default -> throw DevpkiException.invalid("encoding " + Quoted.of(text) + " is not one of " + KNOWN);
                });
    }

    /** @throws DevpkiException INVALID_INPUT if the text, or content of a file, is not a value in this encoding */
    NvsValue value(SecretBytes text) {
        return text.lend(reader);
    }

    private static NvsValue whole(NvsInteger type, byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1).strip();
        if (!NUMBER.matcher(text).matches()) {
            throw DevpkiException.invalid("the value is not a decimal number, as " + type.text() + " wants it"
                    + (text.toLowerCase(Locale.ROOT).startsWith("0x") ? "; hex is not read" : ""));
        }
        return new NvsValue.Whole(type, new BigInteger(text));
    }

    private static NvsValue text(byte[] octets) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
            Arrays.fill(text.array(), '\0');
        } catch (CharacterCodingException e) {
            throw DevpkiException.invalid("the value is not UTF-8; encoding binary takes any octets")
                    .causedBy(e);
        }
        return new NvsValue.Text(SecretBytes.taking(octets.clone()));
    }

    private static NvsValue blob(byte[] octets) {
        return new NvsValue.Blob(SecretBytes.taking(octets.clone()));
    }

    private static byte[] hex(byte[] octets) {
        try {
            return HexFormat.of().parseHex(new String(octets, StandardCharsets.ISO_8859_1).strip());
        } catch (IllegalArgumentException e) { // its message shows the text, so it is not kept as the cause
            throw DevpkiException.invalid("the value is not pairs of hex digits");
        }
    }

    private static byte[] base64(byte[] octets) {
        try {
            String text = new String(octets, StandardCharsets.ISO_8859_1).replaceAll("\\s", "");
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) { // its message shows a character of the text
            throw DevpkiException.invalid("the value is not base64");
        }
    }

    private static NvsValue filled(byte[] octets, int length, byte filler, boolean isSized) {
        if (octets.length > length) {
            throw DevpkiException.invalid(
                    "the value has " + octets.length + " octets, more than the " + length + " to fill up to");
        }
        int start = isSized ? Integer.BYTES : 0;
        byte[] full = new byte[start + length];
        Arrays.fill(full, filler);
        if (isSized) {
            NvsLayout.littleEndian(full).putInt(0, octets.length);
        }
        System.arraycopy(octets, 0, full, start, octets.length);
        return new NvsValue.Blob(SecretBytes.taking(full));
    }
}
