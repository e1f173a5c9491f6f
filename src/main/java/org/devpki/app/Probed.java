package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.Explanation;

/**
 * What was seen of a broker.
 *
 * @param protocol of TLS, such as {@code TLSv1.3}; empty without TLS, or where it came to none
 * @param identity what the broker takes the device for, as far as it shows
 */
public record Probed(
        Optional<String> protocol, Optional<String> cipherSuite, List<Shown> chain, String identity, List<Row> rows) {
    /** What a row comes to. */
    public enum Verdict {
        /** As it must be. */
        RIGHT,
        /** It works, and somebody should look. */
        WEAK,
        /** A device is kept out, or somebody let in. */
        WRONG,
        /** Nothing was tried, or nothing can be said. */
        NOT_TRIED
    }

    /**
     * One thing that was tried.
     *
     * @param name such as {@code no-certificate}
     * @param expected what must come of it
     * @param seen what came of it
     * @param code of the broker's answer, explained
     * @param fix what to do, unless it is right
     */
    public record Row(
            String name,
            String expected,
            String seen,
            Verdict verdict,
            Optional<Explanation> code,
            Optional<String> fix) {}

    /** A certificate that the broker showed. */
    public record Shown(String subject, String issuer, String ends) {}

    public Verdict verdict() {
        return rows.stream().anyMatch(row -> row.verdict() == Verdict.WRONG)
                ? Verdict.WRONG
                : rows.stream().anyMatch(row -> row.verdict() == Verdict.WEAK) ? Verdict.WEAK : Verdict.RIGHT;
    }
}
