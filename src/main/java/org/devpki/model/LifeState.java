package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a device is in its life, as its certificate tells. From {@link #FLASHED} on somebody has to say so. */
public enum LifeState {
    /** Ordered, and perhaps not signed yet. */
    PLANNED,
    /** Its certificate is there. */
    ISSUED,
    /** Its files were delivered. */
    EXPORTED,
    FLASHED,
    /** Somebody looked that it holds what it should. */
    VERIFIED,
    SHIPPED,
    IN_FIELD,
    /** Its certificate is revoked for good. */
    REVOKED,
    RETIRED;

    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a report moves a device there; the others follow from what devpki did. */
    public boolean isMark() {
        return this != PLANNED && this != ISSUED && this != EXPORTED && this != REVOKED;
    }

    public static LifeState parse(String text) {
        return Arrays.stream(values())
                .filter(state -> state.text().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("state " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(LifeState::text).collect(Collectors.joining(", "))));
    }

    /** The same for a state that a report may say. */
    public static LifeState parseMark(String text) {
        LifeState state = parse(text);
        if (!state.isMark()) {
            throw DevpkiException.invalid("a device is not marked " + state.text() + ", it becomes so; "
                    + Arrays.stream(values())
                            .filter(LifeState::isMark)
                            .map(LifeState::text)
                            .collect(Collectors.joining(", "))
                    + " are right");
        }
        return state;
    }
}
