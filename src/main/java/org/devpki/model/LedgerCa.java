package org.devpki.model;

import java.util.Optional;

/**
 * A CA as the ledger knows it.
 *
 * @param parent absent for a root
 * @param serial of its own certificate, which its parent (or itself) issued
 * @param keyUri where its key is, such as {@code file:issuing-ca.key.pem}
 */
public record LedgerCa(CaName name, Optional<CaName> parent, SerialNumber serial, String keyUri) {
    /** The scheme of a key URI that says: at the office, and not here. */
    public static final String OFFICE = "office";

    /** A CA whose certificates this store asks the office for. */
    public static LedgerCa atOffice(CaName name, Optional<CaName> parent, SerialNumber serial) {
        return new LedgerCa(name, parent, serial, OFFICE + ":" + name);
    }

    public boolean isAtOffice() {
        return keyUri.startsWith(OFFICE + ":");
    }
}
