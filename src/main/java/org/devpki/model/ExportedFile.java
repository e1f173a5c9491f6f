package org.devpki.model;

/**
 * A file to be written.
 *
 * @param name a plain file name
 */
public record ExportedFile(String name, SecretBytes content, Kind kind) {
    /** Behind the name of a secret file that is written sealed; it holds CMS (RFC 5652). */
    public static final String SEALED = ".cms";

    /** Who may see the file, and where it goes. */
    public enum Kind {
        /** Anybody may read it: mode 0644. */
        PUBLIC,
        /** It holds a secret, such as a private key: mode 0600. */
        SECRET,
        /** A secret that is burned into eFuse: mode 0600, and in a folder apart from what is flashed. */
        BURNED,
        /** It helps with burning, in the same folder; anybody may read it. */
        BURN_SCRIPT
    }

    /** Whether it holds a secret, in clear or sealed. */
    public boolean isSecret() {
        return kind == Kind.SECRET || kind == Kind.BURNED;
    }

    public boolean isSealed() {
        return isSealed(name);
    }

    public boolean isBurned() {
        return kind == Kind.BURNED || kind == Kind.BURN_SCRIPT;
    }

    public static boolean isSealed(String name) {
        return name.endsWith(SEALED) && name.length() > SEALED.length();
    }

    /** What a file is called once it is opened; the name itself where it is not sealed. */
    public static String opened(String name) {
        return isSealed(name) ? name.substring(0, name.length() - SEALED.length()) : name;
    }
}
