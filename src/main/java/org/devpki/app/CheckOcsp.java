package org.devpki.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.devpki.config.SettingsFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateStatus;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Fault;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspResponse;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Certificates;
import org.devpki.x509.OcspClient;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedOcspResponse;

/**
 * Asks a responder, or looks at published answers, as monitoring does: about one live and one revoked certificate of each
 * CA that has a responder. Changes nothing and needs no key.
 */
public final class CheckOcsp {
    /** Revoked certificates that have expired are no longer answered for; there are not so many in a row. */
    private static final int MOST_EXPIRED = 1000;

    /** How far the clock of whoever made the answer may be ahead. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(2);

    /**
     * What was found out with one certificate.
     *
     * @param expected what the ledger says of it
     * @param remaining until nextUpdate; zero or less when it is too late, empty when there is no answer
     * @param problem in words; empty when all is well
     */
    public record Checked(
            CaName ca,
            SerialNumber serial,
            CertificateStatus expected,
            Optional<Instant> nextUpdate,
            Optional<Duration> remaining,
            Optional<String> problem,
            Urgency urgency) {}

    private final Workshop shop;

    CheckOcsp(Workshop shop) {
        this.shop = shop;
    }

    /** Whom to ask: who was named, or else who stands in certificates. */
    public String url(Optional<String> named) {
        return named.map(SettingsFile::url)
                .or(() -> shop.settings().ocspUrl())
                .orElseThrow(() -> DevpkiException.invalid("devpki.yaml has no urls.ocsp to ask")
                        .hint("devpki ocsp check --url http://127.0.0.1:8888/"));
    }

    /** Published answers to look at. */
    public OcspSource folder(Path folder) {
        return new OcspFolder(folder);
    }

    /** The answers in the store's own folder; none if it is empty, for then they are published elsewhere or not at all. */
    List<Checked> own() {
        Path folder = shop.folder().ocsp();
        return WholeFiles.list(folder).isEmpty() ? List.of() : run(folder(folder), Optional.empty());
    }

    /** How bad it is, taken together. */
    public static Urgency urgency(List<Checked> answers) {
        return answers.stream().map(Checked::urgency).reduce(Urgency.NONE, Urgency::or);
    }

    /**
     * @param minRemaining when attention is due; half the answer's life when absent
     * @throws DevpkiException INTEGRITY if an answer is damaged, not signed by the CA's responder, or wrong
     */
    public List<Checked> run(OcspSource source, Optional<Duration> minRemaining) {
        Responders responders = new Responders(shop);
        List<Checked> all = new ArrayList<>();
        for (LedgerCa ca : shop.publishingCas()) {
            if (responders.has(ca.name())) {
                ParsedCertificate issuer = shop.certificate(ca.name());
                sample(ca.name()).forEach(row -> all.add(check(row, issuer, source, minRemaining)));
            }
        }
        if (all.isEmpty()) {
            throw DevpkiException.notFound("no CA of this store has an OCSP responder and a certificate to ask about");
        }
        return all;
    }

    private Stream<LedgerCertificate> sample(CaName ca) {
        Stream<LedgerCertificate> live = shop.store().live(ca, OptionalInt.empty(), 1).stream();
        Stream<LedgerCertificate> revoked = shop.store().lastRevoked(ca, OptionalInt.empty(), MOST_EXPIRED).stream()
                .filter(row -> !row.reservation().validity().isExpired(shop.now()))
                .limit(1);
        return Stream.concat(live, revoked);
    }

    private Checked check(
            LedgerCertificate row, ParsedCertificate issuer, OcspSource source, Optional<Duration> minRemaining) {
        Bytes request = OcspClient.request(row.serial().value(), issuer.tbs());
        ParsedOcspResponse response;
        try {
            response = parsed(source.answer(request), row, source);
        } catch (DevpkiException e) {
            if (e.fault() == Fault.NOT_FOUND) {
                return unanswered(row, e.sentence());
            }
            throw e;
        }
        if (response.singles().isEmpty()) {
            return unanswered(row, "the answer is " + response.status());
        }
        ParsedOcspResponse.Single single = response.singles().stream()
                .filter(one -> one.serial().equals(row.serial().value()))
                .findFirst()
                .orElseThrow(() -> wrong(row, source, "is about another certificate"));
        if (!isByResponder(response, issuer)) {
            throw wrong(row, source, "is not signed by a delegated responder of the CA");
        }
        return judged(row, single, source, minRemaining);
    }

