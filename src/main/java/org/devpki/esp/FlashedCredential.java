package org.devpki.esp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;

/**
 * What firmware finds in an esp_secure_cert image, whichever flavour it is of.
 *
 * @param certificate DEV_CERT, PEM or DER
 * @param above its issuers, where each is an entry of its own: subtypes 1 and on of DEV_CERT
 * @param key the PRIV_KEY entry; of a legacy flavour, one as if
 * @param ds the key for the Digital Signature peripheral
 * @param keyId KEYn of its HMAC key
 * @param block the eFuse block that SEC_CFG names
 * @param salt of a derived key
 * @param usedOctets of the image; of a legacy flavour, what the parts take
 * @param faults what does not hold, a sentence each
 */
public record FlashedCredential(
        Flavour flavour,
        Bytes certificate,
        List<Bytes> above,
        Optional<Bytes> ca,
        Optional<TlvEntry> key,
        Optional<DsBlob> ds,
        Optional<Integer> keyId,
        Optional<Integer> block,
        Optional<SecretBytes> salt,
        int usedOctets,
        List<String> faults) {
    private static final int SEC_CFG_OCTETS = 40;

    public FlashedCredential {
        above = List.copyOf(above);
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
                List.of(),
                image.ca(),
                image.key().map(key -> TlvEntry.of(TlvType.PRIV_KEY, key)),
                image.ds().map(LegacyImage.Ds::blob),
                image.ds().map(LegacyImage.Ds::keyId),
                Optional.empty(),
                Optional.empty(),
                image.usedOctets(),
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
        Optional<Bytes> secCfg = octets(image, TlvType.SEC_CFG);
        secCfg.filter(octets -> octets.length() != SEC_CFG_OCTETS)
                .ifPresent(octets -> faults.add("SEC_CFG has " + octets.length() + " octets, not " + SEC_CFG_OCTETS));
        return new FlashedCredential(
                Flavour.TLV,
                octets(image, TlvType.DEV_CERT).orElseThrow(() -> withoutCertificate(faults)),
                image.behind(TlvType.DEV_CERT)
                        .map(entry -> entry.value().lend(Bytes::of))
                        .toList(),
                octets(image, TlvType.CA_CERT),
                image.first(TlvType.PRIV_KEY),
                ds,
                context.map(DsContext::keyId),
                secCfg.filter(octets -> octets.length() > 0).map(octets -> octets.toArray()[0] & 0xff),
                image.first(TlvType.HMAC_ECDSA_KEY_SALT).map(TlvEntry::value),
                image.usedOctets(),
                faults);
    }

    /** Whether the octets are an image of some flavour. */
    public static boolean isImage(Bytes octets) {
        return SecureCertPartition.isImage(octets)
                || LegacyImage.flavourOf(octets).isPresent();
    }

    /** What firmware would not find as this home wants it, a sentence; empty where all is there and nothing more. */
    public Optional<String> faultOf(KeyHome home) {
        Optional<String> beside = home instanceof KeyHome.DigitalSignature || ds.isEmpty()
                ? Optional.empty()
                : Optional.of("there is DS_DATA, of a key for the Digital Signature peripheral");
        return beside.or(() -> home.match(
                flash -> faultOfEntry(TlvEntry.KeyFlag.PLAIN),
                this::faultOfDs,
                this::faultOfEcdsa,
                hmac -> faultOfEntry(TlvEntry.KeyFlag.HMAC_DERIVED)
                        .or(() ->
                                salt.isPresent() ? Optional.empty() : Optional.of("there is no HMAC_ECDSA_KEY_SALT"))));
    }

    private Optional<String> faultOfDs(KeyHome.DigitalSignature home) {
        if (ds.isEmpty()) {
            return Optional.of("there is no DS_DATA");
        }
        if (key.isPresent()) {
            return Optional.of("there is a PRIV_KEY beside DS_DATA");
        }
        return keyId.filter(id -> id == home.keyId()).isPresent()
                ? Optional.empty()
                : Optional.of("its HMAC key is in KEY" + keyId.orElse(0) + ", not in KEY" + home.keyId());
    }

    private Optional<String> faultOfEcdsa(KeyHome.EcdsaPeripheral home) {
        int wanted = Chip.blockOf(home.keyId());
        return faultOfEntry(TlvEntry.KeyFlag.ECDSA_PERIPHERAL)
                .or(() -> block.filter(found -> found == wanted).isPresent()
                        ? Optional.empty()
                        : Optional.of(block.map(found -> "SEC_CFG names eFuse block " + found + ", not " + wanted)
                                .orElse("there is no SEC_CFG to name eFuse block " + wanted)));
    }

    private Optional<String> faultOfEntry(TlvEntry.KeyFlag wanted) {
        if (key.isEmpty()) {
            return Optional.of("there is no PRIV_KEY");
        }
        if (key.get().keyFlag() != wanted) {
            return Optional.of(String.format(
                    "the flags of PRIV_KEY are 0x%02x, not 0x%02x", key.get().flags(), wanted.bits()));
        }
        boolean isEmpty = key.get().value().length() == 0;
        if (isEmpty != (wanted != TlvEntry.KeyFlag.PLAIN)) {
            return Optional.of("PRIV_KEY is " + (isEmpty ? "" : "not ") + "empty");
        }
        return wanted == TlvEntry.KeyFlag.ECDSA_PERIPHERAL || block.isEmpty()
                ? Optional.empty()
                : Optional.of("there is a SEC_CFG, though no key is for the ECDSA peripheral");
    }

    private static DevpkiException withoutCertificate(List<String> faults) {
        return DevpkiException.integrity("the image has no device certificate (DEV_CERT) that firmware finds"
                + (faults.isEmpty() ? "" : ": " + String.join("; ", faults)));
    }

    private static Optional<Bytes> octets(SecureCertPartition.Image image, TlvType type) {
        return image.first(type).map(entry -> entry.value().lend(Bytes::of));
    }
}
