package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.Consumer;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;

/** Valid octets, broken in every simple way: cut at each length, each byte flipped. */
public final class Broken {
    private static final int[] FLIPS = {0x01, 0xff};

    private Broken() {}

    /** Asserts that the parser gives a value or this fault for each, and never another exception. */
    public static void assertHarmless(String what, Bytes valid, Fault fault, Consumer<Bytes> parser) {
        assertCutsHarmless(what, valid, fault, parser);
        assertFlipsHarmless(what, valid, 0, valid.length(), fault, parser);
    }

    public static void assertCutsHarmless(String what, Bytes valid, Fault fault, Consumer<Bytes> parser) {
        for (int length = 0; length < valid.length(); length++) {
            Bytes cut = Bytes.of(Arrays.copyOf(valid.toArray(), length));
            look(what + " cut to " + length + " octets", cut, fault, parser);
        }
    }

    /** @param end exclusive */
    public static void assertFlipsHarmless(
            String what, Bytes valid, int start, int end, Fault fault, Consumer<Bytes> parser) {
        for (int at = start; at < end; at++) {
            for (int flip : FLIPS) {
                byte[] octets = valid.toArray();
                octets[at] ^= (byte) flip;
                look(what + " with octet " + at + " xor " + flip, Bytes.of(octets), fault, parser);
            }
        }
    }

    private static void look(String what, Bytes octets, Fault fault, Consumer<Bytes> parser) {
        try {
            parser.accept(octets);
        } catch (DevpkiException e) {
            assertTrue(e.fault() == fault, () -> what + ": " + e.fault() + ": " + e.sentence());
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }
}
