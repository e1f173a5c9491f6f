package org.devpki.keys;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.Passphrases;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.x509.EncryptedKeys;
import org.devpki.x509.KeySeal;
import org.devpki.x509.Keys;

/**
 * Device keys that were made ahead, for RSA keys take long: a folder for each kind, a file for each key, sealed under the
 * pool's own key, which is under the passphrase. A key is gone from the disk before anybody has it, so none is given
 * twice, not even after a power cut; and no backup holds them. Beside them, sealed alike, keys that wait for a certificate
 * from elsewhere. Safe between threads and processes.
 */
public final class KeyPool implements AutoCloseable {
    public static final String OWN_KEY = "pool.key.pem";
    private static final String ENDING = ".key";
    private static final String WAITING = "waiting";
    private static final int MOST_OCTETS = 65_536;

    private final Path folder;
    private final Passphrases passphrases;
    private final SecureRandom random;
    private final Map<KeySpec, Deque<Path>> known = new HashMap<>();
    private final Map<KeySpec, Long> drawn = new ConcurrentHashMap<>();
    private Optional<KeySeal> seal = Optional.empty();

    /** @param folder the store's {@code pool/}, which need not be there */
    public KeyPool(Path folder, Passphrases passphrases, SecureRandom random) {
        this.folder = folder;
        this.passphrases = passphrases;
        this.random = random;
    }

    /** How many keys of a kind there are. */
    public int size(KeySpec kind) {
        return files(kind).size();
    }

    /** How many keys of a kind were taken by this object. */
    public long drawn(KeySpec kind) {
        return drawn.getOrDefault(kind, 0L);
    }

    /** Makes the folder and the pool's own key if need be; the caller sees to it that nobody else does at this moment. */
    public void open() {
        WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER);
        Path file = folder.resolve(OWN_KEY);
        if (!Files.exists(file)) {
            WholeFiles.sweep(file);
            try (DeviceKey own = Keys.generate(new KeySpec.Ec(Curve.P_256), random);
                    SecretBytes passphrase = passphrases.passphraseFor("the key pool");
                    SecretBytes pem = EncryptedKeys.encrypt(own.pkcs8(), passphrase, random)) {
                WholeFiles.write(file, pem, Modes.SECRET_FILE);
            }
        }
        seal();
    }

    /** Whether the pool has its own key, without which it has no others. */
    public boolean isThere() {
        return Files.exists(folder.resolve(OWN_KEY));
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if the pool's own key is not there, or not to be opened */
    public void prove() {
        seal();
    }

    /** Keeps a key; it is durable when this returns. */
    public void add(DeviceKey key) {
        Path kind = folder(key.spec());
        WholeFiles.makeFolder(kind, Modes.SECRET_FOLDER);
        Path file = kind.resolve(SerialNumber.random(random).hex() + ENDING);
        WholeFiles.write(file, seal().seal(key.pkcs8(), name(file), random), Modes.SECRET_FILE);
    }

    /**
     * Takes a key out; empty when there is none of this kind.
     *
     * @throws DevpkiException KEY_UNAVAILABLE if the passphrase is wrong, and then nothing is taken
     */
    public Optional<DeviceKey> take(KeySpec kind) {
        Optional<Path> file = next(kind);
        while (file.isPresent()) {
            KeySeal opened = seal();
            Optional<Bytes> sealed = claim(file.get(), folder(kind));
            if (sealed.isPresent()) {
                drawn.merge(kind, 1L, Long::sum);
                try (SecretBytes pkcs8 = opened.open(sealed.get(), name(file.get()))) {
                    return Optional.of(Keys.ofPkcs8(pkcs8));
                }
            }
            file = next(kind);
        }
        return Optional.empty();
    }

    /**
     * Keeps a secret until somebody forgets it; it is durable when this returns.
     *
     * @param group a folder of such secrets; like the name it must be one that every file system takes
     */
    public void keep(String group, String name, SecretBytes secret) {
        Path file = waiting(group, name);
        for (Path above : List.of(folder.resolve(WAITING), folder(file))) {
            WholeFiles.makeFolder(above, Modes.SECRET_FOLDER);
        }
        WholeFiles.sweep(file);
        WholeFiles.write(file, seal().seal(secret, sealedName(group, name), random), Modes.SECRET_FILE);
    }

    /** What is kept so; empty if nothing is. @throws DevpkiException KEY_UNAVAILABLE if it cannot be opened */
    public Optional<SecretBytes> kept(String group, String name) {
        return WholeFiles.readIfPresent(waiting(group, name), MOST_OCTETS)
                .map(octets -> seal().open(octets, sealedName(group, name)));
    }

    /** Whether something is kept so, to be opened or not. */
    public boolean isKept(String group, String name) {
        return Files.exists(waiting(group, name));
    }

    /** Forgets what is kept so, for good. */
    public void forget(String group, String name) {
        Path file = waiting(group, name);
        if (Files.exists(file)) {
            WholeFiles.delete(file);
            WholeFiles.sync(folder(file));
        }
    }

    private Path waiting(String group, String name) {
        return folder.resolve(WAITING).resolve(group).resolve(name + ENDING);
    }

    private static Path folder(Path file) {
        Path above = file.getParent();
        return above == null ? file : above;
    }

    /** A file that was moved to another device's name does not open. */
    private static String sealedName(String group, String name) {
        return WAITING + "/" + group + "/" + name;
    }

    /** The file's octets, if nobody was faster; the file is gone for good then. */
    private static Optional<Bytes> claim(Path file, Path kind) {
        Path mine;
        try {
            mine = WholeFiles.setAside(file);
        } catch (DevpkiException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return Optional.empty();
            }
            throw e;
        }
        Bytes sealed = WholeFiles.read(mine, MOST_OCTETS);
        WholeFiles.delete(mine);
        WholeFiles.sync(kind);
        return Optional.of(sealed);
    }

    /** The folder is listed once for as long as that lasts. */
    private synchronized Optional<Path> next(KeySpec kind) {
        Deque<Path> files = known.computeIfAbsent(kind, wanted -> new ArrayDeque<>());
        if (files.isEmpty()) {
            files.addAll(files(kind));
        }
        return Optional.ofNullable(files.poll());
    }

    private List<Path> files(KeySpec kind) {
        List<Path> found = new ArrayList<>();
        for (Path file : WholeFiles.list(folder(kind))) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(ENDING) && !name.startsWith(".")) {
                found.add(file);
            }
        }
        return found;
    }

    private synchronized KeySeal seal() {
        if (seal.isEmpty()) {
            Path file = folder.resolve(OWN_KEY);
            if (!Files.exists(file)) {
                throw DevpkiException.keyUnavailable("the key pool's own key " + file + " is not there")
                        .hint("its keys are lost; delete " + folder + ", and devpki key pool fill");
            }
            try (SecretBytes passphrase = passphrases.passphraseFor("the key pool");
                    DeviceKey own = FileKeys.opened(FileKeys.read(file), passphrase, file)) {
                seal = Optional.of(KeySeal.under(own));
            }
        }
        return seal.get();
    }

    private Path folder(KeySpec kind) {
        return folder.resolve(kind.text());
    }

    private static String name(Path file) {
        Path kind = file.getParent();
        return (kind == null ? "" : kind.getFileName()) + "/" + file.getFileName();
    }

    @Override
    public synchronized void close() {
        seal.ifPresent(KeySeal::close);
    }
}
