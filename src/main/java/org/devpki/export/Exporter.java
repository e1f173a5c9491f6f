package org.devpki.export;

import java.util.List;
import java.util.Optional;
import org.devpki.model.Credential;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;

/** One format of {@code --format}. */
public interface Exporter {
    /** The format's name on the command line. */
    String name();

    /** One line for help texts. */
    String description();

    /** Whether the format needs a passphrase to put the key under. */
    default boolean needsPassphrase() {
        return false;
    }

    /**
     * The names of the files.
     *
     * @param hasKey whether the private key is in the credential
     */
    List<String> fileNames(boolean hasKey);

    /**
     * The files, with names that are unique within the format. Without a key in the credential there are only public
     * ones.
     *
     * @param passphrase present if {@link #needsPassphrase}
     */
    List<ExportedFile> files(Credential credential, Optional<SecretBytes> passphrase);
}
