package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExpiringCertificate;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Quoted;
import org.devpki.model.Reservation;

/**
 * What ends soon, or has ended, without a later certificate that stands in for it. Revoked and held
 * certificates do not count, nor those of retired devices, of CAs and of devpki's own delegates.
 */
public final class ExpiringDevices {
    /** How far ahead is looked where nobody says. */
    public static final Duration USUAL = Duration.ofDays(30);

    /** What is counted together. */
    public enum By {
        /** The month of the end, in UTC. */
        MONTH,
        PROFILE,
        CA,
        BATCH;

        /** Empty for what is of no batch. */
        private String group(ExpiringCertificate row) {
            return switch (this) {
                case MONTH -> row.notAfter().atOffset(ZoneOffset.UTC).toString().substring(0, "2027-03".length());
                case PROFILE -> row.profile();
                case CA -> row.ca().value();
                case BATCH -> row.batch().map(Object::toString).orElse("");
            };
        }

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static By parse(String text) {
            return Arrays.stream(values())
                    .filter(by -> by.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> DevpkiException.invalid(Quoted.of(text) + " is not one of "
                            + Arrays.stream(values()).map(By::text).collect(Collectors.joining(", "))));
        }
    }

    /**
     * How many there are.
     *
     * @param expired that have ended
     * @param due that end within the time asked about
     */
    public record Count(long expired, long due) {
        static final Count NONE = new Count(0, 0);

        Count and(boolean isExpired) {
            return isExpired ? new Count(expired + 1, due) : new Count(expired, due + 1);
        }

        public Urgency urgency() {
            return expired > 0 ? Urgency.TOO_LATE : due > 0 ? Urgency.SOON : Urgency.NONE;
        }
    }

    /** @param groups by what they have in common, in order */
    public record Report(Count all, SortedMap<String, Count> groups) {}

    private final Workshop shop;

    ExpiringDevices(Workshop shop) {
        this.shop = shop;
    }

    public Count count(Duration within) {
        return count(within, By.CA).all();
    }

    /** Memory grows with the groups, not with the certificates. */
    public Report count(Duration within, By by) {
        Instant now = shop.now();
        SortedMap<String, Count> groups = new TreeMap<>();
        Count[] all = {Count.NONE};
        each(within, row -> {
            boolean isExpired = row.isExpired(now);
            all[0] = all[0].and(isExpired);
            groups.merge(by.group(row), Count.NONE.and(isExpired), (one, other) -> one.and(isExpired));
        });
        return new Report(all[0], groups);
    }

    /** Each of them, those that end first first; the consumer must not change the ledger. */
    public void each(Duration within, Consumer<ExpiringCertificate> consumer) {
        eachBefore(shop.now().plus(within), consumer);
    }

    private void eachBefore(Instant until, Consumer<ExpiringCertificate> consumer) {
        Predicate<LedgerCertificate> isFoundation = shop.foundations();
        shop.store().eachExpiring(until, Delegates.Task.profiles(), row -> {
            if (!isFoundation.test(row)) {
                consumer.accept(ExpiringCertificate.of(row));
            }
        });
    }

    /** Those of them that can be renewed under their names. */
    void eachNamedBefore(Instant until, Consumer<ExpiringCertificate> consumer) {
        eachBefore(until, row -> {
            if (!row.name().equals(Reservation.unknownName(row.serial()))) {
                consumer.accept(row);
            }
        });
    }

    public Instant now() {
        return shop.now();
    }
}
