package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.devpki.model.Bytes;

/** What a process left: exit code, standard output (octets, for DER), standard error. */
public record Finished(String command, int exit, Bytes outOctets, String err) {
    public String out() {
        return outOctets.asUtf8();
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
