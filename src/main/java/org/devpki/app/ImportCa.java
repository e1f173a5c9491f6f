package org.devpki.app;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.devpki.ca.lint.LintSubject;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Renewal;
import org.devpki.model.Reservation;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Csrs;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCsr;
import org.devpki.x509.Pem;

/** Brings the certificate that a CA elsewhere made for a CA of this store, whose key waits here. */
public final class ImportCa {
    private final Workshop shop;
    private final Store store;

    ImportCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param file PEM or DER; of several certificates the first is the CA's; of a CA that is there already a new one for its key
     * @return whether anything changed
     * @throws DevpkiException NOT_FOUND without a request; CONFLICT if the certificate is for another key or name; REFUSED by
     *     lint, if it is over, or if no CA of this store issued it
     */
    public boolean run(CaName name, Bytes file, String origin) {
        ParsedCertificate own = Certificates.parse(Pem.readCertificate(file, origin));
        Optional<LedgerCa> known = store.ca(name).filter(shop.createCa()::isFinished);
        if (known.isPresent()) {
            return shop.reissueCa().bring(known.get(), own);
        }
        shop.refuseRestricted("imports no CA");
        CaRequest request = CaRequest.noted(store, name)
                .orElseThrow(() -> DevpkiException.notFound("no request of a CA " + name + " waits here")
                        .hint("devpki ca csr " + name + " --out " + name + ".csr"));
        refuseStranger(name, own, Csrs.parse(request.csr()));
        CaName parent = parent(own);
        try (Store.Held making = store.lock(Workshop.nameLock(parent, name.value()));
                Store.Held keys = store.lock(RewrapKeys.LOCK)) {
            Optional<LedgerCa> there = store.ca(name);
            there.filter(ca -> !ca.serial().equals(own.tbs().serialNumber())).ifPresent(ca -> {
                throw DevpkiException.conflict("CA " + name + " has certificate " + ca.serial() + " already");
            });
            refuseBad(own, Optional.of(parent));
            shop.createCa().refuseUnnameable(name, own.tbs(), parent);
            shop.refuseRevoked(parent);
            if (there.isEmpty()) {
                shop.createCa().refuseTaken(own.tbs().subject());
            }
            LedgerCa ca = there.orElseGet(() -> added(name, parent, request, own));
            shop.createCa().finish(ca);
            return true;
        }
    }

    private static void refuseStranger(CaName name, ParsedCertificate own, ParsedCsr csr) {
        String which = "certificate " + own.tbs().serial().toString(16);
        if (!own.tbs().publicKey().equals(csr.publicKey())) {
            throw DevpkiException.conflict(which + " is not for the key of CA " + name + " that waits here");
        }
        if (!own.tbs().subject().equals(csr.subject())) {
            throw DevpkiException.conflict(which + " is of "
                    + Names.text(own.tbs().subject()) + ", and what was asked for is " + Names.text(csr.subject()));
        }
    }

    private CaName parent(ParsedCertificate own) {
        return store.cas().stream()
                .map(LedgerCa::name)
                .filter(ca -> VerifyManifest.isIssuer(shop.certificate(ca), own))
                .findFirst()
                .orElseThrow(() -> DevpkiException.refused("no CA that this store knows issued the certificate: "
                                + Names.text(own.tbs().issuer()))
                        .hint("init --trust makes a store that knows the CAs of another"));
    }

    void refuseBad(ParsedCertificate own, Optional<CaName> parent) {
        if (!own.tbs().isCa()) {
            throw DevpkiException.refused("the certificate is not one for a CA");
        }
        if (own.tbs().notAfter().at().isBefore(shop.now())) {
            throw DevpkiException.refused(
                    "the certificate ended at " + own.tbs().notAfter().at());
        }
        LintSubject subject =
                LintSubject.of(own.tbs()).below(parent.map(shop::issuers).orElse(List.of()));
        Workshop.refuseErrors(shop.linter().certificate(subject), "the certificate");
    }

    private LedgerCa added(CaName name, CaName parent, CaRequest request, ParsedCertificate own) {
        note(shop, name, Optional.of(parent), request.profile(), own, Optional.empty());
        LedgerCa ca = new LedgerCa(name, Optional.of(parent), own.tbs().serialNumber(), request.keyUri());
        store.addCa(ca);
        return ca;
    }

    /**
     * What another ledger has, kept here as one's own would be; a run that was cut short may have begun it.
     *
     * @param followed the certificate of a CA that is reissued
     */
    static void note(
            Workshop shop,
            CaName name,
            Optional<CaName> parent,
            String profile,
            ParsedCertificate own,
            Optional<SerialNumber> followed) {
        IssuerAndSerialNumber of =
                new IssuerAndSerialNumber(parent.orElse(name), own.tbs().serialNumber());
        Optional<LedgerCertificate> before = shop.store().certificate(of);
        if (before.flatMap(LedgerCertificate::certificate)
                .filter(der -> !der.equals(own.der()))
                .isPresent()) {
            throw DevpkiException.conflict("the ledger has another certificate with serial " + of + " already");
        }
        if (before.isEmpty()) {
            Bytes order = own.der().octets().sha256(); // given elsewhere
            Set<SerialNumber> beside = followed.isEmpty()
                    ? Set.of()
                    : shop.store().certificatesNamed(name.value()).stream()
                            .filter(row -> row.reservation().ca().equals(of.issuer()) && row.isLive(shop.now()))
                            .map(LedgerCertificate::serial)
                            .collect(Collectors.toSet());
            shop.store()
                    .reserve(
                            new Reservation(
                                    of.issuer(),
                                    of.serial(),
                                    name.value(),
                                    profile,
                                    shop.profile(profile).source().sha256(),
                                    followed.map(old -> new Renewal(Renewal.Kind.RENEWED, old).mark(order))
                                            .orElse(order),
                                    own.tbs().publicKey().octets().sha256(),
                                    own.tbs().octets().sha256(),
                                    new Validity(
                                            own.tbs().notBefore().at(),
                                            own.tbs().notAfter().at()),
                                    0,
                                    Optional.empty(),
                                    false),
                            beside,
                            List.of(),
                            false);
        }
        if (before.flatMap(LedgerCertificate::certificate).isEmpty()) {
            shop.store().record(of, own.der());
        }
    }
}
