package org.devpki.app;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExpiringCertificate;

/**
 * Spreads renewals over time: deals the devices whose certificates end within some time over waves of equal length, so that
 * each wave is over before any of its certificates ends, and the largest wave is as small as that allows. Which device goes
 * into which wave is told by a hash, so that neighbours do not come together, and the same ledger gives the same lists.
 */
public final class PlanWaves {
    public static final int MOST_WAVES = 1000;
    private static final String COLUMNS = "name,renews\n";
    private static final long MOST_OCTETS = 1L << 30;

    /**
     * @param within in how much time the waves are, from the beginning of the day; devices are in them whose certificates end
     *     then, or in the time of one wave behind, so that the last one has its share
     * @param most how many devices may be in a wave
     * @param isForced whether other lists may be replaced
     */
    public record Order(Duration within, int waves, Optional<Long> most, Path folder, boolean isForced) {
        public Order {
            if (waves < 1 || waves > MOST_WAVES) {
                throw DevpkiException.invalid(waves + " waves are not 1 to " + MOST_WAVES);
            }
            if (within.dividedBy(waves).compareTo(Duration.ofMinutes(1)) < 0) {
                throw DevpkiException.invalid(waves + " waves within " + within + " are less than a minute long each");
            }
        }

        private Duration step() {
            return within.dividedBy(waves).truncatedTo(ChronoUnit.SECONDS);
        }

        private Instant lastEnd(Instant start) {
            return start.plus(within).plus(step());
        }
    }

    /** @param from when its renewals may begin; they are over before {@code until} */
    public record Wave(int number, Instant from, Instant until, long devices, Path list) {}

    /** @param expired how many have ended already; they are in the first wave */
    public record Plan(List<Wave> waves, long expired, boolean hasChanged) {
        public long devices() {
            return waves.stream().mapToLong(Wave::devices).sum();
        }
    }

    private final Workshop shop;
    private final ExpiringDevices expiring;

    PlanWaves(Workshop shop) {
        this.shop = shop;
        this.expiring = shop.expiringDevices();
    }

    /**
     * @throws DevpkiException REFUSED if a wave would be larger than it may; CONFLICT for other lists in the folder
     */
    public Plan run(Order order) {
        Instant start = shop.now().truncatedTo(ChronoUnit.DAYS);
        Deal deal = new Deal(order, start);
        expiring.eachNamedBefore(order.lastEnd(start), deal::see);
        deal.settle();
        List<StringBuilder> lists = new ArrayList<>();
        List<Wave> waves = new ArrayList<>();
        for (int i = 0; i < order.waves(); i++) {
            lists.add(new StringBuilder());
        }
        long[] devices = new long[order.waves()];
        Instant now = shop.now();
        long[] expired = new long[1];
        expiring.eachNamedBefore(order.lastEnd(start), row -> {
            int wave = deal.wave(row);
            lists.get(wave).append(row.name()).append(',').append(row.serial()).append('\n');
            devices[wave]++;
            expired[0] += row.isExpired(now) ? 1 : 0;
        });
        int digits = String.valueOf(order.waves()).length();
        for (int i = 0; i < order.waves(); i++) {
            Path list = order.folder().resolve(String.format("wave-%0" + digits + "d.csv", i + 1));
            Instant from = start.plus(order.step().multipliedBy(i));
            waves.add(new Wave(i + 1, from, from.plus(order.step()), devices[i], list));
        }
        return new Plan(waves, expired[0], write(order, waves, lists));
    }

    /** @return whether anything was written */
    private static boolean write(Order order, List<Wave> waves, List<StringBuilder> lists) {
        WholeFiles.makeFolder(order.folder(), Modes.PUBLIC_FOLDER);
        refuseOthers(order.folder(), waves);
        List<Runnable> writes = new ArrayList<>();
        for (Wave wave : waves) {
            Bytes content = Bytes.utf8("# wave " + wave.number() + " of " + waves.size() + ": " + wave.devices()
                    + " devices, from " + wave.from() + " until " + wave.until() + "\n" + COLUMNS
                    + lists.get(wave.number() - 1));
            Optional<Bytes> before = WholeFiles.readIfPresent(wave.list(), MOST_OCTETS);
            if (before.isPresent() && !before.get().equals(content) && !order.isForced()) {
                throw DevpkiException.conflict(wave.list() + " is there already, and is of another plan")
                        .hint("another --out, or --force to replace it");
            }
            if (!before.equals(Optional.of(content))) {
                writes.add(() -> WholeFiles.write(wave.list(), content, Modes.PUBLIC_FILE));
            }
        }
        writes.forEach(Runnable::run);
        return !writes.isEmpty();
    }

