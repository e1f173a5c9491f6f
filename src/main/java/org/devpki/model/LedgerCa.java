package org.devpki.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A CA as the ledger knows it.
 *
 * @param parent absent for a root
 * @param serial of its own certificate, which its parent (or itself) issued
 * @param keyUri where its key is, such as {@code file:issuing-ca.key.pem}
 * @param succession who takes its orders over, and when
 * @param retiredAt since when it issues nothing; its CRLs and OCSP answers go on
 */
public record LedgerCa(
        CaName name,
        Optional<CaName> parent,
        SerialNumber serial,
        String keyUri,
        Optional<Succession> succession,
        Optional<Instant> retiredAt) {
    /** The scheme of a key URI that says: at the office, and not here. */
    public static final String OFFICE = "office";

    /** A new CA. */
    public LedgerCa(CaName name, Optional<CaName> parent, SerialNumber serial, String keyUri) {
        this(name, parent, serial, keyUri, Optional.empty(), Optional.empty());
    }

    /** A CA whose certificates this store asks the office for. */
    public static LedgerCa atOffice(CaName name, Optional<CaName> parent, SerialNumber serial) {
        return new LedgerCa(name, parent, serial, OFFICE + ":" + name);
    }

    public boolean isAtOffice() {
        return keyUri.startsWith(OFFICE + ":");
    }

    public boolean isRoot() {
        return parent.isEmpty();
    }

    /** Why a CA that is retired or not finished issues nothing. */
    public static String idle(CaName name, Optional<Instant> retiredAt) {
        return retiredAt
                .map(at -> "CA " + name + " is retired since " + at + ", and issues nothing")
                .orElse("CA " + name + " is not finished: its first CRL or its OCSP responder may be missing");
    }

    /** Who issued its own certificate. */
    public CaName issuer() {
        return parent.orElse(name);
    }

    /** Of its own certificate. */
    public IssuerAndSerialNumber issuerAndSerial() {
        return new IssuerAndSerialNumber(issuer(), serial);
    }
}
