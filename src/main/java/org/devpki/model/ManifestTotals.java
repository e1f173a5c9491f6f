package org.devpki.model;

/**
 * What a manifest says besides its devices.
 *
 * @param root of the Merkle tree over them, 32 octets
 */
public record ManifestTotals(ManifestHead head, long devices, long files, Bytes root) {}
