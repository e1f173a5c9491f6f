package org.devpki.export;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.esp.DsBlob;
import org.devpki.esp.DsContext;
import org.devpki.esp.HmacKey;
import org.devpki.esp.LegacyImage;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvEntry.KeyFlag;
import org.devpki.esp.TlvType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;

/**
 * The entries of an esp_secure_cert partition for one credential, in the order that the vendor's tool writes them.
 *
 * @param sent what the device sends in a handshake, the leaf first
 * @param ca what the device verifies its broker with
 * @param key absent where it is not here; only an ECDSA peripheral's may be
 */
record SecureCertImage(List<CertificateDer> sent, Optional<CertificateDer> ca, Optional<DeviceKey> key) {
    /** USER_DATA_n is this and n. */
    static final int FIRST_USER_DATA = 50;

    private static final int SEC_CFG_OCTETS = 40;

    SecureCertImage {
        sent = List.copyOf(sent);
    }

    /** @throws DevpkiException REFUSED if the chip cannot do it or the partition is too small */
    SecretBytes write(Flashing flashing) {
        return switch (flashing.layout().flavour()) {
            case TLV -> tlv(flashing);
            case CUST_FLASH -> legacy(flashing).custFlash();
            case NVS -> legacy(flashing).nvs();
        };
    }

    private LegacyImage legacy(Flashing flashing) {
        if (!flashing.signers().isEmpty()) {
            throw DevpkiException.invalid(
                    "an image of flavour " + flashing.layout().flavour().word() + " has no signatures");
        }
        Optional<LegacyImage.Ds> ds = flashing.home()
                .match(
                        flash -> Optional.empty(),
                        home -> Optional.of(new LegacyImage.Ds(blob(flashing), home.keyId())),
                        ecdsa -> notLegacy(flashing),
                        hmac -> notLegacy(flashing));
        return new LegacyImage(
                certificates(sent, false).lend(Bytes::of),
                ca.map(root -> certificates(List.of(root), false).lend(Bytes::of)),
                ds.isPresent() ? Optional.empty() : Optional.of(privateKey(false)),
                ds);
    }

    private static Optional<LegacyImage.Ds> notLegacy(Flashing flashing) {
        throw DevpkiException.refused("flavour " + flashing.layout().flavour().word() + " has no place for key home "
                + flashing.home().word() + "; flavour tlv has");
    }

    private SecretBytes tlv(Flashing flashing) {
        return SecureCertPartition.write(
                entries(flashing), flashing.signers(), flashing.layout().sizeOctets());
    }

    private List<TlvEntry> entries(Flashing flashing) {
        boolean isDer = flashing.layout().isDer();
        List<TlvEntry> entries = new ArrayList<>();
        entries.addAll(flashing.home()
                .match(
                        flash -> List.of(),
                        ds -> digitalSignature(flashing, ds.keyId()),
                        ecdsa -> List.of(TlvEntry.of(TlvType.SEC_CFG, secCfg(ecdsa.keyId()))),
                        hmac -> List.of()));
        ca.ifPresent(root -> entries.add(TlvEntry.of(TlvType.CA_CERT, certificates(List.of(root), isDer))));
        if (isDer) { // a parser of DER takes one certificate and stops
            for (int i = 0; i < sent.size(); i++) {
                entries.add(TlvEntry.of(TlvType.DEV_CERT, i, certificates(List.of(sent.get(i)), true)));
            }
        } else {
            entries.add(TlvEntry.of(TlvType.DEV_CERT, certificates(sent, false)));
        }
        entries.addAll(flashing.home()
                .match(
                        flash -> List.of(TlvEntry.of(TlvType.PRIV_KEY, privateKey(isDer))),
                        ds -> List.of(),
                        ecdsa -> List.of(TlvEntry.keyElsewhere(KeyFlag.ECDSA_PERIPHERAL)),
                        hmac -> List.of(
                                TlvEntry.of(TlvType.HMAC_ECDSA_KEY_SALT, salt(flashing)),
                                TlvEntry.keyElsewhere(KeyFlag.HMAC_DERIVED))));
        flashing.layout()
                .userData()
                .forEach((number, value) -> entries.add(new TlvEntry(0, FIRST_USER_DATA + number, 0, value)));
        return entries;
    }

    private List<TlvEntry> digitalSignature(Flashing flashing, int keyId) {
        DsBlob blob = blob(flashing);
        return List.of(
                TlvEntry.of(TlvType.DS_DATA, SecretBytes.taking(blob.octets().toArray())),
                TlvEntry.of(TlvType.DS_CONTEXT, new DsContext(keyId, blob.rsaBits()).encode()));
    }

    private DsBlob blob(Flashing flashing) {
        HmacKey hmacKey = flashing.hmacKey()
                .orElseThrow(() -> new IllegalStateException("a key for the DS peripheral without its HMAC key"));
        return DsBlob.encrypt(Keys.rsaNumbers(present()), hmacKey, flashing.chip(), flashing.random());
    }

    private static SecretBytes secCfg(int keyId) {
        byte[] octets = new byte[SEC_CFG_OCTETS];
        octets[0] = (byte) Chip.blockOf(keyId);
        return SecretBytes.taking(octets);
    }

    private static SecretBytes salt(Flashing flashing) {
        return flashing.salt()
                .orElseThrow(() -> new IllegalStateException("a derived key without its salt"))
                .copy();
    }

    private static SecretBytes certificates(List<CertificateDer> certificates, boolean isDer) {
        return isDer
                ? SecretBytes.taking(certificates.get(0).octets().toArray())
                : terminated(SecretBytes.taking(Pem.certificates(certificates).getBytes(StandardCharsets.US_ASCII)));
    }

    private SecretBytes privateKey(boolean isDer) {
        DeviceKey device = present();
        try (SecretBytes der = Keys.traditional(device)) {
            if (isDer) {
                return der.copy();
            }
            try (SecretBytes pem = Pem.secret(Keys.traditionalLabel(device.spec()), der)) {
                return terminated(pem);
            }
        }
    }

    /** mbedTLS takes a text for PEM only if the NUL behind it is counted. */
    private static SecretBytes terminated(SecretBytes text) {
        return text.lend(octets -> SecretBytes.taking(Arrays.copyOf(octets, octets.length + 1)));
    }

    private DeviceKey present() {
        return key.orElseThrow(() -> DevpkiException.invalid("the image holds the private key, which is not here"));
    }
}
