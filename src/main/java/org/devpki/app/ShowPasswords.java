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
import org.devpki.model.RevocationReason;
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
        /** A certificate of the device was revoked after it was made, so brokers are not told of it. */
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

    /**
     * Whether brokers are told of a password: of none of a device that is locked out, and of none that is older than the
     * loss of a certificate of its name. Whoever has that device has the password, whatever certificates the name gets.
     */
    boolean counts(LedgerPassword row) {
        return row.inForce().isPresent()
                && !lockedOut.has(row.name())
                && shop.store().certificatesNamed(row.name().value()).stream()
                        .flatMap(certificate -> certificate.revocation().stream())
                        .noneMatch(revocation -> isLoss(revocation.reason())
                                && row.since().filter(revocation.at()::isAfter).isPresent());
    }

    /** Whether a certificate that is revoked for a reason tells of a device that others may have. */
    private static boolean isLoss(RevocationReason reason) {
        return switch (reason) {
            case UNSPECIFIED, KEY_COMPROMISE, AFFILIATION_CHANGED, CESSATION_OF_OPERATION, PRIVILEGE_WITHDRAWN -> true;
            case CA_COMPROMISE, AA_COMPROMISE, SUPERSEDED, CERTIFICATE_HOLD, REMOVE_FROM_CRL -> false;
        };
    }

    private Standing standing(LedgerPassword row) {
        if (row.inForce().isPresent()) {
            return counts(row) ? Standing.LIVE : Standing.LOCKED_OUT;
        }
        return row.prepared().isPresent() ? Standing.UNDELIVERED : Standing.REVOKED;
    }

    /** @throws DevpkiException NOT_FOUND if the device has none, REFUSED if it is another one or does not count */
    public void check(DeviceId name, SecretBytes password) {
        LedgerPassword row = shop.store()
                .password(name)
                .filter(known -> known.inForce().isPresent())
                .orElseThrow(() ->
                        DevpkiException.notFound(name + " has no password").hint("devpki password issue " + name));
        if (!Passwords.isOf(row.inForce().orElseThrow(), password)) {
            throw DevpkiException.refused("that is not the password of " + name);
        }
        if (!counts(row)) {
            throw DevpkiException.refused("that is the password of " + name
                            + ", and does not count any more: its certificate was revoked")
                    .hint("devpki password rotate " + name + ", if the device has a live certificate again");
        }
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
