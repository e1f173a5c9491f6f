package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceId;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.RevocationReason;
import org.devpki.model.SubjectAltName;

/**
 * What {@code issue} was told.
 *
 * @param profile the store's default when absent
 * @param key the profile's first kind when absent
 * @param batch that the certificate belongs to; kept in the ledger, and no part of what makes the order another
 * @param csr the request, when the key was made elsewhere
 * @param renewal when it follows a certificate that the device has
 */
public record DeviceOrder(
        DeviceId device,
        Optional<String> profile,
        Optional<CaName> ca,
        Optional<KeySpec> key,
        Optional<CsrDer> csr,
        Optional<NotAfter> notAfter,
        Optional<BatchId> batch,
        List<SubjectAltName> sans,
        PackingOrder packing,
        Optional<RenewalOrder> renewal) {
    public DeviceOrder {
        sans = List.copyOf(sans);
    }

    /** The same, packed otherwise. */
    DeviceOrder packed(PackingOrder other) {
        return new DeviceOrder(device, profile, ca, key, csr, notAfter, batch, sans, other, renewal);
    }

    /** The same, where what is replaced is revoked for a reason. */
    DeviceOrder because(RevocationReason reason) {
        return new DeviceOrder(
                device,
                profile,
                ca,
                key,
                csr,
                notAfter,
                batch,
                sans,
                packing,
                renewal.map(wanted -> wanted.because(reason)));
    }

    /** SHA-256 of everything that makes it this order; where the files go is not part of it. */
    Bytes hash(String profileName, CaName caName, KeySpec keySpec, KeyHome home) {
        return Bytes.utf8("profile=" + profileName + "\nca=" + caName + "\nkey="
                        + csr.map(der -> "csr " + der.octets().sha256().hex()).orElse(keySpec.text()) + "\nnot-after="
                        + notAfter.map(NotAfter::text).orElse("") + "\nsan="
                        + String.join(
                                ",", sans.stream().map(SubjectAltName::text).toList())
                        + renewal.flatMap(RenewalOrder::reason)
                                .map(reason -> "\nreason=" + reason.text())
                                .orElse("")
                        + packing.essence(home))
                .sha256();
    }
}
