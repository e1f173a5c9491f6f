package org.devpki.export;

import java.util.Optional;
import java.util.function.Supplier;
import org.devpki.esp.DsBlob;
import org.devpki.esp.FlashedCredential;
import org.devpki.esp.HmacKey;
import org.devpki.esp.TlvEntry;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Credential;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
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
                Pem.readCertificate(found.certificate(), "DEV_CERT").equals(leaf),
                () -> "DEV_CERT does not begin with the device's certificate");
        require(
                found.ca()
                        .map(ca -> Pem.readCertificate(ca, "CA_CERT"))
                        .equals(Optional.of(credential.chain().root())),
                () -> "CA_CERT is not the root");
        credential
                .key()
                .ifPresent(
                        key -> require(key.publicKey().equals(publicKey), () -> "the certificate is of another key"));
        flashing.home()
                .match(
                        flash -> provePlain(found, publicKey),
                        ds -> proveSignature(found, publicKey, flashing.hmacKey(), ds.keyId()),
                        ecdsa -> proveEmpty(found),
                        hmac -> proveEmpty(found) && proveDerived(flashing, publicKey));
    }

    private static boolean provePlain(FlashedCredential found, PublicKeyDer publicKey) {
        TlvEntry entry = found.key().orElseThrow(() -> broken("there is no PRIV_KEY"));
        try (DeviceKey key = Keys.read(entry.value(), "PRIV_KEY")) {
            require(key.publicKey().equals(publicKey), () -> "PRIV_KEY is not the certificate's");
        }
        return true;
    }

    private static boolean proveSignature(
            FlashedCredential found, PublicKeyDer publicKey, Optional<HmacKey> hmacKey, int keyId) {
        DsBlob blob = found.ds().orElseThrow(() -> broken("there is no DS_DATA"));
        HmacKey key = hmacKey.orElseThrow(() -> broken("there is no HMAC key to try DS_DATA with"));
        require(
                Keys.signFor(blob.decrypt(key), publicKey),
                () -> "what DS_DATA signs does not verify with the certificate");
        require(found.keyId().equals(Optional.of(keyId)), () -> "DS_CONTEXT names another key block");
        require(found.key().isEmpty(), () -> "there is a PRIV_KEY beside DS_DATA");
        return true;
    }

    private static boolean proveEmpty(FlashedCredential found) {
        require(
                found.key().filter(entry -> entry.value().length() == 0).isPresent(),
                () -> "PRIV_KEY is not empty, though the key is not to be in flash");
        return true;
    }

    private static boolean proveDerived(Flashing flashing, PublicKeyDer publicKey) {
        HmacKey key = flashing.hmacKey().orElseThrow(() -> broken("there is no HMAC key to derive with"));
        SecretBytes salt = flashing.salt().orElseThrow(() -> broken("there is no salt to derive with"));
        try (SecretBytes scalar = key.derive(salt)) {
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
