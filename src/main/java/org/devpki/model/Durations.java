package org.devpki.model;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write them: {@code 30s}, {@code 15m}, {@code 36h}, {@code 90d}, {@code 2w}, {@code 10y}. */
public final class Durations {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})([smhdwy])");
    private static final int MOST_DAYS = 3_650_000;

    private Durations() {}

    /** A year is 365 days. */
    public static Duration parse(String text) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            throw DevpkiException.invalid("duration " + Quoted.of(text) + " is not a number with s, m, h, d, w or y");
        }
        long count = Long.parseLong(match.group(1));
        Duration duration =
                switch (match.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    case "w" -> Duration.ofDays(7 * count);
                    default -> Duration.ofDays(365 * count);
                };
        if (duration.toDays() > MOST_DAYS) {
            throw DevpkiException.invalid("duration " + Quoted.of(text) + " is more than 10000 years");
        }
        return duration;
    }

    /** The shortest form that {@link #parse} reads back, down to seconds. */
    public static String format(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds != 0 && seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds != 0 && seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 && seconds != 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
