package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.ca.CrlScope;
import org.devpki.model.Bytes;
import org.devpki.model.CrlName;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.x509.Certificates;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/** Looks at a certificate as a broker would, and at what the ledger says of it. */
public final class VerifyCertificate {
    /** What became of a certificate. */
    public enum Verdict {
        VALID,
        EXPIRED,
        NOT_VALID
    }

    /**
     * One thing that was looked at.
     *
     * @param isWarning whether it holds, and may bite somebody all the same
     */
    public record Line(boolean holds, boolean isWarning, String sentence) {
        public Line(boolean holds, String sentence) {
            this(holds, false, sentence);
        }
    }

    /** All that was looked at, and what it comes to. */
    public record Verified(Verdict verdict, String subject, String serial, List<Line> lines) {}

    private final Workshop shop;

    VerifyCertificate(Workshop shop) {
        this.shop = shop;
    }

    /** @param file PEM or DER; of several certificates the first */
    public Verified run(Bytes file, String origin) {
        ParsedCertificate leaf = Certificates.parse(Pem.readCertificate(file, origin));
        List<Line> lines = new ArrayList<>();
        boolean isExpired = false;
        ParsedCertificate at = leaf;
        Optional<LedgerCa> issuer = issuer(at);
        if (issuer.isEmpty()) {
            lines.add(new Line(
                    false,
                    "no CA of this store issued it: " + Names.text(leaf.tbs().issuer())));
        }
        while (issuer.isPresent()) {
            LedgerCa ca = issuer.get();
            String who = Names.text(at.tbs().subject());
            lines.add(new Line(true, who + " is signed by " + ca.name()));
            isExpired |= !checkValidity(at, who, lines);
            checkCrl(at, ca, who, lines);
            checkLedger(at, who, lines);
            if (ca.parent().isEmpty() && at.tbs().isSelfIssued()) {
                break;
            }
            at = shop.certificate(ca.name());
            issuer = issuer(at);
        }
        boolean hasFailed = lines.stream().anyMatch(line -> !line.holds());
        Verdict verdict =
                !hasFailed ? Verdict.VALID : isExpired && failures(lines) == 1 ? Verdict.EXPIRED : Verdict.NOT_VALID;
        return new Verified(
                verdict, Names.text(leaf.tbs().subject()), leaf.tbs().serial().toString(16), lines);
    }

    private static long failures(List<Line> lines) {
        return lines.stream().filter(line -> !line.holds()).count();
    }

    private Optional<LedgerCa> issuer(ParsedCertificate certificate) {
        return shop.store().cas().stream()
                .filter(ca -> ForeignSeals.isIssuer(shop.certificate(ca.name()), certificate))
                .findFirst();
    }

    private boolean checkValidity(ParsedCertificate certificate, String who, List<Line> lines) {
        Instant now = shop.now();
        Instant start = certificate.tbs().notBefore().at();
        Instant end = certificate.tbs().notAfter().at();
        boolean holds = !now.isBefore(start) && !now.isAfter(end);
        lines.add(new Line(holds, who + " is " + (holds ? "" : "not ") + "within " + start + " to " + end));
        return holds || now.isBefore(start);
    }

    private void checkCrl(ParsedCertificate certificate, LedgerCa ca, String who, List<Line> lines) {
        if (certificate.tbs().isSelfIssued() || shop.isKeyless()) { // what is revoked the office knows
            return;
        }
        ParsedCertificate own = shop.certificate(ca.name());
        Optional<ParsedCrl> crl =
                CrlShelf.own(shop).crl(crlName(certificate, ca), own.tbs().publicKey());
        if (crl.isEmpty() && ca.isAtOffice()) {
            return;
        }
        if (crl.isEmpty()) {
            lines.add(new Line(false, "there is no published CRL of " + ca.name()));
            return;
        }
        boolean isCovered = CrlScope.covers(crl.get(), certificate.tbs());
        boolean isListed = CrlScope.entry(crl.get(), certificate.tbs()).isPresent();
        boolean isExpired = crl.get().isExpired(shop.now());
        String name =
                "published CRL " + crl.get().number().map(Object::toString).orElse("") + " of " + ca.name();
        lines.add(new Line(
                isCovered && !isListed && !isExpired,
                isExpired
                        ? "the " + name + " is expired"
                        : !isCovered
                                ? "the " + name + " has a different scope than " + who
                                : who + " is " + (isListed ? "" : "not ") + "on the " + name));
    }

    /** The CRL that the certificate's distribution point names: its shard's, or the main one. */
    private CrlName crlName(ParsedCertificate certificate, LedgerCa ca) {
        int shard = shop.store()
                .certificate(
                        new IssuerAndSerialNumber(ca.name(), certificate.tbs().serialNumber()))
                .map(row -> row.reservation().shard())
                .orElse(0);
        return CrlName.ofShard(ca.name(), shard);
    }

    private void checkLedger(ParsedCertificate certificate, String who, List<Line> lines) {
        Optional<LedgerCertificate> row = shop.row(certificate);
        if (row.isEmpty()) {
            lines.add(new Line(false, who + " is not in the ledger, octet for octet"));
            return;
        }
        String standing = row.get().standing(shop.now());
        boolean holds = standing.equals("valid") || standing.equals("expired"); // expiry is told above
        lines.add(new Line(holds, who + " is " + standing + " in the ledger"));
    }
}
