package org.devpki.app;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.LedgerCa;
import org.devpki.model.OcspCertId;
import org.devpki.x509.Keys;
import org.devpki.x509.Ocsp;
import org.devpki.x509.ParsedTbs;

/** The CAs of the store by the hashes that an OCSP client names them with. Safe between threads. */
final class Issuers {
    /** A CertID without its serial (RFC 6960 section 4.1.1). */
    private record Hashes(String digest, Bytes name, Bytes key) {}

    private final Workshop shop;
    private final Map<Hashes, CaName> names = new ConcurrentHashMap<>();
    private final Set<LedgerCa> known = ConcurrentHashMap.newKeySet();

    Issuers(Workshop shop) {
        this.shop = shop;
    }

    /** Whose certificate is asked about; a CA that was added a moment ago counts. */
    Optional<CaName> of(OcspCertId id) {
        Hashes asked = new Hashes(id.digest(), id.issuerNameHash(), id.issuerKeyHash());
        if (!names.containsKey(asked)) {
            shop.store().cas().stream().filter(ca -> !known.contains(ca)).forEach(this::add);
        }
        return Optional.ofNullable(names.get(asked));
    }

    private void add(LedgerCa ca) {
        ParsedTbs tbs = shop.certificate(ca.name()).tbs();
        for (String digest : Ocsp.digests()) {
            Hashes hashes =
                    new Hashes(digest, tbs.subject().octets().digest(digest), Keys.bitsHash(tbs.publicKey(), digest));
            names.put(hashes, ca.name());
        }
        known.add(ca); // last: another thread that finds it here finds its names too
    }
}
