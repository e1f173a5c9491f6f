package org.devpki.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Checkpoint;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerPassword;
import org.devpki.model.PasswordHash;
import org.devpki.model.SecretBytes;
import org.devpki.store.Store;
import org.devpki.x509.Passwords;

/**
 * Makes passwords for devices. Of each the hash is noted first, as prepared; then it is delivered; then the hash is put in
 * force. So whatever is cut short, a broker is never told of a password that nobody has, and the one before counts until the
 * new one is where it belongs. The same order again ends the work: a prepared password that is not where it was to go is
 * made anew. docs/adr/0028-passwords.md says why in this order.
 */
public final class IssuePasswords {
    static final String LOCK = "passwords";

    /** So many hold the lock at once, and are one transaction. */
    private static final int GROUP = 200;

    private final Workshop shop;
    private final Store store;
    private final LockedOut lockedOut;
    private final ShowPasswords shown;

    IssuePasswords(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
        this.lockedOut = new LockedOut(shop);
        this.shown = shop.showPasswords();
    }

    /**
     * How it is to be done.
     *
     * @param isRotating whether devices that have a password get another one
     * @param isForced whether what is there for a device, and is no password that the ledger knows, may be replaced
     */
    public record Order(PasswordDelivery to, boolean isRotating, boolean isForced) {}

    /**
     * What was done.
     *
     * @param made whose new password is in force
     * @param before who had one, which stays
     * @param refused whose certificates were revoked
     */
    public record Issued(List<DeviceId> made, List<DeviceId> before, List<DeviceId> refused) {}

    /**
     * One device.
     *
     * @throws DevpkiException REFUSED if its certificate was revoked, CONFLICT if something else is in its place, NOT_FOUND if
     *     it is to be rotated and has none
     */
    public Issued one(DeviceId name, Order order) {
        lockedOut.refuse(name);
        if (order.isRotating()
                && store.password(name).flatMap(LedgerPassword::inForce).isEmpty()) {
            throw DevpkiException.notFound(name + " has no password to rotate").hint("devpki password issue " + name);
        }
        return run(List.of(name), order);
    }

    /** @throws DevpkiException CONFLICT as {@link #one}; what was done for devices before it stays done */
    public Issued run(List<DeviceId> names, Order order) {
        shop.refuseRestricted("issues no passwords");
        Issued all = new Issued(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<DeviceId> distinct = names.stream().distinct().toList();
        for (int from = 0; from < distinct.size(); from += GROUP) {
            try (Store.Held held = store.lock(LOCK)) {
                group(distinct.subList(from, Math.min(distinct.size(), from + GROUP)), order, all);
            }
            shop.surroundings().words().soFar("passwords", all.made().size(), distinct.size());
        }
        return new Issued(List.copyOf(all.made()), List.copyOf(all.before()), List.copyOf(all.refused()));
    }

    private void group(List<DeviceId> names, Order order, Issued all) {
        Map<DeviceId, SecretBytes> fresh = new LinkedHashMap<>();
        Map<DeviceId, PasswordHash> hashes = new LinkedHashMap<>();
        List<DeviceId> done = new ArrayList<>();
        for (DeviceId name : names) {
            Optional<LedgerPassword> known = store.password(name);
            Optional<SecretBytes> there = order.to().there(name);
            if (lockedOut.has(name)) {
                all.refused().add(name);
            } else if (isOf(known.flatMap(LedgerPassword::prepared), there)) {
                done.add(name); // delivered, and cut short before that was noted
            } else if (known.filter(shown::counts).isPresent() && !order.isRotating()) {
                all.before().add(name);
            } else {
                if (there.isPresent() && !order.isForced() && !isOf(known.flatMap(LedgerPassword::inForce), there)) {
                    throw DevpkiException.conflict(
                                    "there is a password for " + name + " in its place, which the ledger does not know")
                            .hint("--force replaces it");
                }
                SecretBytes password = Passwords.make(shop.surroundings().random());
                fresh.put(name, password);
                hashes.put(name, Passwords.hash(password, shop.surroundings().random()));
            }
        }
        if (!fresh.isEmpty()) {
            store.preparePasswords(hashes);
            shop.surroundings().checkpoint().reached(Checkpoint.Step.PASSWORD_1_PREPARED);
            order.to().deliver(fresh);
            shop.surroundings().checkpoint().reached(Checkpoint.Step.PASSWORD_2_DELIVERED);
            done.addAll(fresh.keySet());
        }
        if (!done.isEmpty()) {
            store.putPasswordsInForce(done);
        }
        all.made().addAll(done);
    }

    private static boolean isOf(Optional<PasswordHash> hash, Optional<SecretBytes> password) {
        return hash.isPresent() && password.isPresent() && Passwords.isOf(hash.get(), password.get());
    }
}
