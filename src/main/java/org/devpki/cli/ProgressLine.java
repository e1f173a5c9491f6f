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
    private Start start;
    private int shownColumns;

    /** Where a count began, which tells its rate. */
    private record Start(String what, Instant at, long done) {}

    ProgressLine(PrintStream err, Clock clock, boolean isTerminal) {
        this.err = err;
        this.clock = clock;
        this.isTerminal = isTerminal;
        this.told = clock.instant(); // a deed that is quick says nothing at all
        this.start = new Start("", told, 0);
    }

    synchronized void soFar(String what, long done, long all) {
        Instant now = clock.instant();
        if (!start.what().equals(what)) {
            start = new Start(what, now, done);
        }
        if (Duration.between(told, now).compareTo(isTerminal ? BETWEEN_CHANGES : BETWEEN_LINES) < 0) {
            return;
        }
        told = now;
        String line = String.format(
                Locale.ROOT,
                "devpki: %,d of %,d %s (%d %%)%s",
                done,
                all,
                what,
                all == 0 ? 100 : 100 * done / all,
                pace(now, done, all - done));
        if (isTerminal) {
            clear();
            err.print(line);
            err.flush();
            shownColumns = line.length();
        } else {
            err.println(line);
        }
    }

    /** {@code , 31/s, 5 min left}; nothing before anything was done. */
    private String pace(Instant now, long done, long left) {
        double seconds = Duration.between(start.at(), now).toMillis() / 1000.0;
        long since = done - start.done();
        if (since <= 0 || seconds <= 0) {
            return "";
        }
        double rate = since / seconds;
        String time = text(Duration.ofSeconds(Math.round(left / rate)));
        return String.format(Locale.ROOT, rate < 10 ? ", %.1f/s, %s left" : ", %,.0f/s, %s left", rate, time);
    }

    /** {@code 90 s}, {@code 5 min}. */
    static String text(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 120 ? seconds + " s" : Math.round(seconds / 60.0) + " min";
    }

    /** Makes room for whatever is printed next. */
    synchronized void clear() {
        if (shownColumns > 0) {
            err.print("\r" + " ".repeat(shownColumns) + "\r");
            err.flush();
            shownColumns = 0;
        }
    }
}
