package org.devpki.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whatever stops a deed: a {@link Fault} for the machine, a sentence and perhaps a hint for the person. */
public final class DevpkiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;
    private final @Nullable String hint;

    private DevpkiException(Fault fault, String sentence, @Nullable String hint, @Nullable Throwable cause) {
        super(sentence, cause);
        this.fault = fault;
        this.hint = hint;
    }

    public static DevpkiException of(Fault fault, String sentence) {
        return new DevpkiException(fault, sentence, null, null);
    }

    public static DevpkiException invalid(String sentence) {
        return of(Fault.INVALID_INPUT, sentence);
    }

    public static DevpkiException notFound(String sentence) {
        return of(Fault.NOT_FOUND, sentence);
    }

    public static DevpkiException conflict(String sentence) {
        return of(Fault.CONFLICT, sentence);
    }

    public static DevpkiException refused(String sentence) {
        return of(Fault.REFUSED, sentence);
    }

    public static DevpkiException busy(String sentence) {
        return of(Fault.BUSY, sentence);
    }

    public static DevpkiException integrity(String sentence) {
        return of(Fault.INTEGRITY, sentence);
    }

    public static DevpkiException keyUnavailable(String sentence) {
        return of(Fault.KEY_UNAVAILABLE, sentence);
    }

    public static DevpkiException storeFailed(String sentence) {
        return of(Fault.STORE_FAILED, sentence);
    }

    /** The same with a second line that says what to type or read next. */
    public DevpkiException hint(String next) {
        return new DevpkiException(fault, sentence(), next, getCause());
    }

    /** The same with what a foreign library threw, kept for {@code --verbose}. */
    public DevpkiException causedBy(Throwable cause) {
        return new DevpkiException(fault, sentence(), hint, cause);
    }

    public Fault fault() {
        return fault;
    }

    /** One sentence, no capital, no full stop. */
    public String sentence() {
        return String.valueOf(getMessage());
    }

    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
