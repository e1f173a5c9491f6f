package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.VerifyManifest;
import org.devpki.app.Workshop;
import org.devpki.app.WriteManifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch verify}. */
@Command(
        name = "verify",
        description = {
            "Look whether a manifest holds: its signature and Merkle root, the ledger, and with --from every file.",
            "With --root it needs no store, and trusts whom that CA certified. Exit 8 if something does not hold."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch verify out/L3W47.manifest.json --from out/",
            "  devpki batch verify L3W47.manifest.json --root root-ca.pem --json"
        })
final class BatchVerifyCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "MANIFEST", description = "The manifest.")
    Path manifest;

    @Option(
            names = "--signature",
            paramLabel = "FILE",
            description = "Its signature (default: beside it, with " + WriteManifest.SIGNATURE + ").")
    Optional<Path> signature = Optional.empty();

    @Option(names = "--from", paramLabel = "FOLDER", description = "Look at the devices' files in this folder too.")
    Optional<Path> from = Optional.empty();

    @Option(
            names = "--root",
            paramLabel = "FILE",
            description = "Trust this CA's certificate alone, and ask no store; else the store's CAs.")
    Optional<String> root = Optional.empty();

    @Override
    public Integer call() {
        VerifyManifest.Order order = new VerifyManifest.Order(
                manifest,
                signature.orElseGet(() -> manifest.resolveSibling(manifest.getFileName() + WriteManifest.SIGNATURE)),
                from);
        VerifyManifest.Verified verified;
        if (root.isPresent()) {
            verified = VerifyManifest.byRoot(
                            common.input(root.get()),
                            CommonOptions.origin(root.get()),
                            common.streams().clock())
                    .run(order);
        } else {
            try (Workshop shop = common.open()) {
                verified = shop.verifyManifest().run(order);
            }
        }
        print(verified);
        return verified.faultCount() == 0 ? ExitCodes.DONE : ExitCodes.INTEGRITY;
    }

    private void print(VerifyManifest.Verified verified) {
        String batch = verified.content().head().batch().value();
        List<String> lines = new ArrayList<>(verified.faults());
        if (verified.faultCount() > verified.faults().size()) {
            lines.add("and " + (verified.faultCount() - verified.faults().size()) + " more");
        }
        lines.add(manifest + (verified.faultCount() == 0 ? " holds: batch " : " does not hold: batch ") + batch
                + ", signed by " + verified.signer() + ", " + verified.content().devices() + " devices, "
                + (from.isPresent()
                        ? verified.filesSeen() + " files looked at"
                        : verified.content().files() + " files, not looked at")
                + (root.isPresent() ? "" : ", compared with the ledger"));
        common.print(
                Fields.schema("batch-verification/1")
                        .put("batch", batch)
                        .put("holds", verified.faultCount() == 0)
                        .put("signer", verified.signer())
                        .put("devices", verified.content().devices())
                        .put("files", verified.content().files())
                        .put("filesSeen", verified.filesSeen())
                        .put("merkleRoot", verified.content().root().hex())
                        .put("faults", verified.faults())
                        .put("faultCount", verified.faultCount()),
                lines);
    }
}
