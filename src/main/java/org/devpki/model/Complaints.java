package org.devpki.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What is wrong with a list's rows, gathered so that all of it is told at once. */
public final class Complaints {
    private final String origin;
    private final List<String> sentences = new ArrayList<>();
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

    /** @param origin the list's name, for messages */
    public Complaints(String origin) {
        this.origin = origin;
    }

    /** @param line from 1 */
    public void add(int line, String sentence) {
        add(line, DevpkiException.invalid(sentence));
    }

    public void add(int line, DevpkiException e) {
        sentences.add("line " + line + ": " + e.sentence());
        faults.add(e.fault());
    }

    /** @throws DevpkiException with every complaint, of their fault if it is the same; INVALID_INPUT if they differ */
    public void throwIfAny() {
        if (!sentences.isEmpty()) {
            Fault fault = faults.size() == 1 ? faults.iterator().next() : Fault.INVALID_INPUT;
            throw DevpkiException.of(
                    fault,
                    sentences.size() == 1
                            ? origin + " " + sentences.get(0)
                            : sentences.size() + " rows of " + origin + " are wrong:\n  "
                                    + String.join("\n  ", sentences));
        }
    }
}
