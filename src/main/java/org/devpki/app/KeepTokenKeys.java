package org.devpki.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.files.WholeFiles;
import org.devpki.jose.Jwks;
import org.devpki.jose.Jwts;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.JwtKey;
import org.devpki.model.JwtKeys;
import org.devpki.model.KeySpec;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Keys;
import org.devpki.x509.SigningKey;

/**
 * The keys that sign access tokens: made, relieved, withdrawn. They are kept as keys of CAs are, and have no certificate: who
 * verifies tokens knows them by the published key set.
 */
public final class KeepTokenKeys {
    private static final String FILE = "access-token-";
    private static final String FILES = FILE + "[0-9a-f]{32}\\.key\\.pem";

    /** What a run brings back. */
    public record Kept(JwtKey key, boolean hasChanged) {}

    /**
     * A key as people see it.
     *
     * @param algorithm such as {@code ES256}
     */
    public record Shown(JwtKey key, String algorithm, JwtKeys.Standing standing) {}

    private final Workshop shop;
    private final Store store;

    KeepTokenKeys(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /** All that there ever were, oldest first. */
    public List<Shown> all() {
        return store.jwtKeys().all().stream().map(this::shown).toList();
    }

    public Shown shown(JwtKey key) {
        return new Shown(key, Jwts.algorithm(key.publicKey()), store.jwtKeys().standing(key, shop.now()));
    }

    /**
     * Makes the first key, which signs at once.
     *
     * @param uri a place of its own in {@code keys/} when absent
     * @throws DevpkiException CONFLICT if there is one already, of another kind or in another place
     */
    public Kept create(KeySpec kind, Optional<String> uri) {
        refuseUnfit(kind);
        try (Store.Held making = store.lock(RewrapKeys.LOCK)) {
            Instant now = shop.now();
            Optional<JwtKey> there = store.jwtKeys()
                    .signing(now)
                    .or(() -> store.jwtKeys().waiting(now).stream().findFirst());
            if (there.isEmpty()) {
                return made(kind, uri, now);
            }
            refuseOther(there.get(), kind, uri, "devpki token key rotate makes another");
            return new Kept(there.get(), false);
        }
    }

    /**
     * Makes the key that signs next; until then it is published, so that brokers know it when the first token comes.
     *
     * @param kind as the one that signs now when absent
     * @param from {@code tokens.key-lead} from now when absent
     * @throws DevpkiException CONFLICT if another successor waits already; NOT_FOUND if there is no key to follow
     */
    public Kept rotate(Optional<KeySpec> kind, Optional<String> uri, Optional<Instant> from) {
        try (Store.Held making = store.lock(RewrapKeys.LOCK)) {
            Instant now = shop.now();
            JwtKey signing = store.jwtKeys()
                    .signing(now)
                    .orElseThrow(() -> DevpkiException.notFound("there is no token signing key yet")
                            .hint("devpki token key create"));
            KeySpec wanted = kind.orElseGet(() -> kind(signing));
            refuseUnfit(wanted);
            Optional<JwtKey> waiting = store.jwtKeys().waiting(now).stream().findFirst();
            if (waiting.isPresent()) {
                refuseOther(waiting.get(), wanted, uri, "devpki token key retire withdraws it");
                return new Kept(waiting.get(), false);
            }
            Instant usedFrom =
                    from.orElseGet(() -> now.plus(shop.settings().tokens().keyLead()));
            if (usedFrom.isBefore(now)) {
                throw DevpkiException.invalid("a key signs from " + usedFrom + " on, which is in the past");
            }
            return made(wanted, uri, usedFrom);
        }
    }

    private static KeySpec kind(JwtKey key) {
        return Keys.spec(key.publicKey()).orElseThrow();
    }

    private static void refuseUnfit(KeySpec kind) {
        if (kind.isExperimental()) {
            throw DevpkiException.invalid("no broker verifies tokens that a key of kind " + kind.text()
                    + " signs; P-256, Ed25519 or RSA-2048");
        }
    }

    private static void refuseOther(JwtKey there, KeySpec kind, Optional<String> uri, String hint) {
        boolean isSame = kind(there).equals(kind)
                && uri.filter(asked -> !asked.equals(there.keyUri())).isEmpty();
        if (!isSame) {
            throw DevpkiException.conflict("there is a token signing key " + there.id() + " already, "
                            + kind(there).text() + " at " + there.keyUri())
                    .hint(hint);
        }
    }

    private Kept made(KeySpec kind, Optional<String> given, Instant usedFrom) {
        shop.refuseHome("signs no access token");
        forgetLostKeys();
        String uri = given.orElseGet(() -> "file:" + FILE
                + SerialNumber.random(shop.surroundings().random()).hex() + ".key.pem");
        Bytes owner = CreateCa.owner(
                shop.surroundings().store(), Bytes.utf8("token signing key").sha256(), uri);
        JwtKey made;
        try (SigningKey key = shop.keyRing().createFor(owner, uri, kind)) {
            made = new JwtKey(Jwks.keyId(key.publicKey()), key.publicKey(), uri, shop.now(), usedFrom);
        }
        store.addJwtKey(made);
        shop.publishJwks().run(Optional.empty());
        return new Kept(made, true);
    }

    /** Key files of runs that were cut short before the ledger knew them; never a CA's, whatever it is called. */
    private void forgetLostKeys() {
        Set<String> known = new HashSet<>();
        store.jwtKeys().all().forEach(key -> known.add(key.keyUri()));
        store.cas().forEach(ca -> known.add(ca.keyUri()));
        for (Path file : WholeFiles.list(shop.folder().keys())) {
            String name = String.valueOf(file.getFileName());
            if (name.matches(FILES) && !known.contains("file:" + name)) {
                WholeFiles.delete(file);
            }
        }
    }

    /**
     * Withdraws a key for good: it signs nothing more, is published no longer, and a file that holds it is deleted.
     *
     * @param id or as much of its beginning as no other key has
     * @param isForced also while it signs, or while tokens that it signed are in force, which then count no longer
     * @throws DevpkiException REFUSED if it does, and is not forced
     */
    public Kept retire(String id, boolean isForced) {
        try (Store.Held making = store.lock(RewrapKeys.LOCK)) {
            JwtKeys keys = store.jwtKeys();
            JwtKey key = keys.named(id);
            JwtKeys.Standing standing = keys.standing(key, shop.now());
            if (standing == JwtKeys.Standing.RETIRED) {
                return new Kept(key, false);
            }
            if (!isForced && standing == JwtKeys.Standing.SIGNING) {
                throw DevpkiException.refused("token signing key " + key.id() + " signs now")
                        .hint("devpki token key rotate first; if it is in wrong hands, --force");
            }
            if (!isForced && standing == JwtKeys.Standing.LEAVING) {
                throw DevpkiException.refused("tokens that key " + key.id() + " signed are in force until "
                                + key.lastExpiry().orElseThrow())
                        .hint("if it is in wrong hands, --force");
            }
            store.retireJwtKey(key.id());
            shop.publishJwks().run(Optional.empty());
            if (key.keyUri().startsWith("file:")) {
                WholeFiles.delete(shop.folder().keys().resolve(key.keyUri().substring("file:".length())));
            }
            return new Kept(store.jwtKeys().named(key.id()), true);
        }
    }
}
