package org.devpki.app;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.devpki.export.Label;
import org.devpki.export.LabelFormat;
import org.devpki.export.LabelSize;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.store.Store;

/** Makes labels of certificates that open doors. A label holds no secret, so no key is asked for. */
public final class MakeLabels {
    private static final int MOST_OCTETS = 1 << 20;

    /** A label in its file. */
    public record Made(LedgerCertificate certificate, Path file, boolean hasChanged) {}

    private final Workshop shop;

    MakeLabels(Workshop shop) {
        this.shop = shop;
    }

    /**
     * Each label into a file of the device's name, whole or not at all.
     *
     * @param isForced whether a label of another certificate may be replaced
     * @throws DevpkiException CONFLICT if there is one and it may not; NOT_FOUND, or REFUSED for a certificate that opens no
     *     door, before any file is made for those that are named
     */
    public void run(LabelOrder order, Path folder, boolean isForced, Consumer<Made> made) {
        LabelFormat format = LabelFormat.parse(order.format());
        WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
        each(order, format, (row, octets) -> {
            Path file = folder.resolve(row.reservation().name() + "." + format.word());
            Optional<Bytes> before = WholeFiles.readIfPresent(file, MOST_OCTETS);
            boolean hasChanged = !before.equals(Optional.of(octets));
            if (hasChanged && before.isPresent() && !isForced) {
                throw DevpkiException.conflict("file " + file + " exists already, with another label")
                        .hint("choose another --out, or --force to replace it");
            }
            if (hasChanged) {
                WholeFiles.write(file, octets, Modes.PUBLIC_FILE);
            }
            made.accept(new Made(row, file, hasChanged));
        });
    }

    /** One label after the other, as a print job. */
    public void run(LabelOrder order, Consumer<Bytes> stream) {
        LabelFormat format = LabelFormat.parse(order.format());
        boolean isOne = order.batch().isEmpty()
                && order.names().size() + order.serials().size() == 1;
        if (!isOne && !format.isStream()) {
            throw DevpkiException.invalid("one " + format.word() + " cannot follow another in a stream; "
                    + LabelFormat.ZPL.word() + " can, and a folder holds any");
        }
        each(order, format, (row, octets) -> stream.accept(octets));
    }

    @FunctionalInterface
    private interface Printed {
        void accept(LedgerCertificate row, Bytes octets);
    }

    private void each(LabelOrder order, LabelFormat format, Printed printed) {
        LabelSize size = LabelSize.parse(order.size(), order.dpi());
        Consumer<LedgerCertificate> print = row -> printed.accept(row, format.of(label(row), size));
        RevokeCertificate ledger = shop.revokeCertificate();
        Stream.concat(
                        order.names().stream().map(ledger::named),
                        order.serials().stream().map(ledger::withSerial))
                .map(this::thatOpensADoor)
                .toList()
                .forEach(print);
        order.batch().ifPresent(batch -> eachOf(batch, print));
    }

    private void eachOf(BatchId batch, Consumer<LedgerCertificate> print) {
        long all = shop.store().count(Store.Filter.all().inBatch(batch));
        AtomicLong seen = new AtomicLong();
        AtomicLong printed = new AtomicLong();
        shop.showLedger().each(ShowLedger.Query.of(batch), row -> {
            if (opensADoor(row)) {
                print.accept(row);
                printed.incrementAndGet();
            }
            shop.surroundings().words().soFar("labels", seen.incrementAndGet(), all);
        });
        if (printed.get() == 0) {
            throw DevpkiException.notFound("batch " + batch + " has no certificate that opens a door")
                    .hint("devpki batch list");
        }
    }

    private boolean opensADoor(LedgerCertificate row) {
        return row.isLive(shop.now()) && row.certificate().isPresent();
    }

    private LedgerCertificate thatOpensADoor(LedgerCertificate row) {
        if (!opensADoor(row)) {
            throw DevpkiException.refused("certificate " + row.serial() + " of "
                    + row.reservation().name() + " is " + row.standing(shop.now()) + ", so it gets no label");
        }
        return row;
    }

    private static Label label(LedgerCertificate row) {
        CertificateDer certificate = row.certificate().orElseThrow();
        return new Label(
                new DeviceId(row.reservation().name()),
                row.serial(),
                certificate.octets().sha256(),
                row.reservation().batch());
    }
}
