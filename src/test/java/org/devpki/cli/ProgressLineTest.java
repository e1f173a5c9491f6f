package org.devpki.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.Fleet;
import org.devpki.testing.InProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressLineTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FixedClock clock = FixedClock.at("2026-03-01T12:00:00Z");

    private ProgressLine line(boolean isTerminal) {
        return new ProgressLine(new PrintStream(err, true, UTF_8), clock, isTerminal);
    }

    @Test
    void onATerminalOneLineChangesAndMakesRoomForWhatComesNext() {
        ProgressLine line = line(true);

        for (long done : new long[] {500, 1000, 1500, 2000}) {
            line.soFar("certificates", done, 2000);
            clock.advance(Duration.ofMillis(150));
        }
        line.clear();
        line.clear();

        String shown = "devpki: 1,500 of 2,000 certificates (75 %), 3,333/s, 0 s left";
        assertEquals(shown + "\r" + " ".repeat(shown.length()) + "\r", err.toString(UTF_8));
    }

    @Test
    void elsewhereALineIsSaidEveryTenSeconds() {
        ProgressLine line = line(false);

        for (long done = 0; done <= 25; done++) {
            line.soFar("certificates", done, 25);
            clock.advance(Duration.ofSeconds(1));
        }
        line.clear();

        assertEquals("""
                devpki: 10 of 25 certificates (40 %), 1.0/s, 15 s left
                devpki: 20 of 25 certificates (80 %), 1.0/s, 5 s left
                """, err.toString(UTF_8));
    }

    @Test
    void whatIsCountedNextHasAPaceOfItsOwn() {
        ProgressLine line = line(false);

        line.soFar("rows looked at", 1000, 1000);
        clock.advance(Duration.ofSeconds(10));
        line.soFar("devices", 0, 1000);
        clock.advance(Duration.ofSeconds(10));
        line.soFar("devices", 20, 1000);

        assertEquals("""
                devpki: 0 of 1,000 devices (0 %)
                devpki: 20 of 1,000 devices (2 %), 2.0/s, 8 min left
                """, err.toString(UTF_8));
    }

    @Test
    void aQuickDeedSaysNothing() {
        for (boolean isTerminal : new boolean[] {false, true}) {
            ProgressLine line = line(isTerminal);
            line.soFar("certificates", 1, 2);
            clock.advance(Duration.ofMillis(199));
            line.soFar("certificates", 2, 2);
        }

        assertEquals("", err.toString(UTF_8));
    }

    /** Ten seconds pass whenever somebody looks at it. */
    private static Clock hurrying() {
        AtomicLong looks = new AtomicLong();
        Instant start = Instant.now();
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return start.plusSeconds(10 * looks.incrementAndGet());
            }
        };
    }

    @Test
    void commandsThatDoMuchSayHowFarTheyAreUnlessTheyAreToBeQuiet(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        InProcess devpki = InProcess.in(folder).at(hurrying());
        devpki.run("init", "--root-key", "P-256", "--crl-url", "http://crl.example", "--ocsp-url", "http://o.example")
                .exiting(0);
        devpki.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
        String[] revoke = {"revoke", "--batch", "L3W47", "--yes"};
        Finished quiet = devpki.run("ocsp", "publish", "--quiet").exiting(0);
        String[] publish = {"ocsp", "publish", "--dir", folder.resolve("www").toString()};

        Finished published = devpki.run(publish).exiting(0);
        Fleet.like("d1", folder.resolve("pki/ledger.db")).fill("L3W47", 501);
        Finished revoked = devpki.run(revoke).exiting(0);

        assertTrue(revoked.err().contains("devpki: 500 of 501 certificates (99 %)"), revoked::err);
        assertTrue(published.err().contains("devpki: 4 of 4 certificates (100 %)"), published::err);
        assertFalse(revoked.out().contains(" of 501 "), revoked::out);
        assertEquals("", quiet.err());
    }
}
