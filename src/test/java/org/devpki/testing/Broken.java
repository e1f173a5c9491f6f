package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
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
        assertHarmless(what, valid, Set.of(fault), parser);
    }

    /** The same where several faults are right. */
    public static void assertHarmless(String what, Bytes valid, Set<Fault> faults, Consumer<Bytes> parser) {
        assertCutsHarmless(what, valid, faults, parser);
        assertFlipsHarmless(what, valid, 0, valid.length(), faults, parser);
    }

    public static void assertCutsHarmless(String what, Bytes valid, Set<Fault> faults, Consumer<Bytes> parser) {
        for (int length = 0; length < valid.length(); length++) {
            Bytes cut = Bytes.of(Arrays.copyOf(valid.toArray(), length));
            look(what + " cut to " + length + " octets", cut, faults, parser);
        }
    }

    /** @param end exclusive */
    public static void assertFlipsHarmless(
            String what, Bytes valid, int start, int end, Set<Fault> faults, Consumer<Bytes> parser) {
        for (int at = start; at < end; at++) {
            for (int flip : FLIPS) {
                byte[] octets = valid.toArray();
                octets[at] ^= (byte) flip;
                look(what + " with octet " + at + " xor " + flip, Bytes.of(octets), faults, parser);
            }
        }
    }

    private static void look(String what, Bytes octets, Set<Fault> faults, Consumer<Bytes> parser) {
        try {
            parser.accept(octets);
        } catch (DevpkiException e) {
            assertTrue(faults.contains(e.fault()), () -> what + ": " + e.fault() + ": " + e.sentence());
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }
}
