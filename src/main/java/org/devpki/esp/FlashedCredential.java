package org.devpki.esp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.SecretBytes;

/**
 * What firmware finds in an esp_secure_cert image, whichever flavour it is of.
 *
 * @param certificate DEV_CERT, PEM or DER
 * @param key the PRIV_KEY entry; of a legacy flavour, one as if
 * @param ds the key for the Digital Signature peripheral
 * @param keyId KEYn of its HMAC key
 * @param salt of a derived key
 * @param faults what does not hold, a sentence each
 */
public record FlashedCredential(
        Flavour flavour,
        Bytes certificate,
        Optional<Bytes> ca,
        Optional<TlvEntry> key,
        Optional<DsBlob> ds,
        Optional<Integer> keyId,
        Optional<SecretBytes> salt,
        List<String> faults) {
    public FlashedCredential {
        faults = List.copyOf(faults);
    }

    /** @throws DevpkiException INVALID_INPUT if it is no image; INTEGRITY if no certificate can be found in it */
    public static FlashedCredential read(Bytes octets) {
        try (SecretBytes image = SecretBytes.taking(octets.toArray())) {
            if (SecureCertPartition.isImage(octets)) {
                return ofTlv(SecureCertPartition.read(image));
            }
            Flavour flavour = LegacyImage.flavourOf(octets)
                    .orElseThrow(
                            () -> DevpkiException.invalid(
                                    "this is no esp_secure_cert image: it has neither the magic"
                                            + " of the TLV flavour nor that of cust_flash, nor is it NVS with namespace esp_secure_cert"));
            return ofLegacy(LegacyImage.read(image, flavour), flavour);
        }
    }

    private static FlashedCredential ofLegacy(LegacyImage image, Flavour flavour) {
        return new FlashedCredential(
                flavour,
                image.certificate(),
                image.ca(),
                image.key().map(key -> TlvEntry.of(TlvType.PRIV_KEY, key)),
                image.ds().map(LegacyImage.Ds::blob),
                image.ds().map(LegacyImage.Ds::keyId),
                Optional.empty(),
                List.of());
    }

    private static FlashedCredential ofTlv(SecureCertPartition.Image image) {
        List<String> faults = new ArrayList<>(image.faults());
        Optional<DsBlob> ds = octets(image, TlvType.DS_DATA).map(DsBlob::new);
        Optional<DsContext> context = octets(image, TlvType.DS_CONTEXT).map(DsContext::decode);
        if (ds.isPresent() != context.isPresent()) {
            faults.add("DS_DATA and DS_CONTEXT go together, and only one is there");
        }
        if (ds.isPresent()
                && context.isPresent()
                && ds.get().rsaBits() != context.get().rsaBits()) {
            faults.add("DS_CONTEXT says RSA-" + context.get().rsaBits() + ", and DS_DATA RSA-"
                    + ds.get().rsaBits());
        }
        return new FlashedCredential(
                Flavour.TLV,
                octets(image, TlvType.DEV_CERT).orElseThrow(() -> withoutCertificate(faults)),
                octets(image, TlvType.CA_CERT),
                image.first(TlvType.PRIV_KEY),
                ds,
                context.map(DsContext::keyId),
                image.first(TlvType.HMAC_ECDSA_KEY_SALT).map(TlvEntry::value),
                faults);
    }

    private static DevpkiException withoutCertificate(List<String> faults) {
        return DevpkiException.integrity("the image has no device certificate (DEV_CERT) that firmware finds"
                + (faults.isEmpty() ? "" : ": " + String.join("; ", faults)));
    }

    private static Optional<Bytes> octets(SecureCertPartition.Image image, TlvType type) {
        return image.first(type).map(entry -> entry.value().lend(Bytes::of));
    }
}
