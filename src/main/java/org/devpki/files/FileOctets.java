package org.devpki.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.devpki.model.OctetSource;

/** The octets of a file that is only ever replaced, never changed. */
record FileOctets(Path file, long size) implements OctetSource {
    @Override
    public InputStream open() throws IOException {
        return Files.newInputStream(file);
    }
}
