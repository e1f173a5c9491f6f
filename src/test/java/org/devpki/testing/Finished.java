package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;

/** What a process left: exit code, standard output (octets, for DER), standard error. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Finished(String command, int exit, byte[] outOctets, String err) {
    public String out() {
        return new String(outOctets, StandardCharsets.UTF_8);
    }

    /** The same, if it exited so. */
    public Finished exiting(int expected) {
        assertEquals(expected, exit, () -> command + "\n" + out() + err);
        return this;
    }

    /** Both streams, for programs that are not particular about where they say what. */
    public String all() {
        return out() + err;
    }
}
