package org.devpki.model;

import java.time.Instant;

/**
 * What a manifest says of its batch as a whole.
 *
 * @param settings the options that hold for all rows
 */
public record ManifestHead(BatchId batch, String settings, Instant begunAt) {}
