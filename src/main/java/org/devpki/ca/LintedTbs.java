package org.devpki.ca;

import java.util.List;
import java.util.stream.Collectors;
import org.devpki.ca.lint.LintSubject;
import org.devpki.ca.lint.Linter;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.model.OctetSource;
import org.devpki.x509.Crls;

/** To-be-signed octets that lint has passed; nothing else reaches a CA key. */
public final class LintedTbs {
    private final OctetSource octets;
    private final List<Finding> warnings;

    private LintedTbs(OctetSource octets, List<Finding> warnings) {
        this.octets = octets;
        this.warnings = List.copyOf(warnings);
    }

    /** @throws DevpkiException REFUSED with every complaint */
    public static LintedTbs certificate(LintSubject subject, Linter linter) {
        return passing("certificate", subject.tbs().octets(), linter.certificate(subject));
    }

    /** @throws DevpkiException REFUSED with every complaint */
    public static LintedTbs crl(OctetSource tbs, Linter linter) {
        return passing("CRL", tbs, linter.crl(Crls.parseTbs(tbs)));
    }

    private static LintedTbs passing(String what, OctetSource octets, List<Finding> findings) {
        List<Finding> errors = findings.stream().filter(Finding::isError).toList();
        if (!errors.isEmpty()) {
            throw DevpkiException.refused("lint refuses the " + what + ": "
                    + errors.stream().map(Finding::text).collect(Collectors.joining("; ")));
        }
        return new LintedTbs(octets, findings);
    }

    public OctetSource octets() {
        return octets;
    }

    /** What lint found, and is no error. */
    public List<Finding> warnings() {
        return warnings;
    }
}
