package org.devpki.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import org.devpki.model.Passphrases;
import org.devpki.model.SecretBytes;

/** A secret from a file, a file descriptor, a file that the environment names, or the prompt, asked for once a process. */
final class Passphrase implements Passphrases, AutoCloseable {
    private static final int MOST_OCTETS = 4096;

    private final Streams streams;
    private final SecretWays ways;
    private final boolean isNew;
    private Optional<SecretBytes> known = Optional.empty();

    /** @param isNew whether it will be set, so that a person must type it twice */
    Passphrase(Streams streams, SecretWays ways, boolean isNew) {
        this.streams = streams;
        this.ways = ways;
        this.isNew = isNew;
    }

    @Override
    public synchronized SecretBytes passphraseFor(String purpose) {
        if (known.isEmpty()) {
            SecretBytes found = find(purpose);
            if (found.length() == 0) {
                throw DevpkiException.keyUnavailable("the " + ways.what() + " is empty");
            }
            known = Optional.of(found);
        }
        return known.get().copy();
    }

    private SecretBytes find(String purpose) {
        if (ways.file().isPresent()) {
            return fromFile(ways.file().get(), ways.what());
        }
        if (ways.descriptor().isPresent()) {
            int descriptor = ways.descriptor().get();
            return descriptor == 0 ? fromStream(streams.in()) : fromFile(Path.of("/dev/fd/" + descriptor), ways.what());
        }
        String named = ways.variable()
                .map(variable -> streams.environment().getOrDefault(variable, ""))
                .orElse("");
        if (!named.isEmpty()) {
            return fromFile(Path.of(named), ways.what());
        }
        Function<String, char[]> prompt = streams.secretPrompt()
                .orElseThrow(() -> DevpkiException.keyUnavailable(
                                "no " + ways.what() + " for " + purpose + ", and no terminal to ask on")
                        .hint(ways.hint()));
        String asked =
                Character.toUpperCase(ways.what().charAt(0)) + ways.what().substring(1);
        SecretBytes typed = ask(prompt, isNew ? "New passphrase for the CA keys: " : asked + " for " + purpose + ": ");
        if (isNew && !typed.equals(ask(prompt, "The same again: "))) {
            throw DevpkiException.keyUnavailable("the two passphrases differ");
        }
        return typed;
    }

    private static SecretBytes ask(Function<String, char[]> prompt, String question) {
        char[] typed = prompt.apply(question);
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
        Arrays.fill(typed, '\0');
        byte[] octets = new byte[encoded.remaining()];
        encoded.get(octets);
        encoded.clear().put(new byte[encoded.capacity()]); // wipes it
        return SecretBytes.taking(octets);
    }

    /** All octets of a file but the newline at its end. */
    static SecretBytes fromFile(Path path) {
        return fromFile(path, "passphrase");
    }

    /** The same of another secret. */
    static SecretBytes fromFile(Path path, String what) {
        try (InputStream in = Files.newInputStream(path)) {
            return fromStream(in);
        } catch (IOException e) {
            DevpkiException told = WholeFiles.failed("cannot read " + what + " file " + path, e);
            throw DevpkiException.keyUnavailable(told.sentence()).causedBy(e);
        }
    }

    /** All octets but the newline at the end. */
    static SecretBytes fromStream(InputStream in) {
        try {
            byte[] octets = in.readNBytes(MOST_OCTETS + 1);
            if (octets.length > MOST_OCTETS) {
                throw DevpkiException.keyUnavailable(
                        "what should be a passphrase or PIN has more than " + MOST_OCTETS + " octets");
            }
            int end = octets.length;
            while (end > 0 && (octets[end - 1] == '\n' || octets[end - 1] == '\r')) {
                end--;
            }
            SecretBytes secret = SecretBytes.taking(Arrays.copyOf(octets, end));
            Arrays.fill(octets, (byte) 0);
            return secret;
        } catch (IOException e) {
            throw DevpkiException.keyUnavailable("standard input cannot be read")
                    .causedBy(e);
        }
    }

    @Override
    public void close() {
        known.ifPresent(SecretBytes::close);
    }
}
