package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.BatchRow;
import org.devpki.model.Checkpoint;
import org.devpki.model.Complaints;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.store.Store;
import org.devpki.x509.Keys;

/**
 * Issues all devices of a list. Every row is looked at before the first is issued; then each goes the way of a single
 * order, so that it is safe against a kill at any moment, and the same run again does what is left.
 */
public final class RunBatch {
    /** Of one note in the ledger. */
    private static final int GROUP = 100;

    private final Workshop shop;
    private final IssueDevice issueDevice;
    private final Function<DeviceOrder, IssuedDevice> deed;

    RunBatch(Workshop shop) {
        this(shop, shop.issueDevice()::run);
    }

    /** @param deed what is done with each order */
    RunBatch(Workshop shop, Function<DeviceOrder, IssuedDevice> deed) {
        this.shop = shop;
        this.issueDevice = shop.issueDevice();
        this.deed = deed;
    }

    /**
     * What a run has to do.
     *
     * @param begun rows that were made before, or begun
     * @param failing rows that will fail, of renewals
     * @param keys that take long to make, and how many of them are ready
     */
    public record Outlook(long rows, long begun, long failing, List<KeysWanted> keys) {
        public long fresh() {
            return rows - begun - failing;
        }
    }

    /**
     * Keys of one kind that a run will take.
     *
     * @param ready how many the pool has
     */
    public record KeysWanted(KeySpec kind, long wanted, long ready) {}

    /**
     * What a run leaves of a kind of key that it took from the pool.
     *
     * @param lasts for how long, if more devices are made as fast; empty if that took no time
     */
    public record KeysLeft(KeySpec kind, long taken, long ready, Optional<Duration> lasts) {}

    /**
     * What came of a row.
     *
     * @param issued empty if it failed
     */
    public record Result(BatchList.Entry entry, Optional<IssuedDevice> issued, Optional<DevpkiException> why) {
        private BatchOutcome outcome() {
            return issued.<BatchOutcome>map(
                            device -> new BatchOutcome.Done(device.certificate().issuerAndSerial()))
                    .orElseGet(() -> new BatchOutcome.Failed(why.orElseThrow().sentence()));
        }
    }

    /**
     * What came of a run.
     *
     * @param unchanged rows that were done before
     * @param left rows that were not begun, for somebody stopped the run
     * @param keys of the pool
     */
    public record Summary(long issued, long unchanged, long failed, long left, List<KeysLeft> keys) {
        public boolean isWhole() {
            return failed == 0 && left == 0;
        }
    }

    /**
     * Looks at every row, and changes nothing. A renewal that what became of its device stands in the way of is no fault of the
     * list: its row fails in the run, and stops no other.
     *
     * @throws DevpkiException with every row that cannot be issued
     */
    public Outlook look(BatchOrder order) {
        shop.store().checkBatch(order.batch(), order.settings(), rows(order));
        Look look = new Look(order);
        InOrder.each(order.list().entries(), order.jobs(), look::at, look::take, () -> false);
        return look.outlook();
    }

    /** A look at all rows, whose findings are taken in the order of the list. */
    private final class Look {
        private final BatchOrder order;
        private final Complaints complaints;
        private final QuotaLook quota = new QuotaLook(shop);
        private final Map<KeySpec, PublicKeyDer> standIns = new ConcurrentHashMap<>();
        private final Map<KeySpec, Long> keys = new HashMap<>();
        private long begun;
        private long failing;
        private int looked;

        /** What was found of a row. */
        private record Found(
                BatchList.Entry entry, Optional<IssueDevice.Outlook> outlook, Optional<DevpkiException> why) {}

        Look(BatchOrder order) {
            this.order = order;
            this.complaints = new Complaints(order.list().origin());
        }

        Found at(BatchList.Entry entry) {
            try {
                IssueDevice.Outlook outlook = issueDevice.look(
                        order.device(entry), kind -> standIns.computeIfAbsent(kind, RunBatch.this::standIn));
                return new Found(entry, Optional.of(outlook), Optional.empty());
            } catch (DevpkiException e) {
                return new Found(entry, Optional.empty(), Optional.of(thatIsOfTheRow(e)));
            }
        }

        void take(Found found) {
            shop.surroundings()
                    .words()
                    .soFar("rows looked at", looked++, order.list().entries().size());
            found.why().ifPresent(why -> {
                if (isOfTheDevice(why)) {
                    failing++;
                } else {
                    complaints.add(found.entry().line(), why);
                }
            });
            found.outlook()
                    .ifPresent(outlook ->
                            outlook.fresh().ifPresentOrElse(fresh -> count(found.entry(), fresh), () -> begun++));
        }

        private boolean isOfTheDevice(DevpkiException why) {
            return order.renewal().isPresent() && (why.fault() == Fault.REFUSED || why.fault() == Fault.CONFLICT);
        }

        private void count(BatchList.Entry entry, IssueDevice.Fresh fresh) {
            fresh.key().ifPresent(kind -> keys.merge(kind, 1L, Long::sum));
            try {
                quota.take(fresh.claim(), fresh.superseded());
            } catch (DevpkiException e) {
                complaints.add(entry.line(), thatIsOfTheRow(e));
            }
        }

        Outlook outlook() {
            complaints.throwIfAny();
            return new Outlook(
                    order.list().entries().size(),
                    begun,
                    failing,
                    StockKeyPool.KINDS.stream()
                            .map(kind -> new KeysWanted(
                                    kind,
                                    keys.getOrDefault(kind, 0L),
                                    shop.keyPool().size(kind)))
                            .filter(kind -> kind.wanted() > 0)
                            .toList());
        }
    }

