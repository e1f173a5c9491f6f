package org.devpki.ca.lint;

import java.util.List;
import org.devpki.x509.ParsedCrl;

/** A rule for CRLs. */
public interface CrlRule extends LintRule {
    /** One sentence a fault, with the value and what would be right; empty when all is well. */
    List<String> complaints(ParsedCrl crl);
}
