package org.devpki.esp;

import java.util.Arrays;
import java.util.Optional;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * Images of NVS partitions, written as Espressif's generator does and read with every CRC checked.
 *
 * @see <a href="../../docs/formats/nvs-partition.md">layout, and the generator it was checked against</a>
 */
public final class NvsImages {
    private NvsImages() {}

    /**
     * An image of the partition's size.
     *
     * @param keys encrypts each entry, where given
     * @throws DevpkiException INVALID_INPUT if the contents do not fit; the sentence says how many bytes they need
     */
    public static SecretBytes write(NvsContents contents, NvsPartition partition, Optional<NvsKeys> keys) {
        byte[] image = NvsWriter.write(contents, partition);
        keys.ifPresent(both -> applyToEntries(image, Xts.encrypting(both)));
        return SecretBytes.taking(image);
    }

    /**
     * What an image holds. Whatever is wrong inside becomes a problem of the reading.
     *
     * @param keys those that it is encrypted with, if it is
     * @throws DevpkiException INVALID_INPUT if it is not whole pages of 4096 octets
     */
    public static NvsReading read(SecretBytes image, Optional<NvsKeys> keys) {
        if (image.length() == 0 || image.length() % NvsLayout.PAGE_BYTES != 0) {
            throw DevpkiException.invalid(
                    "an image of " + image.length() + " bytes is not whole pages of " + NvsLayout.PAGE_BYTES);
        }
        return image.lend(octets -> {
            keys.ifPresent(both -> applyToEntries(octets, Xts.decrypting(both)));
            return new NvsReader(octets, keys.isPresent()).read();
        });
    }

    /** Written entries only: headers, bitmaps and free entries are never encrypted. */
    private static void applyToEntries(byte[] image, Xts xts) {
        for (int page = 0; page < image.length; page += NvsLayout.PAGE_BYTES) {
            for (int entry = 0; entry < NvsLayout.ENTRIES; entry++) {
                if (NvsLayout.entryState(image, page, entry) == NvsLayout.ENTRY_WRITTEN) {
                    int at = page + NvsLayout.entryAt(entry);
                    xts.apply(image, at, at);
                }
            }
        }
    }

    static boolean isErased(byte[] octets, int from, int to) {
        byte[] erased = new byte[to - from];
        Arrays.fill(erased, (byte) 0xff);
        return Arrays.equals(octets, from, to, erased, 0, erased.length);
    }
}
