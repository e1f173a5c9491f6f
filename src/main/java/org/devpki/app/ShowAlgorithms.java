package org.devpki.app;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.AlgorithmMark;
import org.devpki.model.BatchId;
import org.devpki.model.CertificateState;
import org.devpki.model.CrlName;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;

/** Tells which kinds of keys and signatures are in use, by whom, and until when. */
public final class ShowAlgorithms {
    /** What something is used as. */
    public enum Role {
        CA,
        RESPONDER,
        CERTIFICATE,
        CRL;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Certificates or CRLs alike.
     *
     * @param name the CA's; of certificates and responders the profile's
     * @param key the kind of key that is certified; empty for CRLs
     * @param signature the RFC's name of what signs them, or a dotted OID that devpki does not sign by
     */
    public record Use(Role role, String name, Optional<String> key, String signature, Set<AlgorithmMark> marks) {
        public Use {
            marks = Set.copyOf(marks);
        }
    }

    /**
     * @param count how many there are
     * @param latestEnd when the last of them ends; of CRLs the next update
     */
    public record Counted(Use use, long count, Instant latestEnd) {
        private Counted and(Instant end) {
            return new Counted(use, count + 1, end.isAfter(latestEnd) ? end : latestEnd);
        }
    }

    private static final Comparator<Counted> ORDER = Comparator.comparing(
                    (Counted counted) -> counted.use().role())
            .thenComparing(counted -> counted.use().name())
            .thenComparing(counted -> counted.use().key().orElse(""))
            .thenComparing(counted -> counted.use().signature())
            .thenComparing(Counted::latestEnd);

    private final Workshop shop;
    private final Map<Use, Counted> counted = new HashMap<>();

    ShowAlgorithms(Workshop shop) {
        this.shop = shop;
    }

    /**
     * All that is in force: CAs and certificates that are neither revoked, held nor expired, published CRLs that are
     * not over.
     */
    public List<Counted> run() {
        List<LedgerCa> cas = shop.store().cas();
        Set<IssuerAndSerialNumber> own = shop.caCertificates().every();
        Instant now = shop.now();
        for (LedgerCa ca : cas) {
            ParsedTbs tbs = shop.certificate(ca.name()).tbs();
            if (tbs.notAfter().at().isAfter(now) && shop.revokedAmong(ca.name()).isEmpty()) {
                count(Role.CA, ca.name().value(), tbs);
            }
        }
        shop.showLedger().each(live(), row -> {
            if (row.state() == CertificateState.ISSUED && row.isLive(now) && !own.contains(row.issuerAndSerial())) {
                count(row);
            }
        });
        shop.publishingCas().forEach(this::countCrls);
        return counted.values().stream().sorted(ORDER).toList();
    }

    private static ShowLedger.Query live() {
        return new ShowLedger.Query(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(false),
                Optional.<BatchId>empty(),
                Optional.empty(),
                Optional.empty());
    }

    private void count(LedgerCertificate row) {
        String profile = row.reservation().profile();
        Role role = profile.equals(Delegates.Task.OCSP.profile()) ? Role.RESPONDER : Role.CERTIFICATE;
        count(role, profile, Certificates.parse(row.certificate().orElseThrow()).tbs());
    }

    private void count(Role role, String name, ParsedTbs tbs) {
        count(
                role,
                name,
                Optional.of(Keys.spec(tbs.publicKey())),
                tbs.signatureOid(),
                tbs.notAfter().at());
    }

    private void countCrls(LedgerCa ca) {
        try (CrlShelf shelf = CrlShelf.own(shop)) {
            for (CrlName name : new CrlNames(shop).all(ca)) {
                shelf.crlIfSound(name, shop.certificate(ca.name()).tbs().publicKey())
                        .filter(crl -> end(crl).isAfter(shop.now()))
                        .ifPresent(crl ->
                                count(Role.CRL, ca.name().value(), Optional.empty(), crl.signatureOid(), end(crl)));
            }
        }
    }

    private static Instant end(ParsedCrl crl) {
        return crl.nextUpdate().orElse(crl.thisUpdate());
    }

    /** @param key absent where there is none; empty inside for one of unknown kind */
    private void count(Role role, String name, Optional<Optional<KeySpec>> key, String signatureOid, Instant end) {
        Use use = new Use(
                role,
                name,
                key.map(spec -> spec.map(KeySpec::text).orElse("unknown")),
                SignatureAlgorithm.ofOid(signatureOid)
                        .map(SignatureAlgorithm::text)
                        .orElse(signatureOid),
                AlgorithmMark.of(key.flatMap(spec -> spec), signatureOid, end));
        counted.merge(use, new Counted(use, 1, end), (before, one) -> before.and(end));
    }
}
