package org.devpki.files;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Permissions by what they are for. */
public enum Modes {
    /** 0600: keys and ledgers. */
    SECRET_FILE("rw-------"),
    /** 0644: certificates, CRLs. */
    PUBLIC_FILE("rw-r--r--"),
    /** 0700: folders with keys in them. */
    SECRET_FOLDER("rwx------"),
    /** 0755: what a web server or broker reads. */
    PUBLIC_FOLDER("rwxr-xr-x");

    private final String text;

    Modes(String text) {
        this.text = text;
    }

    public Set<PosixFilePermission> permissions() {
        return PosixFilePermissions.fromString(text);
    }
}
