package org.devpki.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.CodeSource;
import org.devpki.model.DevpkiException;
import org.devpki.model.Explanation;
import org.devpki.model.Quoted;

/** The error codes that devpki explains: one YAML file a source, in {@code codes/} beside this class. */
public final class Codes {
    private Codes() {}

    /** Every explanation, source by source. */
    public static List<Explanation> all() {
        List<Explanation> all = new ArrayList<>();
        for (CodeSource source : CodeSource.values()) {
            all.addAll(of(source));
        }
        return all;
    }

    public static List<Explanation> of(CodeSource source) {
        String file = "codes/" + source.word() + ".yaml";
        try (InputStream in = Codes.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar");
            }
            return read(new String(in.readAllBytes(), StandardCharsets.UTF_8), file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws DevpkiException INVALID_INPUT with every fault of the file, each with line and key */
    static List<Explanation> read(String text, String origin) {
        YamlFile file = YamlFile.parse(text, origin);
        Optional<CodeSource> source = file.scalar("source", CodeSource::parse);
        Optional<String> check = file.scalar("check", Codes::command);
        List<Explanation> all = new ArrayList<>();
        for (YamlFile code : file.sections("codes")) {
            explanation(code, source, check).ifPresent(all::add);
        }
        if (!file.has("source")) {
            file.fault("source", "is missing; there are " + CodeSource.words());
        }
        if (!file.has("codes")) {
            file.fault("codes", "is missing");
        }
        file.done();
        return all;
    }

    /** Absent where a fault was found. */
    private static Optional<Explanation> explanation(
            YamlFile code, Optional<CodeSource> source, Optional<String> usualCheck) {
        Optional<Integer> number = code.scalar("code", Codes::number);
        String release = code.text("release").orElse("");
        List<String> names = code.list("names", name -> name);
        List<String> texts = code.list("texts", Codes::phrase);
        Optional<String> cause = sentence(code, "cause");
        Optional<String> fix = sentence(code, "fix");
        Optional<String> check = code.scalar("check", Codes::command).or(() -> usualCheck);
        if (check.isEmpty() && !code.has("check")) {
            code.fault("check", "is missing, here and at the head of the file");
        }
        if (source.isEmpty() || cause.isEmpty() || fix.isEmpty() || check.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Explanation(
                    source.get(),
                    number.map(OptionalInt::of).orElse(OptionalInt.empty()),
                    release,
                    names,
                    texts,
                    cause.get(),
                    fix.get(),
                    check.get()));
        } catch (DevpkiException e) {
            code.fault("code", e.sentence());
            return Optional.empty();
        }
    }

    private static Optional<String> sentence(YamlFile code, String key) {
        Optional<String> sentence = code.scalar(key, text -> {
            if (text.isBlank() || text.endsWith(".")) {
                throw DevpkiException.invalid(Quoted.of(text) + " is not a sentence without its full stop");
            }
            return text;
        });
        if (sentence.isEmpty() && !code.has(key)) {
            code.fault(key, "is missing");
        }
        return sentence;
    }

    private static int number(String text) {
        try {
            return Integer.decode(text);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid(Quoted.of(text) + " is not a number such as 44, 0x8015 or -0x2700")
                    .causedBy(e);
        }
    }

    private static String phrase(String text) {
        if (text.isBlank() || !text.equals(text.toLowerCase(Locale.ROOT))) {
            throw DevpkiException.invalid("text " + Quoted.of(text) + " has capitals or is empty");
        }
        return text;
    }

    private static String command(String text) {
        if (!text.startsWith("devpki ")) {
            throw DevpkiException.invalid(Quoted.of(text) + " is not a devpki command");
        }
        return text;
    }
}
