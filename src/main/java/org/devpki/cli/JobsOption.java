package org.devpki.cli;

import java.util.Optional;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Option;

/** How much is done at once. */
final class JobsOption {
    private static final int MOST_JOBS = 64;

    /** A row waits for the disk more than half of its time. */
    private static final int ROWS_FOR_EACH_CORE = 8;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "How much is done at once (default: what keeps all cores busy).")
    Optional<Integer> jobs = Optional.empty();

    /** For rows of a batch. */
    int orForRows() {
        return orFor(ROWS_FOR_EACH_CORE);
    }

    /** @param forEachCore where nothing is told: more than 1 for work that often waits for the disk */
    int orFor(int forEachCore) {
        int wanted = jobs.orElse(
                Math.min(MOST_JOBS, forEachCore * Runtime.getRuntime().availableProcessors()));
        if (wanted < 1 || wanted > MOST_JOBS) {
            throw DevpkiException.invalid("--jobs " + wanted + " is not 1 to " + MOST_JOBS);
        }
        return wanted;
    }
}
