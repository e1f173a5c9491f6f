package org.devpki.esp;

import java.math.BigInteger;
import java.util.function.Function;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * What NVS keeps under a key. Texts and blobs are secret, for private keys and Wi-Fi passwords are among them.
 *
 * @see <a href="../../docs/formats/nvs-partition.md">layout, and the generator it was checked against</a>
 */
public sealed interface NvsValue {
    /** Octets of the longest text, without its NUL: with it, it fills a page (docs/formats/nvs-partition.md). */
    int MOST_TEXT_OCTETS = 3999;

    /** Whichever this is. */
    default <T> T match(
            Function<Whole, T> whole,
            Function<Float32, T> float32,
            Function<Float64, T> float64,
            Function<Text, T> text,
            Function<Blob, T> blob) {
        if (this instanceof Whole w) {
            return whole.apply(w);
        }
        if (this instanceof Float32 f) {
            return float32.apply(f);
        }
        if (this instanceof Float64 d) {
            return float64.apply(d);
        }
        if (this instanceof Text t) {
            return text.apply(t);
        }
        return blob.apply((Blob) this);
    }

    /** The kind in one word: {@code u8} to {@code i64}, {@code float}, {@code double}, {@code string}, {@code blob}. */
    default String kind() {
        return match(whole -> whole.type().text(), f -> "float", d -> "double", text -> "string", blob -> "blob");
    }

    /** Octets of the value itself: a text without its NUL. */
    default int octets() {
        return match(
                whole -> whole.type().octets(),
                f -> Float.BYTES,
                d -> Double.BYTES,
                text -> text.content().length(),
                blob -> blob.content().length());
    }

    /**
     * An integer.
     *
     * @param value within the range of its type
     */
    record Whole(NvsInteger type, BigInteger value) implements NvsValue {
        public Whole {
            if (value.compareTo(type.least()) < 0 || value.compareTo(type.most()) > 0) {
                throw DevpkiException.invalid(
                        value + " is not within " + type.text() + ", which is " + type.least() + " to " + type.most());
            }
        }
    }

    /** An IEEE 754 number of 32 bits. */
    record Float32(float value) implements NvsValue {}

    /** An IEEE 754 number of 64 bits. */
    record Float64(double value) implements NvsValue {}

    /**
     * A text.
     *
     * @param content its octets, UTF-8 as a rule, without the NUL that NVS puts behind them; at most 3999
     */
    record Text(SecretBytes content) implements NvsValue {
        public Text {
            if (content.length() > MOST_TEXT_OCTETS) {
                throw DevpkiException.invalid("a text of " + content.length() + " octets is longer than the "
                        + MOST_TEXT_OCTETS + " that fit into a page");
            }
            if (content.lend(Text::hasNul)) {
                throw DevpkiException.invalid("a text with a NUL in it would be cut there; a blob would hold it");
            }
        }

        private static boolean hasNul(byte[] octets) {
            for (byte octet : octets) {
                if (octet == 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Octets of any kind. */
    record Blob(SecretBytes content) implements NvsValue {}
}
