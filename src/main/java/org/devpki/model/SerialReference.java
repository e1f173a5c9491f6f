package org.devpki.model;

import java.util.Optional;

/**
 * A serial as people write it: {@code 4f0a}, or {@code issuing-ca/4f0a} where another CA gave the same one.
 *
 * @param issuer the CA that gave it; any when absent
 */
public record SerialReference(Optional<CaName> issuer, SerialNumber serial) {
    /** @see SerialNumber#parse */
    public static SerialReference parse(String text) {
        int slash = text.indexOf('/');
        return new SerialReference(
                slash < 0
                        ? Optional.empty()
                        : Optional.of(new CaName(text.substring(0, slash).strip())),
                SerialNumber.parse(text.substring(slash + 1)));
    }

    public boolean isTo(LedgerCertificate row) {
        return row.serial().equals(serial)
                && issuer.filter(ca -> !ca.equals(row.reservation().ca())).isEmpty();
    }

    @Override
    public String toString() {
        return issuer.map(ca -> ca + "/").orElse("") + serial;
    }
}
