package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.devpki.config.ListFile;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateState;
import org.devpki.model.Complaints;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.ListRow;
import org.devpki.model.SerialReference;
import org.devpki.store.Store;

/** Notes where devices are in their life, as lines, stations and people report it. */
public final class MarkDevices {
    /**
     * A report about one device, by its name or its certificate's serial.
     *
     * @param by who says so, such as a station; may be empty
     */
    public record Report(
            int line, Optional<String> name, Optional<SerialReference> serial, LifeState state, String by) {}

    /**
     * What came of a report.
     *
     * @param before where the device was
     */
    public record Marked(LedgerCertificate row, LifeState before, boolean hasChanged) {}

    private final Workshop shop;

    MarkDevices(Workshop shop) {
        this.shop = shop;
    }

    /**
     * Reports of a list, CSV or JSON lines: columns {@code name} (or {@code client_id}) or {@code serial}, {@code mark}, and
     * {@code station}.
     *
     * @throws DevpkiException INVALID_INPUT with every bad row
     */
    public static List<Report> read(Bytes list, String origin) {
        Complaints complaints = new Complaints(origin);
        List<Report> reports = new ArrayList<>();
        for (ListRow row : ListFile.read(list, origin)) {
            try {
                reports.add(report(row));
            } catch (DevpkiException e) {
                complaints.add(row.line(), e);
            }
        }
        complaints.throwIfAny();
        return reports;
    }

    /** The report that a line of a station is; empty for an order of a certificate. */
    public static Optional<Report> ofLine(Bytes line, String origin, int number) {
        ListRow row = ListFile.read(line, origin).get(0);
        return row.columns().containsKey("mark")
                ? Optional.of(report(new ListRow(number, row.columns())))
                : Optional.empty();
    }

    private static Report report(ListRow row) {
        SortedMap<String, String> columns = row.columns();
        Optional<String> name =
                Optional.ofNullable(columns.get("name")).or(() -> Optional.ofNullable(columns.get("client_id")));
        Optional<SerialReference> serial =
                Optional.ofNullable(columns.get("serial")).map(SerialReference::parse);
        if (name.isEmpty() && serial.isEmpty()) {
            throw DevpkiException.invalid("it has neither name nor serial");
        }
        String mark = columns.get("mark");
        if (mark == null) {
            throw DevpkiException.invalid("it has no mark, such as flashed");
        }
        return new Report(row.line(), name, serial, LifeState.parseMark(mark), columns.getOrDefault("station", ""));
    }

    /**
     * @param isForced whether a device may go back
     * @throws DevpkiException NOT_FOUND; CONFLICT if the device would go back, is revoked, or has no certificate yet
     */
    public Marked run(Report report, boolean isForced) {
        LedgerCertificate row = report.serial().isPresent()
                ? ofSerial(report.serial().get(), report.name())
                : ofName(report.name().orElseThrow());
        return mark(row, report.state(), report.by(), isForced);
    }

    /** The same for every certificate of a batch; those that cannot be marked are told and left. */
    public void runAll(
            BatchId batch,
            LifeState state,
            String by,
            boolean isForced,
            Consumer<Marked> done,
            Consumer<DevpkiException> refused) {
        shop.showBatches().named(batch);
        long after = 0;
        List<LedgerCertificate> page;
        do {
            page = shop.store().certificates(Store.Filter.all().inBatch(batch), after, WriteManifest.PAGE);
            for (LedgerCertificate row : page) {
                after = row.id();
                if (row.life() != LifeState.REVOKED && row.state() != CertificateState.REFUSED) { // superseded ones
                    try {
                        done.accept(mark(row, state, by, isForced));
                    } catch (DevpkiException e) {
                        refused.accept(e);
                    }
                }
            }
        } while (page.size() == WriteManifest.PAGE);
    }

    private Marked mark(LedgerCertificate row, LifeState state, String by, boolean isForced) {
        LifeState before = row.life();
        if (before == state) {
            return new Marked(row, before, false);
        }
        String who = row.reservation().name() + " (" + row.serial() + ")";
        if (before == LifeState.PLANNED) {
            throw DevpkiException.conflict(who + " has no certificate yet, so it is not " + state.text());
        }
        if (before == LifeState.REVOKED && state != LifeState.RETIRED) {
            throw DevpkiException.conflict(who + " is revoked; it can be retired and nothing else");
        }
        if (before.isMark() && state.compareTo(before) < 0 && !isForced) {
            throw DevpkiException.conflict(who + " is " + before.text() + " and does not go back to " + state.text())
                    .hint("--force, if it does");
        }
        shop.store().mark(row.issuerAndSerial(), state, by);
        return new Marked(shop.store().certificate(row.issuerAndSerial()).orElse(row), before, true);
    }

    private LedgerCertificate ofSerial(SerialReference serial, Optional<String> name) {
        LedgerCertificate row = shop.revokeCertificate()
                .referred(serial)
                .filter(found -> !shop.foundations().test(found))
                .orElseThrow(() -> DevpkiException.notFound("no device has serial " + serial));
        name.filter(said -> !said.equals(row.reservation().name())).ifPresent(said -> {
            throw DevpkiException.conflict(
                    "serial " + serial + " is " + row.reservation().name() + "'s, not " + said + "'s");
        });
        return row;
    }

    /** The newest certificate that is not revoked; else the newest. */
    private LedgerCertificate ofName(String name) {
        List<LedgerCertificate> rows = shop.store().certificatesNamed(name).stream()
                .filter(row -> row.state() != CertificateState.REFUSED
                        && !shop.foundations().test(row))
                .toList();
        return rows.stream()
                .filter(row -> row.life() != LifeState.REVOKED)
                .reduce((older, newer) -> newer)
                .or(() -> rows.stream().reduce((older, newer) -> newer))
                .orElseThrow(() ->
                        DevpkiException.notFound("there is no device " + name).hint("devpki device list"));
    }
}
