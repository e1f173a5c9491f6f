package org.devpki.x509;

import java.util.List;
import org.devpki.model.CsrDer;
import org.devpki.model.NameDer;
import org.devpki.model.PublicKeyDer;

/**
 * A certification request, taken apart (RFC 2986 section 4).
 *
 * @param signatureOid of the AlgorithmIdentifier
 * @param attributeOids all attributes, the extension request among them
 * @param extensions what the extension request asks for (RFC 2985 section 5.4.2)
 */
public record ParsedCsr(
        CsrDer der,
        NameDer subject,
        PublicKeyDer publicKey,
        String signatureOid,
        List<String> attributeOids,
        List<ParsedExtension> extensions) {

    public static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

    /** Whether the request was signed by the key that it names, by an algorithm that devpki itself uses. */
    public boolean isSignedByItsKey() {
        return Seals.verify(der.octets(), publicKey);
    }
}
