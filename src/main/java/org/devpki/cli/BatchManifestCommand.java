package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.app.WriteManifest;
import org.devpki.model.BatchId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch manifest}. */
@Command(
        name = "manifest",
        description = {
            "Write down what each device of a whole batch got, every file by its SHA-256, and sign that with a key which",
            "the CA certifies for manifests. openssl cms verifies the signature beside it. Exit 6 if rows are left."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch manifest L3W47 --from out/",
            "  devpki batch manifest L3W47 --from out/ --out L3W47.json --json"
        })
final class BatchManifestCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "ID", description = "The batch.")
    String id;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FOLDER",
            description = "The folder that the devices' folders are in.")
    Path from;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The manifest (default: ID.manifest.json in that folder); its signature is FILE.p7s.")
    Optional<Path> out = Optional.empty();

    @Option(names = "--force", description = "Replace a manifest that says something else.")
    boolean isForced;

    @Override
    public Integer call() {
        BatchId batch = new BatchId(id);
        Path target = out.orElseGet(() -> from.resolve(batch + ".manifest.json"));
        try (Workshop shop = common.open()) {
            Optional<WriteManifest.Written> written =
                    shop.writeManifest().run(new WriteManifest.Order(batch, from, target, isForced));
            written.ifPresent(made -> print(batch, made));
            return written.isPresent() ? ExitCodes.DONE : ExitCodes.IN_PART;
        }
    }

    private void print(BatchId batch, WriteManifest.Written written) {
        common.print(
                Fields.schema("batch-manifest/1")
                        .put("batch", batch)
                        .put("changed", written.hasChanged())
                        .put("manifest", written.manifest())
                        .put("signature", written.signature())
                        .put("devices", written.content().devices())
                        .put("files", written.content().files())
                        .put("merkleRoot", written.content().root().hex()),
                List.of(
                        (written.hasChanged() ? "wrote " : "nothing to do: there is ") + written.manifest() + ": "
                                + written.content().devices() + " devices with "
                                + written.content().files() + " files, signed in " + written.signature(),
                        "Merkle root " + written.content().root().hex()));
    }
}
