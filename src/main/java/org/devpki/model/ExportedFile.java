package org.devpki.model;

/**
 * A file to be written.
 *
 * @param name a plain file name
 */
public record ExportedFile(String name, SecretBytes content, Kind kind) {
    /** Who may see the file, and where it goes. */
    public enum Kind {
        /** Anybody may read it: mode 0644. */
        PUBLIC,
        /** It holds a private key: mode 0600. */
        SECRET,
        /** It is burned into eFuse or helps with that: mode 0600, and in a folder apart from what is flashed. */
        BURNED
    }

    public boolean isSecret() {
        return kind != Kind.PUBLIC;
    }

    public boolean isBurned() {
        return kind == Kind.BURNED;
    }
}
