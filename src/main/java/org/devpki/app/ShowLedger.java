package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.AuditEntry;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.NotAfter;
import org.devpki.model.Quoted;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.store.Store;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedTbs;

/** Reads the ledger for people and scripts. */
public final class ShowLedger {
    private static final int PAGE = 500;

    /**
     * A CA, described.
     *
     * @param pathLength how many CAs may follow below; no limit when absent
     * @param earlier those of its certificates that counted before and are still good, the newest first
     * @param issued how many certificates it has in the ledger
     * @param chain its own certificate and those above it
     */
    public record DescribedCa(
            LedgerCa ca,
            String subject,
            String key,
            Validity validity,
            OptionalInt pathLength,
            CaStanding standing,
            String fingerprint,
            List<SerialNumber> earlier,
            long issued,
            long revoked,
            List<CertificateDer> chain) {}

    /** Which certificates a list shows; empty members do not narrow it. */
    public record Query(
            Optional<CaName> ca,
            Optional<String> namePrefix,
            Optional<String> profile,
            Optional<NotAfter> expiresWithin,
            Optional<Boolean> isRevoked,
            Optional<BatchId> batch,
            Optional<Instant> revokedSince,
            Optional<LifeState> life) {
        /** All of a batch. */
        static Query of(BatchId batch) {
            return new Query(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(batch),
                    Optional.empty(),
                    Optional.empty());
        }

        /** Those of a CA by a profile that are neither revoked nor held. */
        static Query live(CaName ca, String profile) {
            return new Query(
                    Optional.of(ca),
                    Optional.empty(),
                    Optional.of(profile),
                    Optional.empty(),
                    Optional.of(false),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        /** The same, of revoked and held ones only. */
        Query revoked() {
            return new Query(ca, namePrefix, profile, expiresWithin, Optional.of(true), batch, revokedSince, life);
        }
    }

    private final Workshop shop;
    private final Store store;

    ShowLedger(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /** Each certificate, oldest first; read page by page, so memory stays flat. */
    public void each(Query query, Consumer<LedgerCertificate> consumer) {
        Store.Filter filter = new Store.Filter(
                query.ca(),
                query.namePrefix(),
                query.profile(),
                query.expiresWithin().map(this::limit),
                query.isRevoked(),
                query.batch(),
                query.revokedSince(),
                query.life());
        long after = 0;
        List<LedgerCertificate> page;
        do {
            page = store.certificates(filter, after, PAGE);
            for (LedgerCertificate row : page) {
                consumer.accept(row);
                after = row.id();
            }
        } while (page.size() == PAGE);
    }

    /**
     * All certificates of a name, oldest first.
     *
     * @throws DevpkiException NOT_FOUND if there are none
     */
    public List<LedgerCertificate> known(String name) {
        List<LedgerCertificate> rows = store.certificatesNamed(name);
        if (rows.isEmpty()) {
            throw DevpkiException.notFound("there is no certificate named " + Quoted.of(name))
                    .hint("devpki device list");
        }
        return rows;
    }

    /** What the audit has about a name and its certificates, first to last. */
    public List<AuditEntry> audit(String name, List<LedgerCertificate> rows) {
        Set<String> subjects = Stream.concat(
                        Stream.of(name), rows.stream().map(row -> row.serial().hex()))
                .collect(Collectors.toSet());
        return store.auditEntries(subjects).stream()
                .filter(entry -> entry.subject().equals(name)
                        || rows.stream().anyMatch(row -> isAbout(entry, row.issuerAndSerial())))
                .toList();
    }

    /** Entries of before ledgers told serials of several CAs apart name none. */
    private static boolean isAbout(AuditEntry entry, IssuerAndSerialNumber of) {
        String ca = "ca=";
        return entry.subject().equals(of.serial().hex())
                && (!entry.detail().startsWith(ca) || (entry.detail() + " ").startsWith(ca + of.issuer() + " "));
    }

    public Instant now() {
        return shop.now();
    }

    public List<DescribedCa> cas() {
        return store.cas().stream().map(this::describe).toList();
    }

    public DescribedCa ca(CaName name) {
        return describe(shop.ca(name));
    }

    private DescribedCa describe(LedgerCa ca) {
        ParsedCertificate own = shop.certificate(ca.name());
        List<CertificateDer> chain = new ArrayList<>();
        for (LedgerCa at = ca; ; at = shop.ca(at.parent().get())) {
            chain.add(shop.certificate(at.name()).der());
            if (at.parent().isEmpty()) {
                break;
            }
        }
        return new DescribedCa(
                ca,
                Names.text(own.tbs().subject()),
                Keys.spec(own.tbs().publicKey()).map(spec -> spec.text()).orElse("unknown"),
                new Validity(own.tbs().notBefore().at(), own.tbs().notAfter().at()),
                own.tbs()
                        .basicConstraints()
                        .map(ParsedTbs.BasicConstraints::pathLength)
                        .orElse(OptionalInt.empty()),
                standing(ca),
                own.fingerprint().hex(),
                shop.caCertificates().earlier(ca).stream()
                        .map(cert -> cert.tbs().serialNumber())
                        .toList(),
                count(ca.name(), Optional.empty()),
                count(ca.name(), Optional.of(true)),
                chain);
    }

    private CaStanding standing(LedgerCa ca) {
        Instant now = shop.now();
        if (shop.revokedAmong(ca.name()).isPresent()) {
            return CaStanding.REVOKED;
        }
        if (shop.certificate(ca.name()).tbs().notAfter().at().isBefore(now)) {
            return CaStanding.EXPIRED;
        }
        if (!shop.createCa().isFinished(ca)) {
            return CaStanding.UNFINISHED;
        }
        if (ca.retiredAt().isPresent()) {
            return CaStanding.RETIRED;
        }
        return ca.succession().filter(known -> known.isInForce(now)).isPresent()
                ? CaStanding.SUCCEEDED
                : CaStanding.ISSUES;
    }

    /**
     * The CAs that something still hangs on, as a broker is to believe them: those before a rotation and those after it, with
     * each certificate of a CA that was reissued.
     */
    public List<CertificateDer> bundle() {
        return shop.publishingCas().stream()
                .flatMap(ca -> Stream.concat(
                        Stream.of(shop.certificate(ca.name()))
                                .filter(own -> own.tbs().notAfter().at().isAfter(shop.now())),
                        shop.caCertificates().earlier(ca).stream()))
                .map(ParsedCertificate::der)
                .toList();
    }

    private long count(CaName ca, Optional<Boolean> isRevoked) {
        return store.count(Store.Filter.all().of(ca).revoked(isRevoked));
    }

    private Instant limit(NotAfter within) {
        return within.match(
                in -> shop.now().plus(in.length()),
                ca -> Validity.NO_WELL_DEFINED_EXPIRATION,
                never -> Validity.NO_WELL_DEFINED_EXPIRATION,
                at -> at.instant());
    }
}
