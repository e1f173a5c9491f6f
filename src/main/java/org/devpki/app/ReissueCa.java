package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.ca.Authority;
import org.devpki.ca.CertificateOrder;
import org.devpki.ca.CsrReview;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateState;
import org.devpki.model.CsrDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.model.Renewal;
import org.devpki.model.Validity;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Csrs;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.SigningKey;

/**
 * Gives a CA a new certificate for the key and the name that it has: one that ends later, or says what its profile says by now.
 * All that the CA issued chains to either. docs/adr/0027-reissued-cas.md tells which of them who gets.
 */
public final class ReissueCa {
    /**
     * What a run brings back.
     *
     * @param before the certificate that counted until then, or still does
     * @param hasChanged false if the same order made the certificate before
     */
    public record Reissued(LedgerCertificate certificate, LedgerCertificate before, boolean hasChanged) {}

    private final Workshop shop;
    private final Store store;

    ReissueCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * By the CA's issuer, whose key is here; a root by itself.
     *
     * @param profile that it follows from now on; the one that it has when absent
     * @throws DevpkiException REFUSED if the CA or its issuer issues nothing, by lint, or if it would end before what it issued
     */
    public Reissued run(CaName name, Optional<String> profile, Optional<NotAfter> end) {
        shop.refuseHome("reissues no CA");
        LedgerCa ca = shop.ca(name);
        refuseIdle(ca);
        if (shop.ca(ca.issuer()).isAtOffice()) {
            throw DevpkiException.refused(
                            "the key of CA " + ca.issuer() + ", which issues for " + name + ", is elsewhere")
                    .hint("devpki ca reissue " + name + " --csr FILE, then devpki ca sign FILE --reissue there");
        }
        ParsedTbs own = shop.certificate(name).tbs();
        CaOrder again = shop.createCa().again(ca, ca.parent(), end);
        CaOrder order = profile.map(again::by).orElse(again);
        try (Store.Held making = store.lock(Workshop.nameLock(ca.issuer(), name.value()))) {
            shop.forgetCas(); // another process may have reissued it before this one had the lock
            LedgerCertificate before = shop.caCertificates().row(shop.ca(name));
            Reissued reissued = issued(order, own, before, shop.lastEnd(ca));
            if (reissued.hasChanged()) {
                store.reissue(name, reissued.certificate().issuerAndSerial());
                shop.forgetCas();
            }
            InitStore.shelveIssuers(shop); // also what a run did not come to
            return reissued;
        }
    }

    /**
     * For a CA whose key is elsewhere, and whose certificate this store issued.
     *
     * @throws DevpkiException NOT_FOUND if it has none; REFUSED if that is for another key or name than the request; else as
     *     {@link #run}
     */
    public SignCa.Signed sign(CaOrder order, CsrDer csr) {
        shop.refuseHome("signs no CA");
        try (Store.Held making =
                store.lock(Workshop.nameLock(order.issuer(), order.name().value()))) {
            LedgerCertificate before = shop.createCa().live(order).stream()
                    .filter(row -> row.deliveredAt().isPresent())
                    .reduce((one, next) -> next)
                    .orElseThrow(() -> DevpkiException.notFound(
                                    "CA " + order.issuer() + " has no live certificate for a CA " + order.name())
                            .hint("devpki ca sign without --reissue issues the first"));
            ParsedTbs own =
                    Certificates.parse(before.certificate().orElseThrow()).tbs();
            CsrReview.reviewAgain(csr, own);
            Reissued reissued = issued(order, own, before, Optional.empty());
            if (reissued.hasChanged()) {
                store.deliver(reissued.certificate().issuerAndSerial(), CreateCa.DELIVERED);
            }
            return shop.signCa()
                    .signed(reissued.certificate().certificate().orElseThrow(), order, reissued.hasChanged());
        }
    }

    /**
     * Brings a certificate that was made elsewhere.
     *
     * @return whether anything changed
     * @throws DevpkiException CONFLICT if it is not for the CA's key and name; REFUSED by lint, if it is over, ends too early, or
     *     is not of the CA's issuer
     */
    boolean bring(LedgerCa ca, ParsedCertificate brought) {
        CaName name = ca.name();
        try (Store.Held making = store.lock(Workshop.nameLock(ca.issuer(), name.value()))) {
            if (shop.caCertificates().has(ca, brought)) {
                return false;
            }
            ParsedTbs own = shop.certificate(name).tbs();
            ParsedTbs tbs = brought.tbs();
            if (!tbs.publicKey().equals(own.publicKey())
                    || !tbs.subject().equals(own.subject())
                    || !tbs.subjectKeyId().equals(own.subjectKeyId())) {
                throw DevpkiException.conflict("CA " + name + " has certificate " + ca.serial()
                        + " already, and certificate " + tbs.serial().toString(16)
                        + " is not for the same key and name");
            }
            ParsedCertificate issuer = ca.parent().map(shop::certificate).orElse(brought);
            if (!ForeignSeals.isIssuer(issuer, brought)) {
                throw DevpkiException.refused("certificate " + tbs.serial().toString(16) + " is not of CA "
                        + ca.issuer() + ", which issued the one of before");
            }
            shop.importCa().refuseBad(brought, ca.parent());
            refuseShort(name, tbs.notAfter().at(), shop.lastEnd(ca));
            ImportCa.note(
                    shop,
                    name,
                    ca.parent(),
                    shop.caCertificates().row(ca).reservation().profile(),
                    brought,
                    Optional.of(ca.serial()));
            store.reissue(name, new IssuerAndSerialNumber(ca.issuer(), tbs.serialNumber()));
            shop.forgetCas();
            InitStore.shelveIssuers(shop);
            return true;
        }
    }

