package org.devpki.model;

import java.util.Optional;

/**
 * What all certificates for a CA's key have in common, so that what it issued chains to each of them: its name, octet for octet
 * (RFC 5280 section 6.1), and the key identifier that the certificates below it refer to (section 4.2.1.1).
 *
 * @param subjectKeyId absent where its certificate has none
 */
public record CaIdentity(NameDer subject, Optional<Bytes> subjectKeyId) {}