    private Checked judged(
            LedgerCertificate row,
            ParsedOcspResponse.Single single,
            OcspSource source,
            Optional<Duration> minRemaining) {
        Instant now = shop.now();
        if (single.thisUpdate().isAfter(now.plus(CLOCK_TOLERANCE))) {
            throw wrong(row, source, "is of " + single.thisUpdate() + ", which is yet to come");
        }
        Instant end = single.nextUpdate().orElseThrow(() -> wrong(row, source, "has no nextUpdate"));
        Duration remaining = Duration.between(now, end);
        // read after the answer was: a certificate that was revoked in between is no wrong answer
        CertificateStatus expected = shop.store()
                .certificate(row.issuerAndSerial())
                .map(LedgerCertificate::status)
                .orElseGet(row::status);
        boolean isTrue = single.status().equals(expected.asTold());
        if (!isTrue && !isOvertaken(single, expected)) {
            throw wrong(row, source, "says " + single.status().word() + ", but it is " + expected.word());
        }
        Duration least = minRemaining.orElse(
                Duration.between(new OcspResponse.Freshness(single.thisUpdate(), end).renewal(), end));
        Optional<String> problem = remaining.isNegative() || remaining.isZero()
                ? Optional.of("expired at " + end)
                : !isTrue
                        ? Optional.of("says " + single.status().word() + ", which it was at " + single.thisUpdate())
                        : remaining.compareTo(least) < 0 ? Optional.of("is due to be renewed") : Optional.empty();
        Urgency urgency = remaining.isNegative() || remaining.isZero()
                ? Urgency.TOO_LATE
                : problem.isPresent() ? Urgency.SOON : Urgency.NONE;
        return new Checked(
                row.reservation().ca(),
                row.serial(),
                expected,
                Optional.of(end),
                Optional.of(remaining),
                problem,
                urgency);
    }

    private static ParsedOcspResponse parsed(Bytes answer, LedgerCertificate row, OcspSource source) {
        try {
            return OcspClient.parse(answer);
        } catch (DevpkiException e) {
            throw wrong(row, source, "is damaged: " + e.sentence()).causedBy(e);
        }
    }

    private boolean isByResponder(ParsedOcspResponse response, ParsedCertificate issuer) {
        if (response.responder().isEmpty() || !response.isSignedByResponder()) {
            return false;
        }
        ParsedCertificate responder = Certificates.parse(response.responder().get());
        return responder.tbs().issuer().equals(issuer.tbs().subject())
                && responder.isSignedBy(issuer)
                && responder.tbs().extendedKeyUsage().orElse(List.of()).contains(ExtendedKeyUsage.OCSP_SIGNING.oid())
                && shop.row(responder).filter(row -> row.revocation().isEmpty()).isPresent();
    }

    /** Whether the answer was right when it was made, before the last revocation or release. */
    private static boolean isOvertaken(ParsedOcspResponse.Single single, CertificateStatus expected) {
        return expected.match(
                good -> single.status() instanceof CertificateStatus.Revoked told
                        && told.reason() == RevocationReason.CERTIFICATE_HOLD,
                revoked -> revoked.at().isAfter(single.thisUpdate()),
                unknown -> false);
    }

    private static Checked unanswered(LedgerCertificate row, String problem) {
        return new Checked(
                row.reservation().ca(),
                row.serial(),
                row.status(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(problem),
                Urgency.TOO_LATE);
    }

    private static DevpkiException wrong(LedgerCertificate row, OcspSource source, String how) {
        return DevpkiException.integrity("the answer of " + source.place() + " about certificate " + row.serial()
                + " of " + row.reservation().ca() + " " + how);
    }
}
