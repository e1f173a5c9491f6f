package org.devpki.cli;

import java.util.List;
import java.util.Locale;
import org.devpki.app.ShowKeys;
import org.devpki.model.Fault;

/** Keys as {@code key list} and {@code key show} tell them. */
final class KeyRows {
    private static final int UNAVAILABLE = ExitCodes.of(Fault.KEY_UNAVAILABLE);

    private KeyRows() {}

    static Fields members(Fields fields, ShowKeys.Shown key) {
        return fields.put("name", key.name())
                .put("use", key.use())
                .put("kind", key.kind().map(kind -> kind.text()))
                .put("uri", key.uri())
                .put("keeping", key.keeping())
                .put("weak", key.isWeak())
                .put("opens", key.opens())
                .put("problem", key.problem());
    }

    static String head() {
        return line("NAME", "USE", "KIND", "STATE", "WHERE");
    }

    static String line(ShowKeys.Shown key) {
        return line(
                key.name(),
                key.use(),
                key.kind().map(kind -> kind.text()).orElse("-"),
                key.problem().isPresent()
                        ? "unavailable"
                        : key.isWeak() ? "weak" : key.opens().isPresent() ? "opens" : "there",
                key.problem().orElse(key.uri() + "  " + key.keeping().orElse("")));
    }

    private static String line(String name, String use, String kind, String state, String where) {
        return String.format(Locale.ROOT, "%-20s %-17s %-9s %-11s %s", name, use, kind, state, where)
                .stripTrailing();
    }

    static int exit(List<ShowKeys.Shown> keys) {
        if (keys.stream().anyMatch(key -> key.problem().isPresent())) {
            return UNAVAILABLE;
        }
        return keys.stream().anyMatch(ShowKeys.Shown::isWeak) ? ExitCodes.ATTENTION : ExitCodes.DONE;
    }
}
