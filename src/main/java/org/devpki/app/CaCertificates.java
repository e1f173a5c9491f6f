package org.devpki.app;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;

/**
 * CAs' own certificates. A CA that was reissued has several, for the same key and subject, and each verifies whatever the CA
 * issued; the last one counts. What was issued before keeps the chain that it was delivered with, for it ends before that
 * does (law 5), and the same order then makes the same files.
 */
final class CaCertificates {
    private final Workshop shop;
    private final Map<IssuerAndSerialNumber, ParsedCertificate> parsed = new ConcurrentHashMap<>();
    private final Map<CaName, List<LedgerCertificate>> delivered = new ConcurrentHashMap<>();

    CaCertificates(Workshop shop) {
        this.shop = shop;
    }

    /** After a change. */
    void forget() {
        delivered.clear();
    }

    /** The one that counts. */
    ParsedCertificate of(LedgerCa ca) {
        ParsedCertificate known = parsed.get(ca.issuerAndSerial());
        if (known == null) {
            known = parse(row(ca), ca);
        }
        return known;
    }

    /** The row of the one that counts. */
    LedgerCertificate row(LedgerCa ca) {
        return shop.store()
                .certificate(ca.issuerAndSerial())
                .orElseThrow(() -> DevpkiException.integrity("the ledger has no certificate of CA " + ca.name()));
    }

    /** All that came into force, in that order, whatever became of them. */
    List<LedgerCertificate> all(LedgerCa ca) {
        List<LedgerCertificate> known = delivered.get(ca.name());
        if (known == null) {
            Bytes key = of(ca).tbs().publicKey().octets().sha256();
            known = shop.store().certificatesNamed(ca.name().value()).stream()
                    .filter(row -> row.reservation().ca().equals(ca.issuer())
                            && row.reservation().keyHash().equals(key)
                            && row.state() == CertificateState.ISSUED
                            && row.deliveredAt().isPresent())
                    .toList();
            delivered.put(ca.name(), known);
        }
        return known;
    }

    /** Those of before that may still be in somebody's chain or trust: neither revoked nor over; the newest first. */
    List<ParsedCertificate> earlier(LedgerCa ca) {
        List<ParsedCertificate> found = new ArrayList<>();
        for (LedgerCertificate row : all(ca)) {
            if (row.isGood(shop.now()) && !row.serial().equals(ca.serial())) {
                found.add(0, parse(row, ca));
            }
        }
        return found;
    }

    /** Whether a certificate is, or was, the CA's own. */
    boolean has(LedgerCa ca, ParsedCertificate certificate) {
        return of(ca).equals(certificate)
                || all(ca).stream().anyMatch(row -> row.certificate().equals(Optional.of(certificate.der())));
    }

    /** All that are, or were, a CA's own. */
    Set<IssuerAndSerialNumber> every() {
        Set<IssuerAndSerialNumber> every = new HashSet<>();
        for (LedgerCa ca : shop.store().cas()) {
            every.add(ca.issuerAndSerial());
            all(ca).forEach(row -> every.add(row.issuerAndSerial()));
        }
        return every;
    }

    /** The certificates above a leaf, its issuer's first, the root last: those that counted when it was issued. */
    List<ParsedCertificate> above(CertificateDer leaf, CaName issuer) {
        if (!isAnyReissued(issuer)) { // which spares a look at the leaf's row
            return shop.issuers(issuer);
        }
        List<ParsedCertificate> above = new ArrayList<>();
        Optional<LedgerCertificate> row = shop.store()
                .certificate(new IssuerAndSerialNumber(
                        issuer, Certificates.parse(leaf).tbs().serialNumber()));
        Optional<CaName> at = Optional.of(issuer);
        while (at.isPresent()) {
            LedgerCa ca = shop.ca(at.get());
            LedgerCertificate own = whenIssued(ca, row);
            above.add(parse(own, ca));
            row = Optional.of(own);
            at = ca.parent();
        }
        return above;
    }

    private boolean isAnyReissued(CaName issuer) {
        LedgerCa ca = shop.ca(issuer);
        return all(ca).size() > 1 || ca.parent().filter(this::isAnyReissued).isPresent();
    }

    private LedgerCertificate whenIssued(LedgerCa ca, Optional<LedgerCertificate> issued) {
        List<LedgerCertificate> all = all(ca);
        return issued.flatMap(row -> named(all, row).or(() -> before(all, row)))
                .filter(own -> own.isGood(shop.now()))
                .orElseGet(() -> row(ca));
    }

    /** Some CAs of other programs name the issuer's certificate by its serial, and no other one fits then. */
    private Optional<LedgerCertificate> named(List<LedgerCertificate> all, LedgerCertificate issued) {
        return issued.certificate()
                .flatMap(der -> Certificates.parse(der).tbs().authorityCertSerial())
                .flatMap(serial -> all.stream()
                        .filter(own -> own.serial().value().equals(serial))
                        .findFirst());
    }

    private static Optional<LedgerCertificate> before(List<LedgerCertificate> all, LedgerCertificate issued) {
        Optional<LedgerCertificate> last = all.stream()
                .filter(own -> own.deliveredAt()
                        .filter(at -> !at.isAfter(issued.reservedAt()))
                        .isPresent())
                .reduce((one, next) -> next);
        return last.or(() -> all.stream().findFirst());
    }

    private ParsedCertificate parse(LedgerCertificate row, LedgerCa ca) {
        return parsed.computeIfAbsent(
                row.issuerAndSerial(),
                of -> Certificates.parse(row.certificate()
                        .orElseThrow(
                                () -> DevpkiException.integrity("the ledger has no certificate of CA " + ca.name()))));
    }
}
