package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.SecretBytes;

/**
 * The last file of an archive, which proves that nothing is missing and nothing was put in, with no list in memory: the
 * batch, and SHA-256 of a line for the sums of each folder, and for each file beside them, as {@code sha256sum} prints it.
 */
final class ArchiveEnd {
    static final String FILE = "ARCHIVE";
    private static final String HEADER = "devpki archive of batch ";

    private final MessageDigest seen;
    private long lines;

    ArchiveEnd() {
        try {
            seen = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next file. */
    void add(String name, SecretBytes content) {
        seen.update((content.sha256().hex() + "  " + name + "\n").getBytes(StandardCharsets.UTF_8));
        lines++;
    }

    /** The file itself, once all others were added. */
    SecretBytes file(BatchId batch) {
        return SecretBytes.taking((HEADER + batch + "\n" + rest()).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether this is the end for all that was added. */
    boolean isIn(Bytes file) {
        String text = file.asUtf8();
        return text.startsWith(HEADER) && text.substring(text.indexOf('\n') + 1).equals(rest());
    }

    private String rest() {
        return "lines " + lines + "\nsha256 " + Bytes.of(seen.digest()).hex() + "\n";
    }
}
