package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.devpki.esp.DsBlob;
import org.devpki.esp.DsContext;
import org.devpki.esp.FlashedCredential;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Certificates;
import org.devpki.x509.Cms;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;

/** Tells what is in an esp_secure_cert image, from whatever tool; needs no store. */
public final class ShowImage {
    private ShowImage() {}

    /** @throws DevpkiException INVALID_INPUT if the octets are no esp_secure_cert image */
    public static ImageReport run(Bytes octets, String origin) {
        refuseSealed(octets, origin);
        try (SecretBytes image = SecretBytes.taking(octets.toArray())) {
            if (SecureCertPartition.isImage(octets)) {
                return tlv(SecureCertPartition.read(image));
            }
            return legacy(FlashedCredential.read(octets), octets.length());
        }
    }

    static void refuseSealed(Bytes octets, String origin) {
        if (Cms.isSealed(octets)) {
            throw DevpkiException.invalid(origin + " is sealed, so nobody sees what is in it")
                    .hint("devpki bundle open " + origin + " --key recipient.key");
        }
    }

    private static ImageReport tlv(SecureCertPartition.Image image) {
        List<ImageReport.Line> lines = image.entries().stream()
                .map(placed -> new ImageReport.Line(
                        placed.offset(),
                        placed.entry().name(),
                        placed.entry().subtype(),
                        placed.entry().sizeOctets(),
                        orFault(() -> what(placed.entry()))))
                .toList();
        return new ImageReport(Flavour.TLV.word(), image.usedOctets(), image.sizeOctets(), lines, image.faults());
    }

    private static ImageReport legacy(FlashedCredential image, int size) {
        List<ImageReport.Line> lines = new ArrayList<>();
        lines.add(line("DEV_CERT", image.certificate().length(), () -> certificates(image.certificate())));
        image.ca().ifPresent(ca -> lines.add(line("CA_CERT", ca.length(), () -> certificates(ca))));
        image.key().ifPresent(key -> lines.add(line("PRIV_KEY", key.value().length(), () -> privateKey(key.value()))));
        image.ds()
                .ifPresent(blob -> lines.add(line(
                        "DS_DATA",
                        blob.octets().length(),
                        () -> ds(blob) + ", HMAC key in KEY" + image.keyId().orElse(0))));
        return new ImageReport(image.flavour().word(), image.usedOctets(), size, lines, List.of());
    }

    private static ImageReport.Line line(String name, int octets, Supplier<String> what) {
        return new ImageReport.Line(0, name, 0, octets, orFault(what));
    }

    private static String orFault(Supplier<String> what) {
        try {
            return what.get();
        } catch (DevpkiException e) {
            return "cannot be read: " + e.sentence();
        }
    }

    private static String what(TlvEntry entry) {
        TlvType type = TlvType.ofCode(entry.type()).orElse(TlvType.USER_DATA_1);
        Bytes octets = entry.value().lend(Bytes::of);
        return switch (type) {
            case CA_CERT, DEV_CERT -> certificates(octets);
            case PRIV_KEY ->
                switch (entry.keyFlag()) {
                    case PLAIN -> privateKey(entry.value());
                    case ECDSA_PERIPHERAL ->
                        octets.length() == 0
                                ? "in eFuse, for the ECDSA peripheral"
                                : "for the ECDSA peripheral, but ALSO HERE IN CLEAR: " + privateKey(entry.value());
                    case HMAC_DERIVED -> "derived from the HMAC_UP key in eFuse and the salt";
                    case HMAC_ENCRYPTED ->
                        "encrypted under the HMAC_UP key in eFuse; current firmware does not read it";
                };
            case DS_DATA -> ds(new DsBlob(octets));
            case DS_CONTEXT -> {
                DsContext context = DsContext.decode(octets);
                yield "HMAC key in KEY" + context.keyId() + " (block " + Chip.blockOf(context.keyId()) + "), RSA-"
                        + context.rsaBits();
            }
            case SEC_CFG -> {
                if (octets.length() == 0) {
                    yield "nothing, where an eFuse block should be named";
                }
                int block = octets.toArray()[0] & 0xff;
                yield "eFuse block " + block + " (KEY" + (block - Chip.blockOf(0)) + ")";
            }
            case INTEGRITY -> "SHA-256 of all before it";
            case SIGNATURE_BLOCK -> "signature of " + octets.length() + " octets";
            case HMAC_ECDSA_KEY_SALT -> "salt of " + octets.length() + " octets";
            case TEE_SEC_STORAGE_KEY -> octets.length() + " octets";
            case USER_DATA_1, USER_DATA_2, USER_DATA_3, USER_DATA_4, USER_DATA_5, MATTER_1, MATTER_2 ->
                octets.length() + " octets";
        };
    }

    private static String certificates(Bytes octets) {
        List<CertificateDer> all = Pem.readCertificates(octets, "the entry");
        if (all.isEmpty()) {
            return "no certificate";
        }
        ParsedTbs first = Certificates.parse(all.get(0)).tbs();
        String more = all.size() > 1 ? ", and " + (all.size() - 1) + " above it" : "";
        return (Pem.isPem(octets) ? "PEM " : "DER ") + Names.text(first.subject()) + ", "
                + Keys.spec(first.publicKey()).map(KeySpec::text).orElse("unknown key") + ", serial "
                + first.serial().toString(16) + ", until " + first.notAfter().at() + more;
    }

    private static String privateKey(SecretBytes octets) {
        try (DeviceKey key = Keys.read(octets, "the entry")) {
            return key.spec().text() + " private key, in clear";
        }
    }

    private static String ds(DsBlob blob) {
        return "RSA-" + blob.rsaBits() + " key for a DS peripheral of " + blob.operandBits() + "-bit operands";
    }
}
