package org.devpki.export;

import java.util.List;
import org.devpki.model.Credential;
import org.devpki.model.ExportedFile;

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

    /** Whether the format is made for one chip. */
    default boolean needsTarget() {
        return false;
    }

    /** Whether the private key would be in the files as it is, wherever its home is said to be. */
    default boolean writesKeyInClear() {
        return !needsTarget();
    }

    /**
     * What decides which files there are.
     *
     * @param hasKey whether the private key is in the credential
     * @param hasNvsKeys whether new keys for NVS are made
     */
    record Contents(boolean hasKey, boolean hasNvsKeys) {}

    /** The names of the files in the device's own folder. */
    List<String> fileNames(Contents contents);

    /**
     * Refuses what {@link #files} would refuse once it is too late.
     *
     * @param credential its leaf has no signature yet, and is at least as long as the one that will have
     */
    default void rehearse(Credential credential, ExportOptions options) {}

    /** What is burned into the chip's eFuse beside; as far as it is here. */
    default List<BurnedKey> burned(Credential credential, ExportOptions options) {
        return List.of();
    }

    /**
     * The files, with names that are unique within the format. Without a key in the credential there are only public
     * ones.
     *
     * @param options has a passphrase if {@link #needsPassphrase}, and a chip if {@link #needsTarget}
     */
    List<ExportedFile> files(Credential credential, ExportOptions options);
}
