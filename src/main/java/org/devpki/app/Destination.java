package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.devpki.model.ExportedFile;

/** Where a device's files go. */
public sealed interface Destination {
    /**
     * A folder of the device's name in {@code parent}, which appears whole.
     *
     * @param isForced whether it may replace one that is there
     */
    record Folder(Path parent, boolean isForced) implements Destination {}

    /** A stream, such as standard output; the consumer returns when all is through. */
    record Stream(Consumer<List<ExportedFile>> writer) implements Destination {}

    default <T> T match(Function<Folder, T> folder, Function<Stream, T> stream) {
        if (this instanceof Folder f) {
            return folder.apply(f);
        }
        return stream.apply((Stream) this);
    }
}
