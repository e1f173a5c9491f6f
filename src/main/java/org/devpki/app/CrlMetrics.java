package org.devpki.app;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;

/**
 * What a publication came to, as a file for the textfile collector of Prometheus' node_exporter. It is written when this
 * is closed, also when the publication failed, so that an alarm can fire.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the text format</a>
 */
public final class CrlMetrics implements AutoCloseable {
    private final Optional<Path> file;
    private final Clock clock;
    private List<ShelvedCrl> crls = List.of();
    private boolean isSuccess = false;

    /** @param file none is written when absent */
    public CrlMetrics(Optional<Path> file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    boolean areWanted() {
        return file.isPresent();
    }

    /** @param onShelf what is there now, as far as it is legible */
    void note(List<ShelvedCrl> onShelf, boolean isWhole) {
        crls = onShelf;
        isSuccess = isWhole;
    }

    @Override
    public void close() {
        file.ifPresent(to -> WholeFiles.write(to, Bytes.utf8(text()), Modes.PUBLIC_FILE));
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        head(text, "publish_success", "Whether the last run of crl publish did all that it was to do.");
        text.append("devpki_crl_publish_success ").append(isSuccess ? 1 : 0).append('\n');
        head(text, "publish_timestamp_seconds", "When crl publish last ran, well or not.");
        text.append("devpki_crl_publish_timestamp_seconds ")
                .append(clock.instant().getEpochSecond())
                .append('\n');
        each(text, "this_update_timestamp_seconds", "When the CRL was made.", crl -> seconds(crl.thisUpdate()));
        each(text, "next_update_timestamp_seconds", "When the CRL expires.", crl -> seconds(crl.nextUpdate()));
        each(text, "number", "The CRL number.", ShelvedCrl::number);
        each(text, "entries", "How many certificates the CRL lists.", ShelvedCrl::entries);
        each(text, "bytes", "Size of the CRL's DER.", ShelvedCrl::bytes);
        each(
                text,
                "behind",
                "Whether the ledger knows of revocations that the CRL lacks.",
                crl -> crl.isBehind() ? 1 : 0);
        return text.toString();
    }

    private void each(StringBuilder text, String name, String help, Function<ShelvedCrl, Object> value) {
        head(text, name, help);
        for (ShelvedCrl crl : crls) { // a CRL's name has no character that a label would have to escape
            text.append("devpki_crl_")
                    .append(name)
                    .append("{crl=\"")
                    .append(crl.name())
                    .append("\"} ")
                    .append(value.apply(crl))
                    .append('\n');
        }
    }

    private static void head(StringBuilder text, String name, String help) {
        text.append("# HELP devpki_crl_").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE devpki_crl_").append(name).append(" gauge\n");
    }

    private static long seconds(Instant at) {
        return at.getEpochSecond();
    }
}
