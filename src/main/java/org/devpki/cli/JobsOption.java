package org.devpki.cli;

import org.devpki.model.DevpkiException;
import picocli.CommandLine.Option;

/** How much is done at once. */
final class JobsOption {
    private static final int MOST_JOBS = 64;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "How much is done at once (default: as much as there are cores).")
    int jobs = Runtime.getRuntime().availableProcessors();

    int checked() {
        if (jobs < 1 || jobs > MOST_JOBS) {
            throw DevpkiException.invalid("--jobs " + jobs + " is not 1 to " + MOST_JOBS);
        }
        return jobs;
    }
}
