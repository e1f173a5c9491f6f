package org.devpki.export;

import java.nio.charset.StandardCharsets;
import org.devpki.model.Bytes;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;

/** Short ways to make files. */
final class ExportedFiles {
    private ExportedFiles() {}

    static ExportedFile text(String name, String text) {
        return octets(name, Bytes.utf8(text));
    }

    static ExportedFile octets(String name, Bytes octets) {
        return new ExportedFile(name, SecretBytes.taking(octets.toArray()), ExportedFile.Kind.PUBLIC);
    }

    static ExportedFile secret(String name, SecretBytes content) {
        return new ExportedFile(name, content, ExportedFile.Kind.SECRET);
    }

    static ExportedFile burned(String name, SecretBytes content) {
        return new ExportedFile(name, content, ExportedFile.Kind.BURNED);
    }

    static ExportedFile burnScript(String name, String text) {
        return new ExportedFile(
                name, SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8)), ExportedFile.Kind.BURN_SCRIPT);
    }
}
