package org.devpki.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.BatchOrder;
import org.devpki.app.Workshop;
import org.devpki.model.Renewal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch renew}. */
@Command(
        name = "renew",
        description = {
            "Renew the certificate of each device of a list, such as device waves writes: as device renew does, and as a batch",
            "that the same command ends after a power cut. Columns: name, renews (the serial that is followed; else the",
            "device's newest), and those of batch run."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch renew waves/wave-01.csv --batch R2027-01 --out renewed/ --results results.jsonl",
            "  devpki batch renew waves/wave-02.csv --batch R2027-02 --rekey --out renewed/ --dry-run"
        })
final class BatchRenewCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "FILE", description = "The list; - is standard input.")
    String file;

    @Mixin
    BatchOptions batch;

    @Option(names = "--rekey", description = "Make a new key for each device, which goes into its folder.")
    boolean isNewKey;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description = "Where a folder for each device is made.")
    Path out;

    @Mixin
    BatchResults results;

    @Mixin
    JobsOption jobs;

    @Option(names = "--dry-run", description = "Look at all rows, say what would be done, and change nothing.")
    boolean isDryRun;

    @Override
    public Integer call() {
        BatchOrder order = batch.order(
                common,
                batch.list(common.input(file), CommonOptions.origin(file)),
                out,
                Optional.of(isNewKey ? Renewal.Kind.REKEYED : Renewal.Kind.RENEWED),
                jobs.orForRows());
        try (Workshop shop = common.open()) {
            return results.run(common, shop.runBatch(), order, isDryRun);
        }
    }
}
