package org.devpki.app;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * What an order says of the chip that will be flashed.
 *
 * @param home a word of {@link KeyHome}; the profile's when absent
 * @param keyId the eFuse key block, KEYn
 * @param hmacKey 32 octets that the chip has, or will get, in eFuse; made here when absent
 * @param recipient whoever alone may open what is to be burned; it is written in clear when absent
 */
public record FlashOrder(
        Chip chip,
        Optional<String> home,
        int keyId,
        Optional<SecretBytes> hmacKey,
        Layout layout,
        Optional<CertificateDer> recipient) {

    /**
     * How a partition is laid out.
     *
     * @param sizeOctets of the partition
     * @param isDer whether certificates and key are stored as DER rather than PEM
     * @param userData what goes into USER_DATA_1 to 5, by number
     */
    public record Layout(int sizeOctets, boolean isDer, SortedMap<Integer, SecretBytes> userData) {
        public Layout {
            userData = new TreeMap<>(userData);
        }
    }

    KeyHome homeOr(KeyHome profiles) {
        return KeyHome.parse(home.orElse(profiles.word()), keyId);
    }
}
