package org.devpki.app;

import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.CaName;
import org.devpki.model.CertificateStatus;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspCertId;
import org.devpki.model.SerialNumber;

/**
 * What the ledger says of certificates, looked up once for as long as none of their CA is revoked or released. Safe between
 * threads.
 */
final class KnownStatuses {
    private static final int MOST_STATUSES = 100_000;

    private final Workshop shop;
    private final Map<CaName, AsOf> found = new ConcurrentHashMap<>();

    /** Those of one CA as they are until its next revocation or release. */
    private record AsOf(long sequence, Map<SerialNumber, CertificateStatus> statuses) {}

    KnownStatuses(Workshop shop) {
        this.shop = shop;
    }

    /** @param sequence of the CA's last revocation or release, read before this is asked */
    CertificateStatus of(OcspCertId id, CaName ca, long sequence) {
        BigInteger value = id.serial();
        if (value.signum() <= 0 || value.bitLength() > 159) {
            return new CertificateStatus.Unknown();
        }
        SerialNumber serial = new SerialNumber(value);
        Map<SerialNumber, CertificateStatus> statuses = asOf(ca, sequence);
        CertificateStatus known = statuses.get(serial);
        if (known == null) {
            known = look(serial, ca);
            if (known.isKnown()) { // what is unknown may become good without a trace in the sequence
                statuses.put(serial, known);
            }
        }
        return known;
    }

    private Map<SerialNumber, CertificateStatus> asOf(CaName ca, long sequence) {
        return found.compute(
                        ca,
                        (name, old) -> old != null
                                        && old.sequence() == sequence
                                        && old.statuses().size() < MOST_STATUSES
                                ? old
                                : new AsOf(sequence, new ConcurrentHashMap<>()))
                .statuses();
    }

    private CertificateStatus look(SerialNumber serial, CaName ca) {
        return shop.store()
                .certificate(new IssuerAndSerialNumber(ca, serial))
                .map(LedgerCertificate::status)
                .orElse(new CertificateStatus.Unknown());
    }
}
