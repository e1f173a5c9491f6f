package org.devpki.model;

import java.util.Optional;
import java.util.function.Function;

/** What came of a row of a batch. */
public sealed interface BatchOutcome {
    /** Its certificate was delivered. */
    record Done(IssuerAndSerialNumber of) implements BatchOutcome {}

    /** @param sentence why nothing was */
    record Failed(String sentence) implements BatchOutcome {}

    /** What was delivered, if anything was. */
    default Optional<IssuerAndSerialNumber> certificate() {
        return match(done -> Optional.of(done.of()), failed -> Optional.empty());
    }

    default <T> T match(Function<Done, T> done, Function<Failed, T> failed) {
        return this instanceof Done d ? done.apply(d) : failed.apply((Failed) this);
    }
}
