package org.devpki.export;

import java.util.List;
import java.util.Optional;
import org.devpki.esp.DsBlob;
import org.devpki.esp.DsContext;
import org.devpki.esp.HmacKey;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvEntry;
import org.devpki.esp.TlvType;
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
        SecureCertPartition.Image image = SecureCertPartition.read(octets);
        require(image.faults().isEmpty(), () -> String.join("; ", image.faults()));
        CertificateDer leaf = credential.chain().leaf();
        PublicKeyDer publicKey = Certificates.parse(leaf).tbs().publicKey();
        require(
                certificate(image, TlvType.DEV_CERT).equals(Optional.of(leaf)),
                () -> "DEV_CERT does not begin with the device's certificate");
        require(
                certificate(image, TlvType.CA_CERT)
                        .equals(Optional.of(credential.chain().root())),
                () -> "CA_CERT is not the root");
        credential
                .key()
                .ifPresent(
                        key -> require(key.publicKey().equals(publicKey), () -> "the certificate is of another key"));
        flashing.home()
                .match(
                        flash -> prove(image, publicKey),
                        ds -> proveSignature(image, publicKey, flashing.hmacKey(), ds.keyId()),
                        ecdsa -> proveEmpty(image),
                        hmac -> proveEmpty(image) && proveDerived(flashing, publicKey));
    }

    private static boolean prove(SecureCertPartition.Image image, PublicKeyDer publicKey) {
        TlvEntry entry = image.first(TlvType.PRIV_KEY).orElseThrow(() -> broken("there is no PRIV_KEY"));
        try (DeviceKey key = Keys.read(entry.value(), "PRIV_KEY")) {
            require(key.publicKey().equals(publicKey), () -> "PRIV_KEY is not the certificate's");
        }
        return true;
    }

    private static boolean proveSignature(
            SecureCertPartition.Image image, PublicKeyDer publicKey, Optional<HmacKey> hmacKey, int keyId) {
        TlvEntry entry = image.first(TlvType.DS_DATA).orElseThrow(() -> broken("there is no DS_DATA"));
        DsBlob blob = new DsBlob(entry.value().lend(Bytes::of));
        HmacKey key = hmacKey.orElseThrow(() -> broken("there is no HMAC key to try DS_DATA with"));
        require(
                Keys.signFor(blob.decrypt(key), publicKey),
                () -> "what DS_DATA signs does not verify with the certificate");
        require(
                image.first(TlvType.DS_CONTEXT)
                        .map(context -> DsContext.decode(context.value().lend(Bytes::of)))
                        .equals(Optional.of(new DsContext(keyId, blob.rsaBits()))),
                () -> "DS_CONTEXT does not go with DS_DATA");
        require(image.first(TlvType.PRIV_KEY).isEmpty(), () -> "there is a PRIV_KEY beside DS_DATA");
        return true;
    }

    private static boolean proveEmpty(SecureCertPartition.Image image) {
        List<TlvEntry> keys = image.entries().stream()
                .map(SecureCertPartition.Placed::entry)
                .filter(entry -> entry.is(TlvType.PRIV_KEY))
                .toList();
        require(
                keys.size() == 1 && keys.get(0).value().length() == 0,
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

    private static Optional<CertificateDer> certificate(SecureCertPartition.Image image, TlvType type) {
        return image.first(type).map(entry -> Pem.readCertificate(entry.value().lend(Bytes::of), type.name()));
    }

    private static void require(boolean holds, java.util.function.Supplier<String> what) {
        if (!holds) {
            throw broken(what.get());
        }
    }

    private static DevpkiException broken(String what) {
        return DevpkiException.integrity("the esp_secure_cert image does not hold, and was not written: " + what);
    }
}
