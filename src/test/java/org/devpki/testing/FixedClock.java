package org.devpki.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it, unless it was told to tick. Safe between threads. */
public final class FixedClock extends Clock {
    private final AtomicReference<Instant> now;

    private final Duration step;

    private FixedClock(Instant now, Duration step) {
        this.now = new AtomicReference<>(now);
        this.step = step;
    }

    /** @param instant RFC 3339 */
    public static FixedClock at(String instant) {
        return new FixedClock(Instant.parse(instant), Duration.ZERO);
    }

    /** The same, but that it goes on by this much with every look at it. */
    public FixedClock tickingBy(Duration tick) {
        return new FixedClock(now.get(), tick);
    }

    public void set(String instant) {
        now.set(Instant.parse(instant));
    }

    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    @Override
    public Instant instant() {
        return now.getAndUpdate(instant -> instant.plus(step));
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
