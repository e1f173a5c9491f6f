package org.devpki.model;

import java.util.Locale;

/** How far a certificate has come in the ledger. Revocation is told apart, see {@link LedgerCertificate}. */
public enum CertificateState {
    /** Its serial is taken and it may have been signed. */
    RESERVED,
    /** It is signed, verified and recorded. */
    ISSUED,
    /** Lint refused it before it was signed. */
    REFUSED;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
