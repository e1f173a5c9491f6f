package org.devpki.model;

import java.math.BigInteger;

/**
 * Which certificate an OCSP client asks about (RFC 6960 section 4.1.1).
 *
 * @param der the CertID as it came, to be repeated octet for octet
 * @param digest the hash's JDK name, such as {@code SHA-1}; {@code unknown} for one that devpki does not know
 * @param serial any integer that a client may send
 */
public record OcspCertId(Bytes der, String digest, Bytes issuerNameHash, Bytes issuerKeyHash, BigInteger serial) {}
