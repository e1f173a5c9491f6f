package org.devpki.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;

/**
 * An input in UTF-8, read a line at a time beside those who take the lines, so that they may do something when none comes.
 * One line is read ahead and no more; what is longer than a line may be is read past, and kept just long enough to show.
 */
final class LineByLine implements AutoCloseable {
    private final SynchronousQueue<Optional<String>> handed = new SynchronousQueue<>();
    private final Reader in;
    private final int mostCharacters;
    private final Thread reading = new Thread(this::handAll, "lines");
    private volatile Optional<IOException> failure = Optional.empty();

    LineByLine(InputStream in, int mostCharacters) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.mostCharacters = mostCharacters;
        reading.setDaemon(true); // a read cannot be called off
        reading.start();
    }

    /**
     * The next line without its end; empty at the end of input.
     *
     * @param meanwhile done each time when no line came for so long
     */
    Optional<String> next(Optional<Duration> patience, Runnable meanwhile) {
        long nanos = patience.map(Duration::toNanos).orElse(Long.MAX_VALUE);
        try {
            Optional<String> line = handed.poll(nanos, TimeUnit.NANOSECONDS);
            while (line == null) { // so says the queue that none came
                meanwhile.run();
                line = handed.poll(nanos, TimeUnit.NANOSECONDS);
            }
            failure.ifPresent(e -> {
                throw WholeFiles.failed("cannot read standard input", e);
            });
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DevpkiException.busy("interrupted while waiting for a line").causedBy(e);
        }
    }

    private void handAll() {
        try {
            Optional<String> line;
            do {
                line = read();
                handed.put(line);
            } while (line.isPresent());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody takes any more
        }
    }

    private Optional<String> read() {
        try {
            StringBuilder line = new StringBuilder();
            int character = in.read();
            if (character < 0) {
                return Optional.empty();
            }
            for (; character >= 0 && character != '\n'; character = in.read()) {
                if (line.length() <= mostCharacters) {
                    line.append((char) character);
                }
            }
            int last = line.length() - 1;
            return Optional.of(last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString());
        } catch (IOException e) {
            failure = Optional.of(e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        reading.interrupt();
    }
}
