package org.devpki.app;

import java.security.SecureRandom;
import java.util.Optional;
import org.devpki.esp.NvsKeys;

/** Opens the keys that were chosen. */
final class NvsKeyring {
    private NvsKeyring() {}

    /** Those at hand, checked; empty for none and for fresh ones, which {@link #forImage} makes. */
    static Optional<NvsKeys> open(NvsKeyChoice choice) {
        return choice.match(
                none -> Optional.empty(),
                partition -> Optional.of(NvsKeys.read(partition.octets(), partition.origin())),
                derived -> Optional.of(NvsKeys.derived(derived.hmacKey(), derived.origin())),
                fresh -> Optional.empty());
    }

    /** Those for one image: what was opened, or new ones where new ones were chosen. */
    static Optional<NvsKeys> forImage(NvsKeyChoice choice, Optional<NvsKeys> opened, SecureRandom random) {
        return choice instanceof NvsKeyChoice.Fresh ? Optional.of(NvsKeys.random(random)) : opened;
    }
}
