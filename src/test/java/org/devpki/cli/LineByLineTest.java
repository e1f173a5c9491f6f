package org.devpki.cli;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.devpki.model.Fault;
import org.junit.jupiter.api.Test;

class LineByLineTest {
    private static final int MOST = 10;

    private static List<String> all(InputStream in) {
        List<String> all = new ArrayList<>();
        try (LineByLine lines = new LineByLine(in, MOST)) {
            Optional<String> line = next(lines);
            while (line.isPresent()) {
                all.add(line.get());
                line = next(lines);
            }
        }
        return all;
    }

    private static Optional<String> next(LineByLine lines) {
        return lines.next(Optional.empty(), () -> {});
    }

    private static InputStream of(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void linesComeWithoutTheirEndsWhateverTheyAre() {
        assertEquals(List.of("a", "", "b", "\u00e4"), all(of("a\n\nb\r\n\u00e4")));
        assertEquals(List.of("a"), all(of("a\n")));
        assertEquals(List.of(), all(of("")));
    }

    /** An input without end of line must not fill the memory. */
    @Test
    void ofALineThatIsTooLongNoMoreIsKeptThanShowsIt() {
        assertEquals(
                List.of("d".repeat(MOST), "e".repeat(MOST + 1), "f"),
                all(of("d".repeat(MOST) + "\n" + "e".repeat(1000) + "\nf\n")));
    }

    @Test
    void whileNoLineComesSomethingElseIsDoneAgainAndAgain() throws IOException {
        AtomicInteger times = new AtomicInteger();
        try (PipedOutputStream late = new PipedOutputStream();
                LineByLine lines = new LineByLine(new PipedInputStream(late), MOST)) {

            Optional<String> line = lines.next(Optional.of(Duration.ofMillis(5)), () -> {
                if (times.incrementAndGet() == 3) {
                    write(late, "a\n");
                }
            });

            assertEquals(Optional.of("a"), line);
            assertTrue(times.get() >= 3, times::toString);
        }
    }

    private static void write(PipedOutputStream to, String text) {
        try {
            to.write(text.getBytes(StandardCharsets.UTF_8));
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anInputThatBreaksOffIsAFailureAndNotTheEnd() {
        InputStream broken = new PipedInputStream(); // to which nothing is connected

        assertFault(Fault.STORE_FAILED, "cannot read standard input: pipe not connected", () -> all(broken));
    }
}
