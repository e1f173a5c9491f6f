package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.ca.lint.LintSubject;
import org.devpki.ca.lint.Linter;
import org.devpki.config.Profiles;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.Finding;
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
     * @param issuer its CA's certificate, PEM or DER
     * @param profile a profile that it should follow
     * @param site the site's profiles folder, where there is a store
     * @param target the chip that will use or check it
     */
    public record Context(
            Optional<Bytes> issuer, Optional<String> profile, Optional<Path> site, Optional<Chip> target) {}

    public List<Finding> certificate(Bytes file, String origin, Context context) {
        ParsedTbs tbs = Certificates.parse(Pem.readCertificate(file, origin)).tbs();
        Optional<ParsedTbs> ca = context.issuer()
                .map(octets -> Certificates.parse(Pem.readCertificate(octets, "the issuer file"))
                        .tbs());
        Optional<Profile> made = context.profile()
                .map(name -> new Profiles(context.site().map(store -> new StoreFolder(store).profiles())).named(name));
        return linter.certificate(new LintSubject(tbs, ca, made, context.target()));
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
