package org.devpki.x509;

import org.devpki.model.Bytes;

/**
 * One extension as a certificate, CRL or request has it.
 *
 * @param isCriticalEncoded whether the BOOLEAN is there at all; DER forbids it for FALSE, the default (X.690 11.5)
 * @param value the octets inside the OCTET STRING
 */
public record ParsedExtension(String oid, boolean isCritical, boolean isCriticalEncoded, Bytes value) {
    /** Whether the value is in the one form that DER allows. */
    public boolean isCanonicalDer() {
        return Der.isCanonical(value.toArray());
    }
}
