package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.config.Codes;
import org.devpki.model.CodeSource;
import org.devpki.model.Explanation;
import org.devpki.model.MqttVersion;
import org.devpki.model.Quoted;
import org.devpki.mqtt.Attempt;

/** The rows of a probe as they come, and the words for what a broker answered. */
final class ProbeRows {
    /** What to do where nothing can be said. */
    static final String LOOK = "look at the broker and the way to it, and probe again; --timeout waits longer";

    private static final int MOST = 160;

    private final MqttVersion version;
    private final List<Explanation> known = Codes.all();
    private final List<Probed.Row> rows = new ArrayList<>();

    ProbeRows(MqttVersion version) {
        this.version = version;
    }

    List<Probed.Row> all() {
        return List.copyOf(rows);
    }

    void add(Probed.Row row) {
        rows.add(row);
    }

    /** @param fix what to do if it is wrong */
    void add(String name, String expected, String seen, Probed.Verdict verdict, String fix) {
        add(name, expected, seen, verdict, Optional.empty(), fix);
    }

    /** A row with the code of what the broker answered. */
    void add(String name, String expected, Attempt seen, Probed.Verdict verdict, String fix) {
        add(name, expected, words(seen), verdict, explained(seen), fix);
    }

    private void add(
            String name, String expected, String seen, Probed.Verdict verdict, Optional<Explanation> code, String fix) {
        Optional<String> advice =
                switch (verdict) {
                    case RIGHT, NOT_TRIED -> Optional.empty();
                    case WEAK, WRONG -> Optional.of(fix);
                };
        add(new Probed.Row(name, expected, seen, verdict, code, advice));
    }

    /** The number of the alert by which the broker refused in TLS, if it sent one (RFC 8446 section 6). */
    OptionalInt alert(Attempt attempt) {
        return attempt instanceof Attempt.Ended
                ? explained(attempt).map(Explanation::number).orElse(OptionalInt.empty())
                : OptionalInt.empty();
    }

    void notTried(String name, String expected, String why) {
        add(name, expected, "not tried: " + why, Probed.Verdict.NOT_TRIED, "");
    }

    static String words(Attempt attempt) {
        return attempt.match(
                accepted -> "accepted"
                        + accepted.session()
                                .assignedClientId()
                                .map(id -> ", as client ID " + Quoted.of(id))
                                .orElse(""),
                refused -> "refused, CONNACK code " + hex(refused.code())
                        + refused.reason()
                                .map(reason -> " " + Quoted.of(reason))
                                .orElse(""),
                ended -> switch (ended.how()) {
                    case DISTRUSTED -> "the device hung up: " + ended.words();
                    case CLOSED -> "refused in TLS or by hanging up: " + brief(ended.words());
                    case SILENT -> brief(ended.words());
                    case UNREACHABLE -> "not reached: " + brief(ended.words());
                });
    }

    /** What the TLS of the JDK says may have in it all that came, if that was no TLS. */
    private static String brief(String words) {
        return words.length() > MOST ? words.substring(0, MOST) + "…" : words;
    }

    /** The broker's CONNACK, or its alert in TLS. */
    Optional<Explanation> explained(Attempt attempt) {
        return attempt.match(
                accepted -> Optional.empty(),
                refused -> known.stream()
                        .filter(one ->
                                one.source() == version.codes() && one.number().equals(OptionalInt.of(refused.code())))
                        .findFirst(),
                ended -> new CodesInText(known)
                        .find(ended.words()).stream()
                                .flatMap(found -> found.explanations().stream())
                                .filter(one -> one.source() == CodeSource.TLS_ALERT)
                                .findFirst());
    }

    static String hex(int code) {
        return code < 0x80 ? Integer.toString(code) : String.format("0x%02x", code);
    }
}
