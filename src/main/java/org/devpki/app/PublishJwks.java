package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.jose.Jwks;
import org.devpki.model.Bytes;
import org.devpki.model.JwtKey;
import org.devpki.store.Store;

/** Puts the public halves of the token signing keys where brokers find them. */
public final class PublishJwks {
    private static final String LOCK = "the JWKS";
    private static final long MOST_OCTETS = 1 << 20;

    /**
     * What was published.
     *
     * @param hasChanged false if the file said the same before
     */
    public record Published(Path file, List<JwtKey> keys, boolean hasChanged) {}

    private final Workshop shop;

    PublishJwks(Workshop shop) {
        this.shop = shop;
    }

    /** The key set of this moment. */
    public Bytes content() {
        return content(keys());
    }

    private static Bytes content(List<JwtKey> keys) {
        return Jwks.write(keys.stream().map(JwtKey::publicKey).toList());
    }

    /** The keys that are in it: the one that signs, its successor, and those that signed tokens which are in force. */
    public List<JwtKey> keys() {
        return shop.store().jwtKeys().published(shop.now());
    }

    /**
     * Writes it, whole or not at all.
     *
     * @param out {@code publish/token/jwks.json} in the store when absent
     */
    public Published run(Optional<Path> out) {
        Path file = out.orElseGet(() -> {
            WholeFiles.makeFolder(shop.folder().tokens(), Modes.PUBLIC_FOLDER);
            return shop.folder().jwks();
        });
        try (Store.Held publishing = shop.store().lock(LOCK)) { // else an older set might come last
            List<JwtKey> keys = keys();
            Bytes content = content(keys);
            WholeFiles.sweep(file);
            boolean hasChanged = !isThere(file, content);
            if (hasChanged) {
                WholeFiles.write(file, content, Modes.PUBLIC_FILE);
            }
            return new Published(file, keys, hasChanged);
        }
    }

    /** Whether the store's own shelf has what it should have. */
    boolean isUpToDate() {
        return isThere(shop.folder().jwks(), content());
    }

    private static boolean isThere(Path file, Bytes content) {
        return WholeFiles.readIfPresent(file, MOST_OCTETS)
                .filter(content::equals)
                .isPresent();
    }
}
