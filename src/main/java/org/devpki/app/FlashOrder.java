package org.devpki.app;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.model.Chip;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * What an order says of the chip that will be flashed.
 *
 * @param keyId the eFuse key block, KEYn; KEY1 when absent
 * @param hmacKey 32 octets that the chip has, or will get, in eFuse; made here when absent
 * @param signKeys keys of Secure Boot that sign the image: PEM or DER
 */
public record FlashOrder(
        Chip chip,
        Optional<Integer> keyId,
        Optional<SecretBytes> hmacKey,
        ImageLayout layout,
        List<SecretBytes> signKeys) {

    /**
     * What makes it another order, as lines; of secrets their hashes.
     *
     * @param sealedTo the line that says to whom they are sealed
     */
    String essence(KeyHome home, String sealedTo) {
        return "\nchip=" + chip.text() + "\nkey-id="
                + home.efuseKeyId().stream()
                        .mapToObj(Integer::toString)
                        .findFirst()
                        .orElse("") + "\nlayout="
                + layout.flavour().word() + " " + layout.sizeOctets() + (layout.isDer() ? " der" : " pem")
                + layout.userData().entrySet().stream()
                        .map(entry -> "\nuser-data=" + entry.getKey() + " "
                                + entry.getValue().sha256().hex())
                        .collect(Collectors.joining())
                + "\nhmac-key=" + hmacKey.map(key -> key.sha256().hex()).orElse("fresh")
                + sealedTo
                + signKeys.stream()
                        .map(key -> "\nsign-key=" + key.sha256().hex())
                        .collect(Collectors.joining());
    }
}
