package org.devpki.esp;

import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.Flavour;
import org.devpki.model.SecretBytes;

/**
 * What an esp_secure_cert partition of a legacy flavour holds. PEM texts have their NUL.
 *
 * @param certificate the device's
 * @param key the private key in clear; or none, with {@code ds}
 * @param ds the key for the Digital Signature peripheral
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">layouts, and the tool version they were checked against</a>
 */
public record LegacyImage(Bytes certificate, Optional<Bytes> ca, Optional<SecretBytes> key, Optional<Ds> ds) {
    /**
     * @param blob the encrypted key; its ciphertext and IV are stored apart
     * @param keyId KEYn
     */
    public record Ds(DsBlob blob, int keyId) {}

    public LegacyImage {
        if (key.isPresent() == ds.isPresent()) {
            throw new IllegalArgumentException("a private key in clear or for the DS peripheral, and not both");
        }
    }

    /** What the parts take, without what lies between them. */
    int usedOctets() {
        return certificate.length()
                + ca.map(Bytes::length).orElse(0)
                + key.map(SecretBytes::length).orElse(0)
                + ds.map(part -> part.blob().octets().length()).orElse(0);
    }

    public SecretBytes custFlash() {
        return CustFlash.encode(this);
    }

    public SecretBytes nvs() {
        return LegacyNvs.encode(this);
    }

    /** Which legacy flavour the octets are of; empty if of none. */
    public static Optional<Flavour> flavourOf(Bytes octets) {
        if (CustFlash.isImage(octets)) {
            return Optional.of(Flavour.CUST_FLASH);
        }
        return LegacyNvs.isImage(octets) ? Optional.of(Flavour.NVS) : Optional.empty();
    }

    /**
     * @param flavour as {@link #flavourOf} tells it
     * @throws org.devpki.model.DevpkiException INTEGRITY if a CRC does not hold or a part is missing
     */
    public static LegacyImage read(SecretBytes octets, Flavour flavour) {
        return flavour == Flavour.NVS ? LegacyNvs.decode(octets) : CustFlash.decode(octets);
    }
}
