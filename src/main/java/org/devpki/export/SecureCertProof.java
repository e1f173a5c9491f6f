package org.devpki.export;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.devpki.esp.FlashedCredential;
import org.devpki.esp.HmacKey;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Credential;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;

/** Proves an image before it leaves, from its octets alone, as firmware will read it. */
final class SecureCertProof {
    private SecureCertProof() {}

    /** @throws DevpkiException INTEGRITY with the first thing that does not hold; nothing may be written then */
    static void prove(SecretBytes octets, Credential credential, Flashing flashing) {
        FlashedCredential found = octets.lend(image -> FlashedCredential.read(Bytes.of(image)));
        require(found.faults().isEmpty(), () -> String.join("; ", found.faults()));
        require(
                found.flavour() == flashing.layout().flavour(),
                () -> "it is of flavour " + found.flavour().word());
        CertificateDer leaf = credential.chain().leaf();
        PublicKeyDer publicKey = Certificates.parse(leaf).tbs().publicKey();
        require(
                certificates(found).equals(credential.chain().sent()),
                () -> "DEV_CERT is not the device's certificate and those of its issuers");
        require(
                found.ca()
                        .map(ca -> Pem.readCertificate(ca, "CA_CERT"))
                        .equals(Optional.of(credential.chain().root())),
                () -> "CA_CERT is not the root");
        credential
                .key()
                .ifPresent(
                        key -> require(key.publicKey().equals(publicKey), () -> "the certificate is of another key"));
        found.faultOf(flashing.home()).ifPresent(fault -> {
            throw broken(fault);
        });
        proveUserData(octets, flashing);
        flashing.home()
                .match(
                        flash -> provePlain(found, publicKey),
                        ds -> proveSignature(found, publicKey, flashing.hmacKey()),
                        ecdsa -> true,
                        hmac -> proveDerived(found, publicKey, flashing.hmacKey()));
    }

    private static List<CertificateDer> certificates(FlashedCredential found) {
        return Stream.concat(Stream.of(found.certificate()), found.above().stream())
                .flatMap(octets -> Pem.readCertificates(octets, "DEV_CERT").stream())
                .toList();
    }

    private static void proveUserData(SecretBytes octets, Flashing flashing) {
        if (flashing.layout().flavour() != Flavour.TLV) {
            return; // the others have none
        }
        SecureCertPartition.Image image = SecureCertPartition.read(octets);
        flashing.layout().userData().forEach((number, value) -> {
            TlvType type =
                    TlvType.ofCode(SecureCertImage.FIRST_USER_DATA + number).orElseThrow();
            require(
                    image.first(type)
                            .filter(entry -> entry.value().equals(value))
                            .isPresent(),
                    () -> type + " is not what was ordered");
        });
        long signatures = image.entries().stream()
                .filter(placed -> placed.entry().is(TlvType.SIGNATURE_BLOCK))
                .count();
        require(
                signatures == flashing.signers().size(),
                () -> "there are " + signatures + " signatures, not "
                        + flashing.signers().size());
    }

    private static boolean provePlain(FlashedCredential found, PublicKeyDer publicKey) {
        try (DeviceKey key = Keys.read(found.key().orElseThrow().value(), "PRIV_KEY")) {
            require(key.publicKey().equals(publicKey), () -> "PRIV_KEY is not the certificate's");
        }
        return true;
    }

    private static boolean proveSignature(FlashedCredential found, PublicKeyDer publicKey, Optional<HmacKey> hmacKey) {
        HmacKey key = hmacKey.orElseThrow(() -> broken("there is no HMAC key to try DS_DATA with"));
        require(
                Keys.signFor(found.ds().orElseThrow().decrypt(key), publicKey),
                () -> "what DS_DATA signs does not verify with the certificate");
        return true;
    }

    private static boolean proveDerived(FlashedCredential found, PublicKeyDer publicKey, Optional<HmacKey> hmacKey) {
        HmacKey key = hmacKey.orElseThrow(() -> broken("there is no HMAC key to derive with"));
        try (SecretBytes scalar = key.derive(found.salt().orElseThrow())) {
            require(
                    Keys.ofScalar(scalar).map(DeviceKey::publicKey).equals(Optional.of(publicKey)),
                    () -> "the derived key is not the certificate's");
        }
        return true;
    }

    private static void require(boolean holds, Supplier<String> what) {
        if (!holds) {
            throw broken(what.get());
        }
    }

    private static DevpkiException broken(String what) {
        return DevpkiException.integrity("the esp_secure_cert image does not hold, and was not written: " + what);
    }
}
