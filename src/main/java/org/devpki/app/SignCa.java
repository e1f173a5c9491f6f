package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.ca.CertificateOrder;
import org.devpki.ca.CsrReview;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.CsrDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.DistinguishedName;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.PublicKeyDer;
import org.devpki.store.Store;
import org.devpki.x509.Csrs;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCsr;

/** Issues a certificate to a CA whose key is elsewhere, by its request. */
public final class SignCa {
    /**
     * What a run brings back.
     *
     * @param chain the CA's certificate, then those above it, the root last
     * @param hasChanged false if the same order made the certificate before
     */
    public record Signed(List<CertificateDer> chain, boolean hasChanged) {}

    private final Workshop shop;
    private final Store store;

    SignCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param order whose parent issues; the common name is the request's, unless the order has one
     * @throws DevpkiException REFUSED by the profile, lint, the parent's end or what the request asks for; CONFLICT if the name
     *     is a CA's here, or has another certificate
     */
    public Signed run(CaOrder order, CsrDer csr) {
        shop.refuseHome("signs no CA");
        ParsedCsr parsed = Csrs.parse(csr);
        CaOrder named = order.called(order.commonName().or(() -> commonName(parsed)));
        if (store.ca(order.name()).isPresent()) {
            throw DevpkiException.conflict("there is a CA " + order.name() + " in this store already");
        }
        CaRequest.waitingFor(store, parsed.publicKey()).ifPresent(own -> {
            throw DevpkiException.conflict(
                            "the request is this store's own, for CA " + own + "; it is signed elsewhere")
                    .hint("devpki ca create makes a CA whose parent is here");
        });
        Profile profile = shop.createCa().profile(named);
        review(named, csr, profile);
        Bytes hash = Bytes.utf8(
                        named.hash().hex() + "\ncsr=" + csr.octets().sha256().hex())
                .sha256();
        return issued(named, profile, parsed.publicKey(), hash);
    }

    /** Issues by the order, unless the same one was carried out before. */
    Signed issued(CaOrder order, Profile profile, PublicKeyDer key, Bytes hash) {
        CertificateOrder wanted = new CertificateOrder(order.name().value(), key, List.of(), order.notAfter());
        try (Store.Held making =
                store.lock(Workshop.nameLock(order.issuer(), order.name().value()))) {
            List<LedgerCertificate> live = shop.createCa().live(order);
            Optional<LedgerCertificate> same = live.stream()
                    .filter(row -> row.state() == CertificateState.ISSUED
                            && row.revocation().isEmpty()
                            && row.reservation().orderHash().equals(hash))
                    .findFirst();
            if (same.isPresent()) {
                deliver(same.get());
                return signed(same.get().certificate().orElseThrow(), order, false);
            }
            live.stream()
                    .filter(row -> row.state() == CertificateState.ISSUED)
                    .findFirst()
                    .ifPresent(other -> {
                        throw DevpkiException.conflict("CA " + order.issuer() + " has certificate " + other.serial()
                                        + " for the name " + order.name() + " already, made by a different order")
                                .hint("devpki revoke --serial " + other.serial()
                                        + " --reason superseded, then sign again");
                    });
            new Issuing(shop).lint(profile, order.issuer(), wanted, Optional.empty());
            Issuing.Issued issued = new Issuing(shop)
                    .issue(
                            new Issuing.Wanted(
                                    order.name().value(),
                                    profile,
                                    order.issuer(),
                                    wanted,
                                    hash,
                                    Optional.empty(),
                                    false,
                                    live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                                    live.stream()
                                            .map(LedgerCertificate::issuerAndSerial)
                                            .toList(),
                                    Optional.empty(),
                                    certificate -> {}),
                            shop.authority(order.issuer()));
            store.deliver(issued.of(), CreateCa.DELIVERED);
            return signed(issued.certificate(), order, true);
        }
    }

    private void deliver(LedgerCertificate row) {
        if (row.deliveredAt().isEmpty()) { // a run was cut short
            store.deliver(row.issuerAndSerial(), CreateCa.DELIVERED);
        }
    }

    private static Optional<String> commonName(ParsedCsr csr) {
        return Names.attributes(csr.subject()).stream()
                .filter(attribute -> attribute.is(AttributeType.COMMON_NAME))
                .map(Names.ParsedAttribute::value)
                .findFirst();
    }

    private void review(CaOrder order, CsrDer csr, Profile profile) {
        DistinguishedName given = shop.planner().subject(profile, order.name().value());
        String commonName = given.attributes().stream()
                .filter(attribute -> attribute.type() == AttributeType.COMMON_NAME)
                .map(DistinguishedName.Attribute::value)
                .findFirst()
                .orElse("");
        CsrReview.review(csr, commonName, given, profile);
        shop.createCa().refuseTaken(Names.encode(given));
    }

    /** With the chain that the order's issuer has. */
    Signed signed(CertificateDer certificate, CaOrder order, boolean hasChanged) {
        List<CertificateDer> chain = new ArrayList<>(List.of(certificate));
        shop.issuers(order.issuer()).stream().map(ParsedCertificate::der).forEach(chain::add);
        return new Signed(chain, hasChanged);
    }
}
