package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.keys.KeyPool;
import org.devpki.model.DevpkiException;
import org.devpki.model.JwtKeys;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.PublicKeyDer;
import org.devpki.x509.Keys;
import org.devpki.x509.SigningKey;

/** Where each private key of the store's own is, how it is kept there, and whether it can be had. */
public final class ShowKeys {
    private static final String POOL = "key-pool";

    /**
     * A key.
     *
     * @param use {@code ca}, the profile of the delegate that has it, {@code access-token} or {@code key-pool}
     * @param keeping such as {@code scrypt N=16384 r=8 p=1, AES-256-CBC}
     * @param opens whether it could be opened; absent where nobody tried
     * @param problem why it cannot be had
     */
    public record Shown(
            String name,
            String use,
            Optional<KeySpec> kind,
            String uri,
            Optional<String> keeping,
            boolean isWeak,
            Optional<Boolean> opens,
            Optional<String> problem) {}

    private final Workshop shop;
    private final boolean isOpening;

    ShowKeys(Workshop shop, boolean isOpening) {
        this.shop = shop;
        this.isOpening = isOpening;
    }

    /** The CAs' keys, the root's first, each with its delegates'; then those that sign access tokens, and the key pool's own. */
    public List<Shown> all() {
        List<Shown> all = new ArrayList<>();
        for (LedgerCa ca : shop.store().cas()) {
            if (ca.isAtOffice()) {
                continue;
            }
            all.add(shown(
                    ca.name().value(), "ca", shop.certificate(ca.name()).tbs().publicKey(), ca.keyUri()));
            for (Delegates.Task task : Delegates.Task.ALL) {
                new Delegates(shop, task)
                        .inForce(ca.name())
                        .ifPresent(delegate -> all.add(
                                shown(task.name(ca.name()), task.profile(), delegate.publicKey(), delegate.keyUri())));
            }
        }
        JwtKeys tokenKeys = shop.store().jwtKeys();
        tokenKeys.all().stream()
                .filter(key -> tokenKeys.isNeeded(key, shop.now()))
                .forEach(key -> all.add(shown(key.id(), "access-token", key.publicKey(), key.keyUri())));
        KeyPool pool = shop.keyPool();
        if (pool.isThere()) {
            all.add(shown(POOL, POOL, Optional.empty(), "file:../pool/pool.key.pem", pool::prove));
        }
        return all;
    }

    /** @throws DevpkiException NOT_FOUND if {@link #all} has none of that name */
    public Shown named(String name) {
        return all().stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        DevpkiException.notFound("there is no key of " + name).hint("devpki key list"));
    }

    private Shown shown(String name, String use, PublicKeyDer publicKey, String uri) {
        return shown(name, use, Keys.spec(publicKey), uri, () -> {
            try (SigningKey key = shop.keyRing().open(uri, publicKey)) {
                key.algorithm(); // it is there, and that is all
            }
        });
    }

    private Shown shown(String name, String use, Optional<KeySpec> kind, String uri, Runnable opening) {
        try {
            var keeping = shop.keyRing().keeping(uri);
            Optional<String> fault = isOpening ? faultOf(opening) : Optional.empty();
            return new Shown(
                    name,
                    use,
                    kind,
                    uri,
                    Optional.of(keeping.text()),
                    keeping.isWeak(),
                    isOpening ? Optional.of(fault.isEmpty()) : Optional.empty(),
                    fault);
        } catch (DevpkiException e) {
            return new Shown(
                    name,
                    use,
                    kind,
                    uri,
                    Optional.empty(),
                    false,
                    isOpening ? Optional.of(false) : Optional.empty(),
                    Optional.of(e.sentence()));
        }
    }

    private static Optional<String> faultOf(Runnable opening) {
        try {
            opening.run();
            return Optional.empty();
        } catch (DevpkiException e) {
            return Optional.of(e.sentence());
        }
    }
}
