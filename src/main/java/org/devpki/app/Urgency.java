package org.devpki.app;

/** How soon somebody must act. */
public enum Urgency {
    NONE,
    /** Exit code 10. */
    SOON,
    /** Exit code 11. */
    TOO_LATE;

    /** The more urgent of the two. */
    public Urgency or(Urgency other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
