package org.devpki.model;

/**
 * What a batch wants for one device.
 *
 * @param id what the row is known by in its batch, 1 to 64 printable ASCII characters
 * @param name the device's
 * @param contentHash SHA-256 of everything that the list says of it
 */
public record BatchRow(String id, String name, Bytes contentHash) {
    private static final int MOST = 64;

    public BatchRow {
        if (id.isEmpty() || id.length() > MOST || !id.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw DevpkiException.invalid(
                    "row ID " + Quoted.of(id) + " is not 1 to " + MOST + " printable ASCII characters without blanks");
        }
    }
}
