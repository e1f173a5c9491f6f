package org.devpki.app;

import java.nio.file.Path;
import java.util.function.Function;
import org.devpki.model.SecretBytes;

/** Which keys an NVS image is encrypted with. */
public sealed interface NvsKeyChoice {

    /** Whichever this is. */
    default <T> T match(
            Function<None, T> none,
            Function<Partition, T> partition,
            Function<Derived, T> derived,
            Function<Fresh, T> fresh) {
        if (this instanceof None n) {
            return none.apply(n);
        }
        if (this instanceof Partition p) {
            return partition.apply(p);
        }
        if (this instanceof Derived d) {
            return derived.apply(d);
        }
        return fresh.apply((Fresh) this);
    }

    /** The image is not encrypted. */
    record None() implements NvsKeyChoice {}

    /**
     * Those of a key partition.
     *
     * @param origin its file, for messages
     */
    record Partition(SecretBytes octets, String origin) implements NvsKeyChoice {}

    /**
     * Those that a chip derives from the HMAC key in its eFuse.
     *
     * @param origin the key's file, for messages
     */
    record Derived(SecretBytes hmacKey, String origin) implements NvsKeyChoice {}

    /**
     * New ones for each image.
     *
     * @param target the file that the key partition is written to, or the folder for those of many devices
     */
    record Fresh(Path target) implements NvsKeyChoice {}
}
