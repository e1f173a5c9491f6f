package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.devpki.config.BatchCertificatesFile;
import org.devpki.config.BatchRequestsFile;
import org.devpki.model.BatchAnswer;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.Chip;
import org.devpki.model.DevpkiException;
import org.devpki.model.ImageLayout;
import org.devpki.model.LedgerCertificate;

/** Issues what a store without CA keys asks for, as a batch, and answers in one file that is signed and sealed. */
public final class SignRequests {
    /** The column that says where the key of a row with a chip lives. */
    static final String KEY_HOME = "key_home";

    private static final String SETTINGS = "requests of a factory";

    private final Workshop shop;

    SignRequests(Workshop shop) {
        this.shop = shop;
    }

    /** What a factory asks for; a row is a line of a list, with its request. */
    public record Asked(BatchId batch, BatchList list) {}

    /**
     * @param recipient the factory, which alone can read the answer
     * @param jobs how many rows are worked on at once
     * @param isForced whether another file may be replaced
     */
    public record Order(Asked asked, CertificateDer recipient, Path target, int jobs, boolean isForced) {}

    /**
     * What a run brings back.
     *
     * @param hasChanged whether the file was written; one with the same answers stays, and none is written while rows are left
     */
    public record Signed(RunBatch.Summary summary, boolean hasChanged) {}

    /**
     * @throws DevpkiException REFUSED in a store that does not answer for its CAs; KEY_UNAVAILABLE if the file is for somebody
     *     else; INTEGRITY if it is damaged, or holds something else
     */
    public Asked read(Path requests, OpenBundle opener) {
        shop.refuseHome("signs no requests");
        String origin = requests.toString();
        BatchRequestsFile.Requests asked = BatchRequestsFile.read(opener.whole(requests), origin);
        BatchList list = BatchList.read(asked.list(), origin, Optional.empty());
        list.entries().stream()
                .filter(entry -> entry.column(BatchList.CSR).isEmpty())
                .findFirst()
                .ifPresent(entry -> {
                    throw DevpkiException.integrity(origin + " has no request of " + entry.device());
                });
        return new Asked(asked.batch(), list);
    }

    /**
     * Each request is looked at as that of a single order; those that are refused are answered with the reason, and the
     * same requests again get the same certificates.
     *
     * @param results told of each row as it is done
     * @throws DevpkiException CONFLICT for another file in the way
     */
    public Signed run(Order order, Consumer<RunBatch.Result> results, BooleanSupplier isStopped) {
        SealedFile file = new SealedFile(shop, order.target(), order.recipient(), order.isForced());
        BatchId batch = order.asked().batch();
        List<BatchAnswer> answers = new ArrayList<>();
        RunBatch.Summary summary = shop.runBatch()
                .run(
                        batch(batch, order.asked().list(), order.jobs()),
                        result -> {
                            answers.add(answer(result));
                            results.accept(result);
                        },
                        isStopped);
        if (summary.left() > 0) {
            return new Signed(summary, false);
        }
        Bytes content = BatchCertificatesFile.write(new BatchCertificatesFile.Answers(batch, answers));
        boolean hasChanged = file.write(
                content,
                () -> new Delegates(shop, Delegates.Task.BATCH).signWhole(shop.signing(), content, shop.now()),
                Checkpoint.Step.ANSWER_1_SEALED,
                Checkpoint.Step.ANSWER_2_WRITTEN);
        if (hasChanged) {
            shop.store()
                    .audit(
                            "batch.sign",
                            batch.value(),
                            "rows=" + answers.size() + " sha256="
                                    + content.sha256().hex());
        }
        return new Signed(summary, hasChanged);
    }

    private static BatchAnswer answer(RunBatch.Result result) {
        return new BatchAnswer(
                result.entry().row().id(),
                result.entry().device().value(),
                result.issued().map(IssuedDevice::certificate).flatMap(LedgerCertificate::certificate),
                result.why().map(DevpkiException::sentence));
    }

    private static BatchOrder batch(BatchId id, BatchList list, int jobs) {
        return new BatchOrder(
                id,
                SETTINGS,
                list,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                SignRequests::packing,
                Optional.empty(),
                jobs);
    }

    /** Certificates go into the one file; the chip is named for lint, and for the ledger. */
    private static PackingOrder packing(BatchList.Entry entry) {
        return new PackingOrder(
                List.of("pem"),
                Optional.empty(),
                entry.column(KEY_HOME),
                entry.chip()
                        .map(chip -> new FlashOrder(
                                Chip.parse(chip), Optional.empty(), Optional.empty(), ImageLayout.USUAL, List.of())),
                NvsOrder.PLAIN,
                Optional.empty(),
                new Destination.Stream(files -> {}));
    }
}
