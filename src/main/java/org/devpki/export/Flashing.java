package org.devpki.export;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.devpki.esp.HmacKey;
import org.devpki.model.Chip;
import org.devpki.model.DeviceKey;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * How a credential gets into one chip.
 *
 * @param hmacKey the key in eFuse; for the homes that have one
 * @param salt what the device's key is derived with; for {@link KeyHome.HmacDerived}
 * @param signers keys of Secure Boot that sign the image
 * @param random for initialization vectors
 */
public record Flashing(
        Chip chip,
        KeyHome home,
        Optional<HmacKey> hmacKey,
        Optional<SecretBytes> salt,
        ImageLayout layout,
        List<DeviceKey> signers,
        SecureRandom random) {}
