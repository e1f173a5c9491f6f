package org.devpki.esp;

import org.devpki.model.DevpkiException;

/**
 * The partition that an image is for.
 *
 * @param sizeBytes whole pages of 4096 bytes; at least 0x3000, or 0x1000 when it is read-only
 * @param isReadOnly whether the partition table flags it {@code readonly}; no page stays empty then, as the firmware will
 *     not need one to move entries to
 */
public record NvsPartition(int sizeBytes, NvsFormat format, boolean isReadOnly) {
    /** A page, which flash erases at once. */
    public static final int PAGE_OCTETS = NvsLayout.PAGE_BYTES;

    /** Below this a partition must be flagged read-only. */
    public static final int LEAST_WRITABLE_BYTES = 3 * NvsLayout.PAGE_BYTES;

    private static final int MOST_BYTES = 1 << 27; // the largest flash that a chip maps

    public NvsPartition {
        if (sizeBytes <= 0 || sizeBytes > MOST_BYTES || sizeBytes % NvsLayout.PAGE_BYTES != 0) {
            throw DevpkiException.invalid(
                    "size " + hex(sizeBytes) + " is not a multiple of 0x1000, up to " + hex(MOST_BYTES));
        }
        if (!isReadOnly && sizeBytes < LEAST_WRITABLE_BYTES) {
            throw DevpkiException.invalid("size " + hex(sizeBytes) + " is below the 0x3000 of a partition that is"
                    + " written to; a smaller one must be flagged readonly");
        }
    }

    /** A partition that the firmware writes to, in the format of today. */
    public static NvsPartition ofSize(int sizeBytes) {
        return new NvsPartition(sizeBytes, NvsFormat.V2, false);
    }

    /** Pages that may hold entries. */
    int usablePages() {
        return sizeBytes / NvsLayout.PAGE_BYTES - (isReadOnly ? 0 : 1);
    }

    static String hex(int bytes) {
        return "0x" + Integer.toHexString(bytes);
    }
}
