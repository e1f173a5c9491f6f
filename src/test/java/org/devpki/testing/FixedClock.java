package org.devpki.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Safe between threads. */
public final class FixedClock extends Clock {
    private final AtomicReference<Instant> now;

    private FixedClock(Instant now) {
        this.now = new AtomicReference<>(now);
    }

    /** @param instant RFC 3339 */
    public static FixedClock at(String instant) {
        return new FixedClock(Instant.parse(instant));
    }

    public void set(String instant) {
        now.set(Instant.parse(instant));
    }

    public void advance(Duration step) {
        now.updateAndGet(instant -> instant.plus(step));
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
