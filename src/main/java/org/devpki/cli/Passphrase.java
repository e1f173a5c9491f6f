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

/**
 * The passphrase of the CA keys: from {@code --passphrase-file}, {@code --passphrase-fd}, {@code DEVPKI_PASSPHRASE_FILE}
 * or the prompt, in this order, and asked for once a process.
 */
final class Passphrase implements Passphrases, AutoCloseable {
    private static final int MOST_OCTETS = 4096;

    private final Streams streams;
    private final Optional<Path> file;
    private final Optional<Integer> descriptor;
    private final boolean isNew;
    private Optional<SecretBytes> known = Optional.empty();

    /** @param isNew whether it will be set, so that a person must type it twice */
    Passphrase(Streams streams, Optional<Path> file, Optional<Integer> descriptor, boolean isNew) {
        this.streams = streams;
        this.file = file;
        this.descriptor = descriptor;
        this.isNew = isNew;
    }

    @Override
    public synchronized SecretBytes passphraseFor(String purpose) {
        if (known.isEmpty()) {
            SecretBytes found = find(purpose);
            if (found.length() == 0) {
                throw DevpkiException.keyUnavailable("the passphrase is empty");
            }
            known = Optional.of(found);
        }
        return known.get().copy();
    }

    private SecretBytes find(String purpose) {
        if (file.isPresent()) {
            return fromFile(file.get());
        }
        if (descriptor.isPresent()) {
            return descriptor.get() == 0 ? fromStream(streams.in()) : fromFile(Path.of("/dev/fd/" + descriptor.get()));
        }
        String named = streams.environment().getOrDefault("DEVPKI_PASSPHRASE_FILE", "");
        if (!named.isEmpty()) {
            return fromFile(Path.of(named));
        }
        Function<String, char[]> prompt = streams.secretPrompt()
                .orElseThrow(() -> DevpkiException.keyUnavailable(
                                "no passphrase for " + purpose + ", and no terminal to ask on")
                        .hint("--passphrase-file FILE, --passphrase-fd N or DEVPKI_PASSPHRASE_FILE give it"));
        SecretBytes typed =
                ask(prompt, isNew ? "New passphrase for the CA keys: " : "Passphrase for " + purpose + ": ");
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
        try (InputStream in = Files.newInputStream(path)) {
            return fromStream(in);
        } catch (IOException e) {
            DevpkiException told = WholeFiles.failed("cannot read passphrase file " + path, e);
            throw DevpkiException.keyUnavailable(told.sentence()).causedBy(e);
        }
    }

    /** All octets but the newline at the end. */
    static SecretBytes fromStream(InputStream in) {
        try {
            byte[] octets = in.readNBytes(MOST_OCTETS + 1);
            if (octets.length > MOST_OCTETS) {
                throw DevpkiException.keyUnavailable("the passphrase has more than " + MOST_OCTETS + " octets");
            }
            int end = octets.length;
            while (end > 0 && (octets[end - 1] == '\n' || octets[end - 1] == '\r')) {
                end--;
            }
            SecretBytes secret = SecretBytes.taking(Arrays.copyOf(octets, end));
            Arrays.fill(octets, (byte) 0);
            return secret;
        } catch (IOException e) {
            throw DevpkiException.keyUnavailable("the passphrase cannot be read")
                    .causedBy(e);
        }
    }

    @Override
    public void close() {
        known.ifPresent(SecretBytes::close);
    }
}
