package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.NotAfter;
import org.devpki.model.Validity;
import org.devpki.store.Store;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;

/** Reads the ledger for people and scripts. */
public final class ShowLedger {
    private static final int PAGE = 500;

    /**
     * A CA, described.
     *
     * @param issued how many certificates it has in the ledger
     * @param chain its own certificate and those above it
     */
    public record DescribedCa(
            LedgerCa ca,
            String subject,
            String key,
            Validity validity,
            String fingerprint,
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

    /** All certificates of a name, oldest first; empty when there are none. */
    public List<LedgerCertificate> named(String name) {
        return store.certificatesNamed(name);
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
                own.fingerprint().hex(),
                count(ca.name(), Optional.empty()),
                count(ca.name(), Optional.of(true)),
                chain);
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
