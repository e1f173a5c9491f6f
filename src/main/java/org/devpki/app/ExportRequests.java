package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.devpki.config.BatchRequestsFile;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.NotAfter;
import org.devpki.model.SubjectAltName;
import org.devpki.store.Store;
import org.devpki.x509.Csrs;

/**
 * Makes the keys of a batch's devices in a store without CA keys, keeps them sealed, and asks the office for certificates
 * in one file.
 */
public final class ExportRequests {
    private final Workshop shop;

    ExportRequests(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param recipient the office, which alone can read the file
     * @param isForced whether another file may be replaced
     */
    public record Order(BatchOrder batch, CertificateDer recipient, Path target, boolean isForced) {}

    /**
     * What a run brings back.
     *
     * @param done rows that have their certificate, and are not asked for again
     */
    public record Exported(long requests, long done, boolean hasChanged) {}

    /**
     * Asks for what {@link RunBatch#look} has passed. The same order again asks with the same keys.
     *
     * @throws DevpkiException REFUSED if the key of a row's CA is here; CONFLICT if the batch was begun with other settings
     *     or rows, or for another file in the way
     */
    public Exported run(Order order) {
        refuseOwn(
                shop,
                order.batch(),
                settled -> shop.ca(settled.ca()).isAtOffice(),
                "asks nobody for certificates of it");
        SealedFile file = new SealedFile(shop, order.target(), order.recipient(), order.isForced());
        BatchOrder batch = order.batch();
        try (Store.Held held = shop.store().lock(RunBatch.lockWord(batch.batch()))) {
            shop.store().planBatch(batch.batch(), batch.settings(), RunBatch.rows(batch));
            shop.surroundings().checkpoint().reached(Checkpoint.Step.BATCH_1_PLANNED);
            List<SortedMap<String, String>> rows = rows(batch);
            int all = batch.list().entries().size();
            if (rows.isEmpty()) {
                return new Exported(0, all, false);
            }
            Bytes content = BatchRequestsFile.write(batch.batch(), rows);
            boolean hasChanged = file.write(
                    content, () -> content, Checkpoint.Step.REQUEST_2_SEALED, Checkpoint.Step.REQUEST_3_WRITTEN);
            if (hasChanged) {
                shop.store()
                        .audit(
                                "batch.export-csr",
                                batch.batch().value(),
                                "requests=" + rows.size() + " sha256="
                                        + content.sha256().hex());
            }
            return new Exported(rows.size(), all - rows.size(), hasChanged);
        }
    }

    /**
     * @param isForOffice whether a row's certificate is the office's to make
     * @param does what a store that has the key of the row's CA does not
     * @throws DevpkiException REFUSED if a row is none of those
     */
    static void refuseOwn(Workshop shop, BatchOrder batch, Predicate<IssueDevice.Settled> isForOffice, String does) {
        IssueDevice issueDevice = shop.issueDevice();
        for (BatchList.Entry entry : batch.list().entries()) {
            IssueDevice.Settled settled = issueDevice.settle(batch.device(entry));
            if (!isForOffice.test(settled)) {
                throw DevpkiException.refused("store " + shop.folder().path() + " has the key of CA " + settled.ca()
                                + ", and " + does)
                        .hint("devpki batch run issues; devpki init --trust makes a store without keys");
            }
        }
    }

    private List<SortedMap<String, String>> rows(BatchOrder batch) {
        IssueDevice issueDevice = shop.issueDevice();
        WaitingKeys keys = new WaitingKeys(shop, batch.batch());
        List<SortedMap<String, String>> rows = new ArrayList<>();
        List<BatchList.Entry> entries = batch.list().entries();
        InOrder.each(
                entries,
                batch.jobs(),
                entry -> {
                    IssueDevice.Settled settled = issueDevice.settle(batch.device(entry));
                    return issueDevice.carriedOut(settled).isPresent()
                            ? Optional.<SortedMap<String, String>>empty()
                            : Optional.of(row(entry, settled, csr(settled, keys, issueDevice)));
                },
                row -> {
                    row.ifPresent(rows::add);
                    shop.surroundings().words().soFar("requests", rows.size(), entries.size());
                },
                () -> false);
        return rows;
    }

    private static CsrDer csr(IssueDevice.Settled settled, WaitingKeys keys, IssueDevice issueDevice) {
        return settled.order().csr().orElseGet(() -> {
            DeviceId device = settled.order().device();
            try (MadeKey made = keys.ofOrNew(device, () -> issueDevice.madeKey(settled))) {
                return Csrs.request(made.key().orElseThrow(), device.value());
            }
        });
    }

    /** What the office has to know of a device; nothing of it is secret, and nothing is left to the office's defaults. */
    private static SortedMap<String, String> row(BatchList.Entry entry, IssueDevice.Settled settled, CsrDer csr) {
        SortedMap<String, String> row = new TreeMap<>();
        row.put("id", entry.row().id());
        row.put("name", entry.device().value());
        row.put("profile", settled.profile().name());
        row.put("ca", settled.ca().value());
        settled.order().notAfter().map(NotAfter::text).ifPresent(end -> row.put("not_after", end));
        if (!settled.order().sans().isEmpty()) {
            row.put(
                    "san",
                    settled.order().sans().stream().map(SubjectAltName::text).collect(Collectors.joining(" ")));
        }
        settled.packing().flashed().ifPresent(flashed -> {
            row.put("chip", flashed.chip().text());
            row.put(SignRequests.KEY_HOME, flashed.home().word());
        });
        row.put(BatchList.CSR, Base64.getEncoder().encodeToString(csr.octets().toArray()));
        return row;
    }
}