    private PublicKeyDer standIn(KeySpec kind) {
        try (var key = Keys.generate(kind, shop.surroundings().random())) {
            return key.publicKey();
        }
    }

    /** Opens the key of the CA that rows without one are issued by, so that a wrong passphrase shows now. */
    public void openKey(BatchOrder order) {
        shop.authority(shop.issuing(order.ca().orElse(shop.settings().defaultCa())));
    }

    /**
     * Issues what {@link #look} has passed.
     *
     * @param results told of each row as it is done, in the order of the list
     * @param isStopped asked before each row is begun; those that are begun are ended
     * @throws DevpkiException CONFLICT if the batch was begun with other settings or rows; STORE_FAILED and the like, which no
     *     later row would escape, once what was begun is ended and noted
     */
    public Summary run(BatchOrder order, Consumer<Result> results, BooleanSupplier isStopped) {
        try (Store.Held held = shop.store().lock(lockWord(order.batch()))) {
            shop.store().planBatch(order.batch(), order.settings(), rows(order));
            shop.surroundings().checkpoint().reached(Checkpoint.Step.BATCH_1_PLANNED);
            return new Run(order, results).all(isStopped);
        }
    }

    static List<BatchRow> rows(BatchOrder order) {
        return new MappedList<>(order.list().entries(), BatchList.Entry::row);
    }

    static String lockWord(BatchId batch) {
        return "batch " + batch;
    }

    /** One run, whose results are taken in the order of the list while later rows are made. */
    private final class Run {
        private final BatchOrder order;
        private final Consumer<Result> results;
        private final Map<String, BatchOutcome> toNote = new LinkedHashMap<>();
        private Optional<DevpkiException> stopper = Optional.empty();
        private long issued;
        private long unchanged;
        private long failed;

        Run(BatchOrder order, Consumer<Result> results) {
            this.order = order;
            this.results = results;
        }

        Summary all(BooleanSupplier isStopped) {
            Instant start = shop.now();
            Map<KeySpec, Long> drawn = drawn();
            int left = InOrder.each(
                    order.list().entries(),
                    order.jobs(),
                    this::issue,
                    this::take,
                    () -> stopper.isPresent() || isStopped.getAsBoolean());
            note();
            stopper.ifPresent(e -> {
                throw e.hint("the same command again goes on with what is left");
            });
            return new Summary(issued, unchanged, failed, left, keysLeft(drawn, Duration.between(start, shop.now())));
        }

        private Result issue(BatchList.Entry entry) {
            try {
                IssuedDevice made = deed.apply(order.device(entry));
                return new Result(entry, Optional.of(made), Optional.empty());
            } catch (DevpkiException e) {
                return new Result(entry, Optional.empty(), Optional.of(e));
            }
        }

        private void take(Result result) {
            Optional<DevpkiException> fatal = result.why().filter(why -> !isOfTheRow(why));
            if (fatal.isPresent()) { // the others that are begun may still come through
                stopper = stopper.or(() -> fatal);
                return;
            }
            if (result.issued().isEmpty()) {
                failed++;
            } else if (result.issued().get().hasChanged()) {
                issued++;
            } else {
                unchanged++;
            }
            toNote.put(result.entry().row().id(), result.outcome());
            if (toNote.size() >= GROUP) {
                note();
            }
            results.accept(result);
            int all = order.list().entries().size();
            if (all > 1) { // a station's single orders are no progress
                shop.surroundings().words().soFar("devices", issued + unchanged + failed, all);
            }
        }

        private void note() {
            if (!toNote.isEmpty()) {
                shop.store().noteBatch(order.batch(), toNote);
                toNote.clear();
                shop.surroundings().checkpoint().reached(Checkpoint.Step.BATCH_2_NOTED);
            }
        }
    }

    private Map<KeySpec, Long> drawn() {
        Map<KeySpec, Long> drawn = new HashMap<>();
        StockKeyPool.KINDS.forEach(kind -> drawn.put(kind, shop.keyPool().drawn(kind)));
        return drawn;
    }

    private List<KeysLeft> keysLeft(Map<KeySpec, Long> drawnBefore, Duration took) {
        List<KeysLeft> all = new ArrayList<>();
        drawn().forEach((kind, drawn) -> {
            long taken = drawn - drawnBefore.getOrDefault(kind, 0L);
            if (taken > 0) {
                long ready = shop.keyPool().size(kind);
                Optional<Duration> lasts =
                        Optional.of(took.dividedBy(taken).multipliedBy(ready)).filter(time -> !took.isZero());
                all.add(new KeysLeft(kind, taken, ready, lasts));
            }
        });
        return all;
    }

    /** @throws DevpkiException that very one, if no other row would fare better */
    private static DevpkiException thatIsOfTheRow(DevpkiException e) {
        if (!isOfTheRow(e)) {
            throw e;
        }
        return e;
    }

    /** Whether another row may fare better. */
    private static boolean isOfTheRow(DevpkiException e) {
        return switch (e.fault()) {
            case INVALID_INPUT, NOT_FOUND, CONFLICT, REFUSED -> true;
            case BUSY, INTEGRITY, KEY_UNAVAILABLE, STORE_FAILED, INTERNAL -> false;
        };
    }
}
