package org.devpki.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.devpki.broker.PasswordFile;
import org.devpki.files.Modes;
import org.devpki.model.BrokerKind;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerPassword;
import org.devpki.model.PasswordHash;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Passwords;

/** Tells who has a password, and tells brokers. Changes nothing, and shows no password, for none is kept. */
public final class ShowPasswords {
    /** What a device's password is good for. */
    public enum Standing {
        /** Brokers are told of it. */
        LIVE,
        /** One was made and not delivered; the same order again makes another. */
        UNDELIVERED,
        REVOKED,
        /** The device's certificate was revoked, so brokers are not told of it. */
        LOCKED_OUT;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A device's line. */
    public record Shown(DeviceId name, Standing standing, Optional<Instant> since) {}

    /**
     * A broker's file.
     *
     * @param users how many are in it
     * @param leftOut whom that broker cannot know by their passwords, and why
     */
    public record BrokerFile(String name, Bytes content, int users, Map<DeviceId, String> leftOut) {}

    private final Workshop shop;
    private final LockedOut lockedOut;

    ShowPasswords(Workshop shop) {
        this.shop = shop;
        this.lockedOut = new LockedOut(shop);
    }

    /** In the order of their names. */
    public List<Shown> all() {
        return shop.store().passwords().stream()
                .map(row -> new Shown(row.name(), standing(row), row.since()))
                .toList();
    }

    /** Whether any device has or had one. */
    public boolean hasAny() {
        return !shop.store().passwords().isEmpty();
    }

    private Standing standing(LedgerPassword row) {
        if (row.inForce().isPresent()) {
            return lockedOut.has(row.name()) ? Standing.LOCKED_OUT : Standing.LIVE;
        }
        return row.prepared().isPresent() ? Standing.UNDELIVERED : Standing.REVOKED;
    }

    /** @throws DevpkiException NOT_FOUND if the device has none, REFUSED if it is another one or does not count */
    public void check(DeviceId name, SecretBytes password) {
        PasswordHash hash = shop.store()
                .password(name)
                .flatMap(LedgerPassword::inForce)
                .orElseThrow(() ->
                        DevpkiException.notFound(name + " has no password").hint("devpki password issue " + name));
        if (!Passwords.isOf(hash, password)) {
            throw DevpkiException.refused("that is not the password of " + name);
        }
        lockedOut.refuse(name);
    }

    /** All that are live. @throws DevpkiException INVALID_INPUT for a broker that takes no such file */
    public BrokerFile file(BrokerKind broker) {
        String name = PasswordFile.name(broker);
        List<PasswordFile.User> users = new ArrayList<>();
        Map<DeviceId, String> leftOut = new LinkedHashMap<>();
        for (LedgerPassword row : shop.store().passwords()) {
            if (standing(row) == Standing.LIVE) {
                PasswordFile.User user =
                        new PasswordFile.User(row.name(), row.inForce().orElseThrow());
                PasswordFile.obstacle(broker, user)
                        .ifPresentOrElse(why -> leftOut.put(row.name(), why), () -> users.add(user));
            }
        }
        return new BrokerFile(name, PasswordFile.of(broker, users), users.size(), leftOut);
    }

    /** Writes it for its owner's eyes, whole; tells whether that was needed. */
    public boolean write(BrokerFile file, Path target) {
        return InstalledFile.put(target, file.content(), Modes.SECRET_FILE);
    }

    /** Whether a device has one that brokers are to be told of no longer, for it was locked out. */
    public boolean isSilenced(DeviceId name) {
        return shop.store().password(name).map(this::standing).equals(Optional.of(Standing.LOCKED_OUT));
    }
}