    /** The request for a CA whose issuer is elsewhere, by its own key. */
    public CsrDer request(CaName name) {
        shop.refuseRestricted("reissues no CA");
        LedgerCa ca = shop.ca(name);
        refuseIdle(ca);
        ParsedTbs own = shop.certificate(name).tbs();
        try (SigningKey key = shop.keyRing().open(ca.keyUri(), own.publicKey())) {
            return Csrs.request(key, own.subject());
        }
    }

    /** An expired CA may be reissued, and then issues again; one that is retired, begun, revoked or elsewhere may not. */
    private void refuseIdle(LedgerCa ca) {
        if (ca.isAtOffice()) {
            throw DevpkiException.refused("the key of CA " + ca.name() + " is elsewhere, and so is it reissued")
                    .hint("devpki ca import " + ca.name() + " --cert FILE brings the certificate");
        }
        shop.refuseIdle(ca.name());
    }

    /** @param last when the last certificate ends that must not outlive the CA, where that is known */
    private Reissued issued(CaOrder order, ParsedTbs own, LedgerCertificate before, Optional<Instant> last) {
        Profile profile = shop.createCa().profile(order, own);
        Bytes hash = Bytes.utf8("reissue\n" + order.hash().hex()).sha256();
        Optional<Renewal> answered = before.reservation()
                .renewal()
                .filter(renewal ->
                        renewal.mark(hash).equals(before.reservation().orderHash()));
        if (answered.isPresent() && isYoung(before)) {
            return new Reissued(
                    before,
                    store.certificate(new IssuerAndSerialNumber(
                                    order.issuer(), answered.get().of()))
                            .orElse(before),
                    false);
        }
        Bytes mark = new Renewal(Renewal.Kind.RENEWED, before.serial()).mark(hash);
        List<LedgerCertificate> live = shop.createCa().live(order);
        List<LedgerCertificate> begun =
                live.stream().filter(row -> row.deliveredAt().isEmpty()).toList();
        Optional<LedgerCertificate> recorded = begun.stream()
                .filter(row -> row.state() == CertificateState.ISSUED
                        && row.reservation().orderHash().equals(mark))
                .findFirst();
        if (recorded.isPresent()) { // a run was cut short
            return new Reissued(recorded.get(), before, true);
        }
        CertificateOrder wanted =
                new CertificateOrder(order.name().value(), own.publicKey(), List.of(), order.notAfter());
        refuseShort(order.name(), end(order, profile, wanted), last);
        Issuing.Issued issued = issue(
                order,
                new Issuing.Wanted(
                        order.name().value(),
                        profile,
                        order.issuer(),
                        wanted,
                        mark,
                        Optional.empty(),
                        false,
                        live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                        begun.stream().map(LedgerCertificate::issuerAndSerial).toList(),
                        Optional.empty(),
                        certificate -> {}));
        return new Reissued(store.certificate(issued.of()).orElseThrow(), before, true);
    }

    private Issuing.Issued issue(CaOrder order, Issuing.Wanted wanted) {
        Authority authority = shop.authority(order.issuer());
        Issuing issuing = new Issuing(shop);
        return order.parent().isEmpty() ? issuing.issueSelfSigned(wanted, authority) : issuing.issue(wanted, authority);
    }

    /** Looked at by lint too, under an issuer; a root's is, before it is signed. */
    private Instant end(CaOrder order, Profile profile, CertificateOrder wanted) {
        return order.parent().isEmpty()
                ? shop.planner()
                        .planSelfSigned(profile, wanted, order.name())
                        .validity()
                        .notAfter()
                : new Issuing(shop)
                        .lint(profile, order.issuer(), wanted, Optional.empty())
                        .notAfter()
                        .at();
    }

    private static void refuseShort(CaName name, Instant end, Optional<Instant> last) {
        last.filter(end::isBefore).ifPresent(later -> {
            throw DevpkiException.refused("CA " + name + " would end at " + end
                    + ", before the last certificate that it issued, which ends at " + later);
        });
    }

    /** So nobody who orders twice gets two; the same order in the second half of its life is meant. */
    private boolean isYoung(LedgerCertificate row) {
        Validity validity = row.reservation().validity();
        Duration half =
                Duration.between(validity.notBefore(), validity.notAfter()).dividedBy(2);
        return shop.now().isBefore(validity.notBefore().plus(half));
    }
}
