package org.devpki.cli;

import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.NotAfter;
import picocli.CommandLine.Option;

/** How far a CA's certificate goes. */
final class CaLimitOptions {
    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description =
                    "Its end: 20y, an RFC 3339 instant, ca for its issuer's, 9999 for none (default: as the profile says).")
    Optional<String> notAfter = Optional.empty();

    @Option(
            names = "--path-length",
            paramLabel = "N",
            description = "How many CAs may follow below; no more than the profile allows (default: as it says).")
    Optional<Integer> pathLength = Optional.empty();

    Optional<NotAfter> end() {
        return notAfter.map(NotAfter::parse);
    }

    OptionalInt mostBelow() {
        return pathLength.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
