package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceId;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.SecretBytes;
import org.devpki.model.SubjectAltName;

/**
 * What {@code issue} was told.
 *
 * @param profile the store's default when absent
 * @param key the profile's first kind when absent
 * @param csr the request, when the key was made elsewhere
 * @param formats names of exporters; none for what suits the certificate
 * @param exportPassphrase for formats that put the key under one
 */
public record DeviceOrder(
        DeviceId device,
        Optional<String> profile,
        Optional<CaName> ca,
        Optional<KeySpec> key,
        Optional<CsrDer> csr,
        Optional<NotAfter> notAfter,
        List<SubjectAltName> sans,
        List<String> formats,
        Optional<SecretBytes> exportPassphrase,
        Destination destination) {
    public DeviceOrder {
        sans = List.copyOf(sans);
        formats = List.copyOf(formats);
    }

    /** SHA-256 of everything that makes it this order; where the files go is not part of it. */
    Bytes hash(String profileName, CaName caName, KeySpec keySpec) {
        return Bytes.utf8("profile=" + profileName + "\nca=" + caName + "\nkey="
                        + csr.map(der -> "csr " + der.octets().sha256().hex()).orElse(keySpec.text()) + "\nnot-after="
                        + notAfter.map(NotAfter::text).orElse("") + "\nsan="
                        + String.join(
                                ",", sans.stream().map(SubjectAltName::text).toList()))
                .sha256();
    }
}
