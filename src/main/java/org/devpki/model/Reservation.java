package org.devpki.model;

import java.util.Optional;

/**
 * What is committed before anything is signed.
 *
 * @param name the device's, CA's or responder's name, as the duplicate policy counts it
 * @param orderHash SHA-256 of what was ordered, to tell the same order from a different one; behind it, where the
 *     certificate follows another one, its {@link Renewal}
 * @param tbsHash SHA-256 of the octets that will be signed
 * @param shard of the CRL that its distribution point names; 0 for the main one
 * @param batch that it was ordered in
 * @param isKeyMadeHere whether the private key exists only in the process that reserves, until it is delivered
 */
public record Reservation(
        CaName ca,
        SerialNumber serial,
        String name,
        String profile,
        Bytes profileHash,
        Bytes orderHash,
        Bytes keyHash,
        Bytes tbsHash,
        Validity validity,
        int shard,
        Optional<BatchId> batch,
        boolean isKeyMadeHere) {
    /** In place of a profile's name, of a certificate that only a CRL or another program's ledger tells of. */
    public static final String UNKNOWN_PROFILE = "unknown";

    /** The name of such a certificate, or of one whose own name no device may have. */
    public static String unknownName(SerialNumber serial) {
        return "unknown-" + serial.hex();
    }

    public IssuerAndSerialNumber issuerAndSerial() {
        return new IssuerAndSerialNumber(ca, serial);
    }

    /** Which certificate it follows, if it does. */
    public Optional<Renewal> renewal() {
        return Renewal.ofMarked(orderHash);
    }
}
