package org.devpki.model;

/**
 * What is committed before anything is signed.
 *
 * @param name the device's, CA's or responder's name, as the duplicate policy counts it
 * @param orderHash SHA-256 of what was ordered, to tell the same order from a different one
 * @param tbsHash SHA-256 of the octets that will be signed
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
        boolean isKeyMadeHere) {}
