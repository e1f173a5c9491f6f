package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * What an order says of the chip that will be flashed.
 *
 * @param home a word of {@link KeyHome}; the profile's when absent
 * @param keyId the eFuse key block, KEYn
 * @param hmacKey 32 octets that the chip has, or will get, in eFuse; made here when absent
 * @param recipient whoever alone may open what is to be burned; it is written in clear when absent
 * @param signKeys keys of Secure Boot that sign the image: PEM or DER
 */
public record FlashOrder(
        Chip chip,
        Optional<String> home,
        int keyId,
        Optional<SecretBytes> hmacKey,
        ImageLayout layout,
        Optional<CertificateDer> recipient,
        List<SecretBytes> signKeys) {

    KeyHome homeOr(KeyHome profiles) {
        return KeyHome.parse(home.orElse(profiles.word()), keyId);
    }
}
