package org.devpki.model;

import java.util.Optional;

/** One certificate that a line token has to allow. */
public record QuotaClaim(CaName ca, String profile, String name, Optional<BatchId> batch) {}
