package org.devpki.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How far a long deed is, on standard error: on a terminal one line that changes, else a line now and then. */
final class ProgressLine {
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(200);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintStream err;
    private final Clock clock;
    private final boolean isTerminal;
    private Instant told;
    private int shownColumns;

    ProgressLine(PrintStream err, Clock clock, boolean isTerminal) {
        this.err = err;
        this.clock = clock;
        this.isTerminal = isTerminal;
        this.told = clock.instant(); // a deed that is quick says nothing at all
    }

    void soFar(String what, long done, long all) {
        Instant now = clock.instant();
        if (Duration.between(told, now).compareTo(isTerminal ? BETWEEN_CHANGES : BETWEEN_LINES) < 0) {
            return;
        }
        told = now;
        String line = String.format(
                Locale.ROOT, "devpki: %,d of %,d %s (%d %%)", done, all, what, all == 0 ? 100 : 100 * done / all);
        if (isTerminal) {
            clear();
            err.print(line);
            err.flush();
            shownColumns = line.length();
        } else {
            err.println(line);
        }
    }

    /** Makes room for whatever is printed next. */
    void clear() {
        if (shownColumns > 0) {
            err.print("\r" + " ".repeat(shownColumns) + "\r");
            err.flush();
            shownColumns = 0;
        }
    }
}
