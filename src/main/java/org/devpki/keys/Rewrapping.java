package org.devpki.keys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.files.Modes;
import org.devpki.files.StagedFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Kdf;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.KeyWrapping;

/**
 * Key files on their way under another passphrase, or under the same by today's parameters. Each is written beside the
 * one that it replaces and opened there before the first is replaced; so whatever goes wrong until then changes nothing.
 */
public final class Rewrapping implements AutoCloseable {
    private static final String ENDING = ".key.pem";

    private final List<StagedFile> staged = new ArrayList<>();

    private Rewrapping() {}

    /** All key files of a store: in its {@code keys/}, and the one that its {@code pool/} is under. */
    public static List<Path> files(Path keys, Path pool) {
        return Stream.concat(
                        WholeFiles.list(keys).stream()
                                .filter(file -> name(file).endsWith(ENDING)
                                        && !name(file).startsWith(".")),
                        Stream.of(pool.resolve(KeyPool.OWN_KEY)).filter(Files::exists))
                .toList();
    }

    /**
     * Prepares what has to be replaced; the caller sees to it that nobody else makes or replaces keys meanwhile.
     *
     * @param owners whose key must be in a file, as far as that is known
     * @param kdf of all files from now on; each keeps its own when absent
     * @throws DevpkiException KEY_UNAVAILABLE if a file opens under neither passphrase or has another's key in it, and then nothing
     *     has changed
     */
    public static Rewrapping prepare(
            List<Path> files,
            Map<Path, PublicKeyDer> owners,
            SecretBytes from,
            SecretBytes to,
            Optional<Kdf> kdf,
            SecureRandom random) {
        Rewrapping rewrapping = new Rewrapping();
        boolean isWhole = false;
        try {
            for (Path file : files) {
                WholeFiles.sweep(file);
                rewrapping.prepare(file, Optional.ofNullable(owners.get(file)), from, to, kdf, random);
            }
            isWhole = true;
            return rewrapping;
        } finally {
            if (!isWhole) {
                rewrapping.close();
            }
        }
    }

    private void prepare(
            Path file,
            Optional<PublicKeyDer> owner,
            SecretBytes from,
            SecretBytes to,
            Optional<Kdf> kdf,
            SecureRandom random) {
        Bytes pem = FileKeys.read(file);
        KeyWrapping wrapping = EncryptedKeys.wrapping(pem, file.toString());
        Kdf wanted = kdf.orElse(wrapping.kdf());
        Optional<DeviceKey> done = tried(pem, to, file);
        try (DeviceKey key = done.orElseGet(() -> FileKeys.opened(pem, from, file))) {
            owner.ifPresent(own -> FileKeys.refuseOther(key, own, file));
            if (done.isPresent() && wrapping.kdf() == wanted && !wrapping.isWeak()) {
                return;
            }
            try (SecretBytes changed = EncryptedKeys.encrypt(key.pkcs8(), to, wanted, random)) {
                StagedFile beside =
                        WholeFiles.stage(file, Modes.SECRET_FILE, out -> out.write(changed.lend(byte[]::clone)));
                staged.add(beside);
                prove(beside.octets().toBytes(), to, file, key);
            }
        }
    }

    private static Optional<DeviceKey> tried(Bytes pem, SecretBytes passphrase, Path file) {
        try {
            return Optional.of(FileKeys.opened(pem, passphrase, file));
        } catch (DevpkiException e) {
            return Optional.empty(); // what is wrong beside the passphrase shows when the other is tried
        }
    }

    private static void prove(Bytes written, SecretBytes to, Path file, DeviceKey key) {
        try (DeviceKey again = FileKeys.opened(written, to, file)) {
            if (!again.pkcs8().equals(key.pkcs8())) {
                throw DevpkiException.integrity("what was written beside key file " + file + " is another key");
            }
        }
    }

    /** How many files will be replaced. */
    public int size() {
        return staged.size();
    }

    /** Replaces one file after the other, each by a rename. */
    public void settle(Runnable afterEach) {
        for (StagedFile file : staged) {
            file.settle();
            afterEach.run();
        }
    }

    /** Deletes what was prepared and is not in place. */
    @Override
    public void close() {
        staged.forEach(StagedFile::close);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
