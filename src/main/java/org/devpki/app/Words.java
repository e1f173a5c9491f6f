package org.devpki.app;

import java.util.function.Consumer;

/** What a deed tells people while it works: sentences, and how far it is. */
@FunctionalInterface
public interface Words extends Consumer<String> {
    /** For who wants to know more than most. */
    default void detail(String sentence) {}

    /**
     * Told as often as a deed likes; who listens decides what is shown.
     *
     * @param what is counted, such as {@code certificates}
     */
    default void soFar(String what, long done, long all) {}
}
