package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.ca.lint.LintSubject;
import org.devpki.ca.lint.Linter;
import org.devpki.config.Profiles;
import org.devpki.esp.FlashedCredential;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.model.KeyHome;
import org.devpki.model.Profile;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;

/** Lints a certificate or CRL from anywhere; needs no store. */
public final class LintFile {
    private final Linter linter = new Linter();

    /**
     * What a certificate is held against, as far as it is at hand.
     *
     * @param issuer its CA's certificate, PEM or DER, and those above it
     * @param profile a profile that the first certificate should follow
     * @param site the site's profiles folder, where there is a store
     * @param target the chip that will use or check it
     * @param home where the chip will keep the key of the first certificate
     */
    public record Context(
            Optional<Bytes> issuer,
            Optional<String> profile,
            Optional<Path> site,
            Optional<Chip> target,
            Optional<KeyHome> home) {}

    /**
     * What lint says of each certificate of a file, in their order. One is held against the others that are above it, and
     * where they end, against the issuer's file.
     *
     * @throws DevpkiException INVALID_INPUT if there is no certificate in the file
     */
    public List<List<Finding>> certificates(Bytes file, String origin, Context context) {
        if (FlashedCredential.isImage(file)) {
            throw DevpkiException.invalid(origin + " is an esp_secure_cert image, not a certificate")
                    .hint("devpki bundle verify " + origin);
        }
        List<CertificateDer> all = Pem.readCertificates(file, origin);
        if (all.isEmpty()) {
            all = List.of(Pem.readCertificate(file, origin)); // which says what is there instead
        }
        List<CertificateDer> known = new ArrayList<>(all);
        List<CertificateDer> given = context.issuer()
                .map(octets -> Pem.readCertificates(octets, "the issuer file"))
                .orElse(List.of());
        known.addAll(given);
        Optional<Profile> made = context.profile()
                .map(name -> new Profiles(context.site().map(store -> new StoreFolder(store).profiles())).named(name));
        List<List<Finding>> findings = new ArrayList<>();
        for (CertificateDer certificate : all) {
            boolean isFirst = findings.isEmpty();
            LintSubject subject = LintSubject.of(Certificates.parse(certificate).tbs());
            List<CertificateDer> above = above(subject.tbs(), known);
            subject = subject.below((above.isEmpty() && isFirst ? given : above)
                    .stream().map(Certificates::parse).toList());
            findings.add(linter.certificate(new LintSubject(
                    subject.tbs(),
                    subject.issuer(),
                    made.filter(profile -> isFirst),
                    context.target(),
                    subject.issuers(),
                    context.home().filter(home -> isFirst))));
        }
        return findings;
    }

    /** Those above it, by their names; the root last, if it is known. */
    private static List<CertificateDer> above(ParsedTbs tbs, List<CertificateDer> known) {
        List<CertificateDer> above = new ArrayList<>();
        ParsedTbs at = tbs;
        while (!at.isSelfIssued() && above.size() <= known.size()) { // names may go round in a circle
            ParsedTbs below = at;
            Optional<CertificateDer> next = known.stream()
                    .filter(der -> Certificates.parse(der).tbs().subject().equals(below.issuer()))
                    .findFirst();
            if (next.isEmpty()) {
                break;
            }
            above.add(next.get());
            at = Certificates.parse(next.get()).tbs();
        }
        return above;
    }

    public List<Finding> crl(Bytes file, String origin) {
        return linter.crl(Crls.parse(Pem.readCrl(file, origin)));
    }

    /** Every rule, for a list of them. */
    public List<Finding> rules() {
        return linter.rules().stream()
                .map(rule -> new Finding(rule.id(), rule.severity(), "", rule.clause()))
                .toList();
    }

    /** Whether PEM text holds a CRL rather than a certificate. */
    public static boolean isCrl(Bytes file) {
        return Pem.isPem(file) && file.asUtf8().contains("-----BEGIN X509 CRL-----");
    }
}
