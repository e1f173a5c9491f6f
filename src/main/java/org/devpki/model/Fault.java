package org.devpki.model;

/** What kind of thing went wrong, for the machine; each door maps it once to its own codes. */
public enum Fault {
    /** What was asked for is malformed: a name, a file, an option. */
    INVALID_INPUT,
    /** The named thing does not exist. */
    NOT_FOUND,
    /** The named thing exists with other content. */
    CONFLICT,
    /** Policy or lint says no. */
    REFUSED,
    /** Another process holds the store. */
    BUSY,
    /** Ledger, audit chain, file or CRL is not what it should be. */
    INTEGRITY,
    /** A key, passphrase or token cannot be had. */
    KEY_UNAVAILABLE,
    /** Disk or database failed. */
    STORE_FAILED,
    /** A bug. */
    INTERNAL;

    /** The lower-case word of this fault in JSON errors, such as {@code invalid-input}. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
