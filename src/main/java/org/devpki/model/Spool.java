package org.devpki.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** A place for octets whose number is known only when the last one is there. */
public interface Spool {
    /** Writes octets somewhere. */
    @FunctionalInterface
    interface Filling {
        void into(OutputStream out) throws IOException;
    }

    /** Keeps what the filling writes. */
    OctetSource keep(Filling filling);

    /** For what is small. */
    static Spool inMemory() {
        return filling -> {
            ByteArrayOutputStream kept = new ByteArrayOutputStream();
            try {
                filling.into(kept);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // memory does not fail
            }
            return Bytes.of(kept.toByteArray());
        };
    }
}
