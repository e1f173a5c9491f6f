package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** How every command fails: the documented exit code, one sentence, no stack trace; as JSON too. */
public final class Refusal {
    private static final String MARK = "devpki: error: ";

    private Refusal() {}

    /** The sentence of a command that failed as documented. */
    public static String sentence(Finished finished, int exit) {
        finished.exiting(exit);
        List<String> errors =
                finished.err().lines().filter(line -> line.startsWith(MARK)).toList();
        assertEquals(1, errors.size(), finished::all);
        assertFalse(finished.err().contains("\tat "), () -> "a stack trace: " + finished.err());
        assertFalse(finished.err().contains("Exception"), () -> "a class name: " + finished.err());
        String sentence = finished.err().substring(finished.err().indexOf(MARK) + MARK.length());
        assertFalse(sentence.startsWith("unexpected"), () -> "a fault that nobody thought of: " + sentence);
        return sentence;
    }

    /** The same command twice, the second time with {@code --json}. @return the sentence */
    public static String of(Function<String[], Finished> devpki, int exit, String... arguments) {
        String sentence = sentence(devpki.apply(arguments), exit);
        List<String> withJson = new ArrayList<>(Arrays.asList(arguments));
        int end = withJson.indexOf("--");
        withJson.add(end < 0 ? withJson.size() : end, "--json");
        Finished json = devpki.apply(withJson.toArray(String[]::new)).exiting(exit);
        String object = json.err().lines().reduce("", (before, last) -> last);
        assertTrue(object.startsWith("{") && object.endsWith("}"), () -> "not JSON: " + json.err());
        assertEquals(String.valueOf(exit), StoreProof.member(object, "exit"), object);
        assertFalse(StoreProof.member(object, "code").isEmpty(), object);
        assertFalse(StoreProof.member(object, "message").isEmpty(), object);
        assertFalse(json.err().contains("\tat "), () -> "a stack trace: " + json.err());
        return sentence;
    }
}
