package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.config.Codes;
import org.devpki.model.CodeSource;
import org.devpki.model.DevpkiException;
import org.devpki.model.Explanation;
import org.devpki.model.Quoted;

/** Explains what devices, brokers and devpki itself say when something fails; needs no store. */
public final class ExplainCodes {
    private final List<Explanation> known = Codes.all();

    /**
     * A code or text that was found.
     *
     * @param text as it was asked for, or the known phrase
     * @param explanations every meaning, at least one
     */
    public record Found(String text, List<Explanation> explanations) {
        public Found {
            explanations = List.copyOf(explanations);
        }
    }

    /**
     * All that is known of what stands in the text, in its order; each explanation once.
     *
     * @param text a code, a name, or any piece of a log
     * @throws DevpkiException NOT_FOUND if nothing in it is known
     */
    public List<Found> run(String text) {
        if (text.isBlank()) {
            throw DevpkiException.invalid("name a code or a text, such as -0x2700 or \"different CRL scope\"")
                    .hint("devpki explain --help");
        }
        List<Found> found = new CodesInText(known).find(text);
        if (found.isEmpty()) {
            throw DevpkiException.notFound("no error code or text that is known stands in " + Quoted.of(text.strip()))
                    .hint("devpki explain --list shows what is known of " + CodeSource.words());
        }
        return found;
    }

    /** @param source absent for all of them */
    public List<Explanation> list(Optional<CodeSource> source) {
        return known.stream()
                .filter(one -> source.isEmpty() || one.source() == source.get())
                .toList();
    }
}
