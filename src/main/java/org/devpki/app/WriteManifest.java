package org.devpki.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.config.ManifestReader;
import org.devpki.config.ManifestWriter;
import org.devpki.files.Modes;
import org.devpki.files.StagedFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.CredentialChain;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.ManifestDevice;
import org.devpki.model.ManifestHead;
import org.devpki.model.ManifestTotals;
import org.devpki.model.OctetSource;
import org.devpki.x509.CmsSignatures;

/** Writes down what a batch made, file by file, and signs it with a key that a CA certified for that. */
public final class WriteManifest {
    /** Behind the manifest's name, for its signature. */
    public static final String SIGNATURE = ".p7s";

    static final int PAGE = 500;
    private static final int MOST_SIGNATURE_OCTETS = 1 << 16;

    private final Workshop shop;

    WriteManifest(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param from the folder that the batch's folders are in
     * @param target the manifest's file; its signature is beside it
     * @param isForced whether another manifest may be replaced
     */
    public record Order(BatchId batch, Path from, Path target, boolean isForced) {}

    /** What a run brings back. */
    public record Written(Path manifest, Path signature, ManifestTotals content, boolean hasChanged) {}

    /**
     * Nothing is written unless every row is done and every folder whole.
     *
     * @return empty if rows are left
     * @throws DevpkiException INTEGRITY if a folder is not as it was written; CONFLICT for another
     *     manifest in the way
     */
    public Optional<Written> run(Order order) {
        LedgerBatch batch = shop.showBatches().named(order.batch());
        if (batch.done() < batch.rows()) {
            shop.surroundings()
                    .words()
                    .accept("batch " + batch.id() + " is not whole: " + batch.failed() + " rows failed and "
                            + batch.left() + " are left; devpki batch show " + batch.id() + " --rows");
            return Optional.empty();
        }
        Path signature = order.target().resolveSibling(order.target().getFileName() + SIGNATURE);
        WholeFiles.sweep(order.target());
        WholeFiles.sweep(signature);
        try (StagedFile staged = WholeFiles.stage(
                order.target(),
                Modes.PUBLIC_FILE,
                out -> write(new ManifestWriter(out, head(batch)), batch, order.from()))) {
            ManifestTotals content =
                    ManifestReader.read(staged.octets(), order.target().toString(), device -> {});
            Optional<OctetSource> before = WholeFiles.sourceIfPresent(order.target());
            boolean isSame = before.isPresent() && before.get().hasOctetsOf(staged.octets());
            if (isSame && isSigned(staged.octets(), signature)) {
                return Optional.of(new Written(order.target(), signature, content, false));
            }
            if (before.isPresent() && !isSame && !order.isForced()) {
                throw DevpkiException.conflict(order.target() + " exists already and says something else")
                        .hint("--force replaces it");
            }
            Bytes signed = sign(staged.octets());
            staged.settle();
            shop.surroundings().checkpoint().reached(Checkpoint.Step.MANIFEST_1_WRITTEN);
            WholeFiles.write(signature, signed, Modes.PUBLIC_FILE);
            shop.store()
                    .audit(
                            "batch.manifest",
                            batch.id().value(),
                            "devices=" + content.devices() + " root="
                                    + content.root().hex());
            return Optional.of(new Written(order.target(), signature, content, true));
        }
    }

    private static ManifestHead head(LedgerBatch batch) {
        return new ManifestHead(batch.id(), batch.settings(), batch.begunAt());
    }

    private void write(ManifestWriter manifest, LedgerBatch batch, Path from) throws IOException {
        long after = 0;
        List<LedgerBatchRow> page;
        do {
            page = shop.store().batchRows(batch.id(), after, PAGE);
            for (LedgerBatchRow row : page) {
                manifest.add(device(row, from));
                after = row.position();
                shop.surroundings().words().soFar("devices", after, batch.rows());
            }
        } while (page.size() == PAGE);
        manifest.end();
    }

    private ManifestDevice device(LedgerBatchRow row, Path from) {
        IssuerAndSerialNumber of = row.outcome()
                .flatMap(BatchOutcome::certificate)
                .orElseThrow(() -> DevpkiException.conflict("row " + row.row().id() + " is not done"));
        CertificateDer certificate = shop.store()
                .certificate(of)
                .flatMap(LedgerCertificate::certificate)
                .orElseThrow(() -> DevpkiException.integrity("the ledger has no certificate " + of));
        Bundle bundle = Bundle.of(
                new Destination.Folder(from, false), new DeviceId(row.row().name()), shop);
        return new ManifestDevice(
                row.row().id(),
                row.row().name(),
                of.serial(),
                certificate.octets().sha256(),
                bundle.inventory(of.serial()));
    }

    /** Whether there is a signature of these octets already; one that a crash cut off is none. */
    private static boolean isSigned(OctetSource manifest, Path signature) {
        Optional<Bytes> found = WholeFiles.readIfPresent(signature, MOST_SIGNATURE_OCTETS);
        if (found.isEmpty()) {
            return false;
        }
        try {
            CmsSignatures.verify(manifest, found.get(), signature.toString());
            return true;
        } catch (DevpkiException e) {
            if (e.fault() == Fault.INTEGRITY) {
                return false;
            }
            throw e;
        }
    }

    private Bytes sign(OctetSource manifest) {
        CaName ca = shop.signing();
        Delegates.Delegate signer = new Delegates(shop, Delegates.Task.MANIFEST).lasting(ca);
        CredentialChain chain = shop.chain(signer.certificate().der(), ca);
        try (var key = signer.key()) {
            return CmsSignatures.sign(manifest, key, chain.leaf(), chain.intermediates(), shop.now());
        }
    }
}
