package org.devpki.esp;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/** What is wrong in the rows of a table, each with its line and key, told all at once. */
final class RowFaults {
    private final String origin;
    private final List<String> faults = new ArrayList<>();

    /** @param origin the file's name, for messages */
    RowFaults(String origin) {
        this.origin = origin;
    }

    void add(int line, String sentence) {
        faults.add(origin + " line " + line + ": " + sentence);
    }

    void add(int line, String key, String sentence) {
        add(line, Quoted.of(key) + ": " + sentence);
    }

    int count() {
        return faults.size();
    }

    /** @throws DevpkiException INVALID_INPUT with every fault, if there is one */
    void done() {
        if (faults.size() == 1) {
            throw DevpkiException.invalid(faults.get(0));
        }
        if (!faults.isEmpty()) {
            throw DevpkiException.invalid(
                    origin + " has " + faults.size() + " faults:\n  " + String.join("\n  ", faults));
        }
    }
}
