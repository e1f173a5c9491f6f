package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.files.Archive;
import org.devpki.files.Modes;
import org.devpki.files.StagedFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.Checkpoint;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;

/**
 * Packs the folders of a batch's devices into one archive, in the order of its rows, each checked as it goes in. The same
 * batch makes the same octets.
 */
public final class ArchiveBatch {
    private static final int MOST_NAMED = 10;
    private static final int MOST_OCTETS = 1 << 24;

    /**
     * What is wanted.
     *
     * @param from the folder that the devices' folders are in
     * @param target the archive, of the kind that its name says
     * @param extras files of the batch that go in beside the folders
     * @param hasKeys whether secrets may go in that are not sealed
     * @param isForced whether another file of that name may be replaced
     */
    public record Order(BatchId batch, Path from, Path target, List<Path> extras, boolean hasKeys, boolean isForced) {
        public Order {
            extras = List.copyOf(extras);
            Archive.named(target);
        }
    }

    /**
     * What came of it.
     *
     * @param batch as the ledger has it
     * @param folders how many went in
     * @param hasChanged false if the very archive was there before
     * @param notDone names of the first rows that have no certificate yet; then nothing was written
     */
    public record Archived(LedgerBatch batch, long folders, boolean hasChanged, List<String> notDone) {
        public boolean isWhole() {
            return notDone.isEmpty();
        }
    }

    private final Workshop shop;

    ArchiveBatch(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @throws DevpkiException NOT_FOUND if there is no such batch; INTEGRITY if a device's folder is not whole, or another
     *     certificate's; REFUSED for secrets in clear; CONFLICT for another file in the way
     */
    public Archived run(Order order) {
        try (Store.Held held = shop.store().lock(RunBatch.lockWord(order.batch()))) {
            LedgerBatch batch = shop.showBatches().named(order.batch());
            List<String> notDone = notDone(batch);
            if (!notDone.isEmpty()) {
                return new Archived(batch, 0, false, notDone);
            }
            WholeFiles.sweep(order.target());
            Packing packing = new Packing(order, batch);
            try (StagedFile staged = Archive.named(order.target()).stage(batch.begunAt(), packing::into)) {
                shop.surroundings().checkpoint().reached(Checkpoint.Step.ARCHIVE_1_WRITTEN);
                return new Archived(batch, packing.folders, settle(staged, order), List.of());
            }
        }
    }

    private List<String> notDone(LedgerBatch batch) {
        List<String> names = new ArrayList<>();
        if (batch.done() < batch.rows()) {
            shop.showBatches().eachRow(batch.id(), row -> {
                if (names.size() < MOST_NAMED && serial(row).isEmpty()) {
                    names.add(row.row().name());
                }
            });
        }
        return names;
    }

    private static Optional<SerialNumber> serial(LedgerBatchRow row) {
        return row.outcome().flatMap(BatchOutcome::certificate).map(IssuerAndSerialNumber::serial);
    }

    /** @return whether anything changed */
    private static boolean settle(StagedFile staged, Order order) {
        if (Files.exists(order.target())) {
            if (WholeFiles.source(order.target()).hasOctetsOf(staged.octets())) {
                return false;
            }
            if (!order.isForced()) {
                throw DevpkiException.conflict("file " + order.target() + " exists already, with other octets")
                        .hint("choose another --out, or --force to replace it");
            }
        }
        staged.settle();
        return true;
    }

    /** One archive that is being filled. */
    private final class Packing {
        private final Order order;
        private final LedgerBatch batch;
        private final Map<String, SecretBytes> extras = new LinkedHashMap<>();
        private final Set<String> taken = new HashSet<>();
        private final ArchiveEnd end = new ArchiveEnd();
        private long folders;

        Packing(Order order, LedgerBatch batch) {
            this.order = order;
            this.batch = batch;
            claim(ArchiveEnd.FILE);
            for (Path extra : order.extras()) {
                String name = String.valueOf(extra.getFileName());
                claim(name);
                extras.put(name, WholeFiles.readSecret(extra, MOST_OCTETS));
            }
        }

        void into(Archive.Sink sink) {
            extras.forEach((name, content) -> {
                end.add(name, content);
                sink.add(name, Modes.PUBLIC_FILE, content);
            });
            long[] devices = new long[1];
            shop.showBatches().eachRow(batch.id(), row -> {
                shop.surroundings().words().soFar("devices packed", devices[0]++, batch.rows());
                pack(row, sink);
            });
            sink.add(ArchiveEnd.FILE, Modes.PUBLIC_FILE, end.file(batch.id()));
        }

        private void pack(LedgerBatchRow row, Archive.Sink sink) {
            SerialNumber serial = serial(row)
                    .orElseThrow(() -> DevpkiException.busy("batch " + batch.id() + " got another row, "
                            + row.row().name() + ", meanwhile"));
            Bundle bundle = Bundle.of(
                    new Destination.Folder(order.from(), false),
                    new DeviceId(row.row().name()),
                    shop);
            pack(bundle.folder(), serial, sink);
            bundle.toBurn().ifPresent(folder -> pack(folder, serial, sink));
        }

        private void pack(Path path, SerialNumber serial, Archive.Sink sink) {
            try (DeviceFolder folder = DeviceFolder.read(path)) {
                if (!folder.sums().serial().equals(serial)) {
                    throw DevpkiException.integrity("folder " + path + " is of certificate "
                            + folder.sums().serial() + ", and batch " + batch.id() + " made " + serial);
                }
                List<String> inClear = folder.sums().mayBeInClear();
                if (!inClear.isEmpty() && !order.hasKeys()) {
                    throw DevpkiException.refused("folder " + path + " has secrets in clear ("
                                    + String.join(", ", inClear) + "), and an archive is for travelling")
                            .hint("--seal-to CERT when they are issued; or --with-keys, if it goes to nobody else");
                }
                claim(folder.name());
                folder.contents()
                        .forEach((name, content) -> sink.add(
                                folder.name() + "/" + name,
                                inClear.contains(name) || ExportedFile.isSealed(name)
                                        ? Modes.SECRET_FILE
                                        : Modes.PUBLIC_FILE,
                                content));
                String name = folder.name() + "/" + Sums.FILE;
                sink.add(name, Modes.PUBLIC_FILE, folder.sumsFile());
                end.add(name, folder.sumsFile());
                folders++;
            }
        }

        /** No two that a file system without small letters would take for one. */
        private void claim(String name) {
            if (!taken.add(name.toLowerCase(Locale.ROOT))) {
                throw DevpkiException.conflict("two things would be called " + name + " in the archive");
            }
        }
    }
}
