package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.keys.Rewrapping;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint.Step;
import org.devpki.model.DevpkiException;
import org.devpki.model.Kdf;
import org.devpki.model.LedgerCa;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.store.Store;

/**
 * Puts key files under another passphrase, or under the same by better parameters. Killed anywhere, each file is under
 * the one or the other, whole, and the same order does the rest.
 */
public final class RewrapKeys {
    /**
     * What came of it.
     *
     * @param changed files that were replaced
     * @param kept files that were right already
     */
    public record Done(int changed, int kept) {}

    /** The word that is locked while key files are made or replaced by order; delegates' have words of their own. */
    static final String LOCK = "the key files";

    private static final String FILE = "file:";

    private final Workshop shop;

    RewrapKeys(Workshop shop) {
        this.shop = shop;
    }

    /**
     * Puts keys under another passphrase.
     *
     * @param ca whose key, and those of its delegates; absent for all that the store has
     * @throws DevpkiException KEY_UNAVAILABLE if a file opens under neither passphrase, and then nothing has changed
     */
    public Done change(Optional<CaName> ca, Passphrases next) {
        try (SecretBytes from = shop.surroundings().passphrases().passphraseFor("the CA keys");
                SecretBytes to = next.passphraseFor("the CA keys")) {
            if (from.equals(to)) {
                throw DevpkiException.invalid("the new passphrase is the old one");
            }
            return run(ca, from, to, Optional.empty(), "key.passphrase");
        }
    }

    /**
     * Brings what is weaker than today's parameters up to them.
     *
     * @param ca as in {@link #change}
     * @param kdf for all of them; each keeps its own when absent
     * @throws DevpkiException KEY_UNAVAILABLE if a file does not open, and then nothing has changed
     */
    public Done rewrap(Optional<CaName> ca, Optional<Kdf> kdf) {
        try (SecretBytes passphrase = shop.surroundings().passphrases().passphraseFor("the CA keys")) {
            return run(ca, passphrase, passphrase, kdf, "key.rewrap");
        }
    }

    private Done run(Optional<CaName> ca, SecretBytes from, SecretBytes to, Optional<Kdf> kdf, String deed) {
        Deque<Store.Held> held = new ArrayDeque<>();
        try {
            held.push(shop.store().lock(LOCK)); // no CA comes meanwhile
            locks(shop.store()).forEach(lock -> held.push(shop.store().lock(lock)));
            List<Path> files = files(ca);
            try (Rewrapping rewrapping = Rewrapping.prepare(
                    files, owners(), from, to, kdf, shop.surroundings().random())) {
                shop.surroundings().checkpoint().reached(Step.REWRAP_1_PREPARED);
                if (rewrapping.size() > 0) {
                    shop.store().audit(deed, "keys", "files=" + rewrapping.size()); // first: none changes untold
                }
                rewrapping.settle(() -> shop.surroundings().checkpoint().reached(Step.REWRAP_2_REPLACED));
                return new Done(rewrapping.size(), files.size() - rewrapping.size());
            }
        } finally {
            held.forEach(Store.Held::close);
        }
    }

    /** Whoever makes a key in a store that is there holds one of these, or {@link #LOCK} for a CA's. */
    static List<String> locks(Store store) {
        List<String> locks = new ArrayList<>(List.of(StockKeyPool.LOCK));
        for (LedgerCa ca : store.cas()) {
            Delegates.Task.ALL.forEach(task -> locks.add(Delegates.lock(task, ca.name())));
        }
        return locks;
    }

    /** The CAs' own keys; a delegate's is made anew when it is another's. */
    private Map<Path, PublicKeyDer> owners() {
        Map<Path, PublicKeyDer> owners = new HashMap<>();
        for (LedgerCa ca : shop.store().cas()) {
            if (ca.keyUri().startsWith(FILE)) {
                owners.put(
                        shop.folder().keys().resolve(ca.keyUri().substring(FILE.length())),
                        shop.certificate(ca.name()).tbs().publicKey());
            }
        }
        return owners;
    }

    private List<Path> files(Optional<CaName> ca) {
        List<Path> all = Rewrapping.files(shop.folder().keys(), shop.folder().pool());
        if (ca.isEmpty()) {
            return all;
        }
        String uri = shop.ca(ca.get()).keyUri();
        return all.stream()
                .filter(file -> uri.equals(FILE + file.getFileName())
                        || Delegates.isKeyFile(ca.get(), String.valueOf(file.getFileName())))
                .toList();
    }
}
