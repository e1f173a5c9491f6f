package org.devpki.app;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.devpki.config.LineTokenFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LineToken;
import org.devpki.model.NamePattern;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;

/** Writes down what a factory may issue, and signs it with a key that the CA certified for that. */
public final class SignToken {
    /** Begins the notes of which CA a factory may issue by, and until when. */
    private static final String NOTE = "line-token ";

    private final Workshop shop;

    SignToken(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param ca the one that carries out the default's orders now when absent
     * @param isForced whether another file may be replaced
     */
    public record Order(
            long devices,
            NamePattern name,
            List<String> profiles,
            Optional<CaName> ca,
            Optional<BatchId> batch,
            Instant until,
            Path target,
            boolean isForced) {}

    /** What a run brings back. */
    public record Signed(LineToken token, boolean hasChanged) {}

    /**
     * A token that allows the same and is in the file already stays.
     *
     * @throws DevpkiException REFUSED in a store that tokens restrict, which must not sign its own; CONFLICT for another file
     *     in the way
     */
    public Signed run(Order order) {
        shop.refuseHome("signs no line token");
        try (Store.Held issuing = shop.store().lock(RotateCa.LOCK)) { // else the CA is retired meanwhile
            return signed(order);
        }
    }

    private Signed signed(Order order) {
        shop.forgetCas();
        CaName ca = order.ca().orElseGet(() -> shop.issuing(shop.settings().defaultCa()));
        shop.refuseIdle(ca);
        order.profiles().forEach(profile -> refuseOthers(shop.profile(profile).name()));
        Instant now = shop.now().truncatedTo(ChronoUnit.SECONDS);
        LineToken token = new LineToken(
                SerialNumber.random(shop.surroundings().random()).hex(),
                ca,
                order.devices(),
                order.name(),
                order.profiles(),
                order.batch(),
                order.until().truncatedTo(ChronoUnit.SECONDS),
                now);
        WholeFiles.sweep(order.target());
        Optional<Bytes> before = WholeFiles.readIfPresent(order.target(), RestrictStore.MOST_OCTETS);
        if (before.isPresent() && !order.isForced()) {
            LineToken there = same(before.get(), token, order.target())
                    .orElseThrow(
                            () -> DevpkiException.conflict(order.target() + " exists already and says something else")
                                    .hint("--force replaces it"));
            return new Signed(there, false);
        }
        Bytes content = LineTokenFile.write(token);
        Bytes signed = new Delegates(shop, Delegates.Task.LINE_TOKEN).signWhole(ca, content, token.issuedAt());
        shop.store()
                .audit(
                        "token.sign",
                        token.id(),
                        "sha256=" + content.sha256().hex() + " devices=" + token.devices() + " name=" + token.name()
                                + " until=" + token.until());
        shop.store().setNote(NOTE + token.id(), ca + " " + token.until());
        WholeFiles.write(order.target(), signed, Modes.PUBLIC_FILE);
        return new Signed(token, true);
    }

    /** The IDs of tokens that let factories issue by a CA now, each with its end. */
    static Map<String, Instant> outstanding(Workshop shop, CaName ca) {
        Map<String, Instant> outstanding = new TreeMap<>();
        shop.store().notes(NOTE).forEach((note, text) -> {
            int blank = text.indexOf(' ');
            Instant until = Instant.parse(text.substring(blank + 1));
            if (text.substring(0, blank).equals(ca.value()) && shop.now().isBefore(until)) {
                outstanding.put(note.substring(NOTE.length()), until);
            }
        });
        return outstanding;
    }

    private static void refuseOthers(String profile) {
        if (Delegates.Task.isProfile(profile)) {
            throw DevpkiException.invalid("profile \"" + profile + "\" is not for devices or servers");
        }
    }

    private Optional<LineToken> same(Bytes file, LineToken wanted, Path target) {
        try {
            return Optional.of(
                            shop.restrictStore().read(file, target.toString()).token())
                    .filter(wanted::allowsTheSameAs);
        } catch (DevpkiException e) { // no token of this store: it is in the way
            return Optional.empty();
        }
    }
}
