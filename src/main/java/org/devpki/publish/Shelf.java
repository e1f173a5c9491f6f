package org.devpki.publish;

import java.util.Optional;
import org.devpki.model.OctetSource;

/** A place that others read from; each file on it is whole or not there. What was read from it goes when it is closed. */
public interface Shelf extends AutoCloseable {
    /** What people call it, such as its folder. */
    String place();

    /** @param file a plain name */
    Optional<OctetSource> read(String file);

    /** Puts the file there, durable when this returns; a reader sees the old one or the new one. */
    void put(String file, OctetSource content);

    /** Clears away what interrupted writers left; only while nobody else puts. */
    void tidy();

    @Override
    void close();
}
