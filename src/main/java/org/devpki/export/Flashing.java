package org.devpki.export;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.esp.HmacKey;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * How a credential gets into one chip.
 *
 * @param hmacKey the key in eFuse; for the homes that have one
 * @param salt what the device's key is derived with; for {@link KeyHome.HmacDerived}
 * @param layout of the partition
 * @param recipient seals what is burned, if anybody does
 * @param random for initialization vectors
 */
public record Flashing(
        Chip chip,
        KeyHome home,
        Optional<HmacKey> hmacKey,
        Optional<SecretBytes> salt,
        Layout layout,
        Optional<CertificateDer> recipient,
        SecureRandom random) {

    /**
     * @param sizeOctets of the partition
     * @param isDer whether certificates and key are stored as DER rather than PEM
     * @param userData what goes into USER_DATA_1 to 5, by number
     */
    public record Layout(int sizeOctets, boolean isDer, SortedMap<Integer, SecretBytes> userData) {
        public Layout {
            userData = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(userData));
        }
    }
}