    private static void refuseOthers(Path folder, List<Wave> waves) {
        List<Path> own = waves.stream().map(Wave::list).toList();
        WholeFiles.list(folder).stream()
                .filter(file -> String.valueOf(file.getFileName()).matches("wave-[0-9]+\\.csv") && !own.contains(file))
                .filter(Files::exists)
                .findFirst()
                .ifPresent(file -> {
                    throw DevpkiException.conflict(file + " is of a plan with other waves")
                            .hint("another --out, or remove it");
                });
    }

    /** Who goes where: by the last wave that is over in time, and within that by hash. */
    static final class Deal {
        private final Order order;
        private final Instant start;
        /** Of the certificates that have this wave for their last, each eight octets. */
        private final List<long[]> hashes = new ArrayList<>();

        private final int[] counts;
        /** Up to which place in the sorted hashes a wave takes them, by last wave. */
        private final int[][] ends;

        Deal(Order order, Instant start) {
            this.order = order;
            this.start = start;
            this.counts = new int[order.waves()];
            this.ends = new int[order.waves()][order.waves()];
            for (int i = 0; i < order.waves(); i++) {
                hashes.add(new long[16]);
            }
        }

        void see(ExpiringCertificate row) {
            int last = last(row.notAfter());
            int count = counts[last]++;
            if (count == hashes.get(last).length) {
                hashes.set(last, Arrays.copyOf(hashes.get(last), 2 * count));
            }
            hashes.get(last)[count] = hash(row);
        }

        /** The last wave that is over when a certificate ends; the first for those that do not last so long. */
        private int last(Instant end) {
            long whole = Duration.between(start, end).toMillis() / order.step().toMillis();
            return (int) Math.max(0, Math.min(order.waves(), whole) - 1);
        }

        private static long hash(ExpiringCertificate row) {
            return ByteBuffer.wrap(
                            Bytes.utf8(row.name() + " " + row.serial()).sha256().toArray())
                    .getLong();
        }

        /**
         * Fills the waves, each up to the least that does, as late as possible: those first that may go last.
         *
         * @throws DevpkiException REFUSED if that is more than may be
         */
        void settle() {
            long least = least();
            order.most().filter(most -> least > most).ifPresent(most -> {
                throw DevpkiException.refused("a wave would have " + least + " devices, over the " + most
                                + " of --per-wave, or certificates would end before their wave")
                        .hint("--per-wave " + least + ", or a longer --within with more --waves");
            });
            long[] loads = new long[order.waves()];
            for (int last = order.waves() - 1; last >= 0; last--) {
                Arrays.sort(hashes.get(last), 0, counts[last]);
                int left = counts[last];
                for (int wave = last; wave >= 0; wave--) {
                    ends[last][wave] = left;
                    long taken = Math.min(left, least - loads[wave]);
                    loads[wave] += taken;
                    left -= (int) taken;
                }
            }
        }

        /** What the largest wave has at least. */
        private long least() {
            long least = 0;
            long sum = 0;
            for (int wave = 0; wave < order.waves(); wave++) {
                sum += counts[wave];
                least = Math.max(least, (sum + wave) / (wave + 1));
            }
            return least;
        }

        int wave(ExpiringCertificate row) {
            int last = last(row.notAfter());
            int found = Arrays.binarySearch(hashes.get(last), 0, counts[last], hash(row));
            int place = found >= 0 ? found : Math.min(-found - 1, counts[last] - 1); // came meanwhile
            int wave = 0;
            while (wave < last && place >= ends[last][wave]) {
                wave++;
            }
            return wave;
        }
    }
}
