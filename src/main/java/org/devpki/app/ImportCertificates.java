package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.devpki.config.BatchCertificatesFile;
import org.devpki.model.BatchAnswer;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Certificates;
import org.devpki.x509.CmsSignatures;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;

/** Ends a batch with the certificates that the office made for its keys: each device gets what a batch run gives it. */
public final class ImportCertificates {
    private final Workshop shop;
    private final IssueDevice issueDevice;

    ImportCertificates(Workshop shop) {
        this.shop = shop;
        this.issueDevice = shop.issueDevice();
    }

    /**
     * @param batch the same as was asked for
     * @param certificates the sealed file
     */
    public record Order(BatchOrder batch, Path certificates) {}

    /**
     * The file is looked at as a whole before anything is done; then each row goes the way of a single order, so that it is
     * safe against a kill, and the same again ends what is left. A key is forgotten once its device's files are whole.
     *
     * @param results told of each row that the file answers
     * @return what is left are rows that no file has answered yet
     * @throws DevpkiException KEY_UNAVAILABLE if the file is for somebody else; INTEGRITY if it is damaged or not of an office
     *     that this store trusts; CONFLICT if it is another batch's, or older than what was taken already
     */
    public RunBatch.Summary run(
            Order order, OpenBundle opener, Consumer<RunBatch.Result> results, BooleanSupplier isStopped) {
        BatchOrder batch = order.batch();
        ExportRequests.refuseOwn(
                shop,
                batch,
                settled -> settled.line().stream().anyMatch(ca -> shop.ca(ca).isAtOffice()),
                "takes certificates of it from nobody");
        String origin = order.certificates().toString();
        BatchCertificatesFile.Answers read = read(order, opener, origin);
        if (!read.batch().equals(batch.batch())) {
            throw DevpkiException.conflict(
                    origin + " has the certificates of batch " + read.batch() + ", not of " + batch.batch());
        }
        shop.showBatches().named(batch.batch()); // one that was never asked for has no keys
        Map<String, BatchAnswer> answers = new HashMap<>();
        read.answers().forEach(answer -> answers.put(answer.name(), answer));
        List<BatchList.Entry> answered = new ArrayList<>();
        long done = 0;
        long left = 0;
        for (BatchList.Entry entry : batch.list().entries()) {
            Optional<LedgerCertificate> before = issueDevice.carriedOut(issueDevice.settle(batch.device(entry)));
            BatchAnswer answer = answers.get(entry.device().value());
            if (answer != null) {
                before.ifPresent(row -> refuseOlder(answer, row, origin));
                answered.add(entry);
            } else if (before.isPresent()) {
                done++;
            } else {
                left++;
            }
        }
        if (answered.size() < answers.size()) {
            throw DevpkiException.invalid(origin + " answers " + answers.size() + " rows, and "
                    + batch.list().origin() + " has " + answered.size() + " of them; give the whole list");
        }
        BatchList list =
                new BatchList(batch.list().origin(), answered, batch.list().own());
        WaitingKeys keys = new WaitingKeys(shop, batch.batch());
        RunBatch.Summary summary = new RunBatch(shop, device -> complete(device, answers, keys))
                .run(batch.of(list, batch.jobs()), results, isStopped);
        return new RunBatch.Summary(
                summary.issued(), summary.unchanged() + done, summary.failed(), summary.left() + left, summary.keys());
    }

    private BatchCertificatesFile.Answers read(Order order, OpenBundle opener, String origin) {
        CmsSignatures.Whole whole =
                CmsSignatures.open(opener.whole(order.certificates()), SealedFile.MOST_OCTETS, origin);
        ParsedCertificate signer = whole.signed().signer();
        Delegates delegates = new Delegates(shop, Delegates.Task.BATCH);
        if (shop.store().cas().stream().noneMatch(ca -> delegates.isSigner(ca.name(), signer))) {
            throw DevpkiException.integrity(origin + " is signed by "
                    + Names.text(signer.tbs().subject()) + ", who is not the office that this store trusts");
        }
        return BatchCertificatesFile.read(whole.content(), origin);
    }

    private static void refuseOlder(BatchAnswer answer, LedgerCertificate row, String origin) {
        Optional<SerialNumber> serial = answer.certificate()
                .map(Certificates::parse)
                .map(certificate -> certificate.tbs().serialNumber());
        if (!serial.equals(Optional.of(row.serial()))) {
            throw DevpkiException.conflict(
                    origin + " is not the answer that " + answer.name() + " has certificate " + row.serial() + " from");
        }
    }

    private IssuedDevice complete(DeviceOrder order, Map<String, BatchAnswer> answers, WaitingKeys keys) {
        Optional<BatchAnswer> answer =
                Optional.ofNullable(answers.get(order.device().value()));
        CertificateDer certificate = answer.flatMap(BatchAnswer::certificate)
                .orElseThrow(() -> DevpkiException.refused("the office refused it: "
                        + answer.flatMap(BatchAnswer::why).orElse("")));
        IssuedDevice made = issueDevice.complete(
                order, certificate, () -> order.csr().map(MadeKey::ofRequest).orElseGet(() -> keys.of(order.device())));
        keys.forget(order.device());
        shop.surroundings().checkpoint().reached(Checkpoint.Step.COMPLETE_1_KEY_FORGOTTEN);
        return made;
    }
}
