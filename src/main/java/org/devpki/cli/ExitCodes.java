package org.devpki.cli;

import org.devpki.app.Urgency;
import org.devpki.model.Fault;

/** The one place where faults become exit codes; docs/exit-codes.md tells them to users. */
final class ExitCodes {
    static final int DONE = 0;
    static final int UNEXPECTED = 1;
    static final int USAGE = 2;
    static final int REFUSED = 5;
    static final int IN_PART = 6;
    static final int INTEGRITY = 8;
    static final int ATTENTION = 10;
    static final int EXPIRED = 11;
    static final int INTERRUPTED = 130;

    private ExitCodes() {}

    static int of(Fault fault) {
        return switch (fault) {
            case INVALID_INPUT -> USAGE;
            case NOT_FOUND -> 3;
            case CONFLICT -> 4;
            case REFUSED -> REFUSED;
            case BUSY -> 7;
            case INTEGRITY -> INTEGRITY;
            case KEY_UNAVAILABLE -> 9;
            case STORE_FAILED, INTERNAL -> UNEXPECTED;
        };
    }

    static int of(Urgency urgency) {
        return switch (urgency) {
            case NONE -> DONE;
            case SOON -> ATTENTION;
            case TOO_LATE -> EXPIRED;
        };
    }
}
