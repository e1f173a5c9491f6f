package org.devpki.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.devpki.app.BatchOrder;
import org.devpki.app.ImportCertificates;
import org.devpki.app.OpenBundle;
import org.devpki.app.RunBatch;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch import-certs}. */
@Command(
        name = "import-certs",
        description = {
            "In a store without CA keys: take the certificates that the office made (batch sign), make each device's folder",
            "as batch run would, and forget its key. List and options are those of batch export-csr. What the office refused",
            "is told (exit 6), and so is what it has not answered. The same command again ends what was cut short."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch import-certs L3W47.certs --private-key factory.key --list line3.csv --batch L3W47 --out out/",
            "  devpki batch import-certs L3W47.certs --private-key factory.key --list line3.csv --batch L3W47"
                    + " --profile device-ds-rsa --target esp32c3 --out out/ --results results.jsonl"
        })
final class BatchImportCertsCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "FILE", description = "The office's certificates.")
    Path file;

    @Mixin
    RecipientKey key;

    @Option(names = "--list", required = true, paramLabel = "LIST", description = "The list of batch export-csr.")
    String list;

    @Mixin
    BatchOptions batch;

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

    @Override
    public Integer call() {
        int threads = jobs.orForRows();
        BatchOrder order =
                batch.order(common, batch.list(common.input(list), CommonOptions.origin(list)), out, threads);
        try (OpenBundle opener = key.open(common);
                Workshop shop = common.open()) {
            ImportCertificates deed = shop.importCertificates();
            RunBatch.Summary summary = results.of(
                    common,
                    batch.id,
                    (each, isStopped) -> deed.run(new ImportCertificates.Order(order, file), opener, each, isStopped));
            results.print(
                    common,
                    batch.id,
                    summary,
                    "devpki batch export-csr asks for what is left; or the same command again, if it was stopped");
            return summary.isWhole() ? ExitCodes.DONE : ExitCodes.IN_PART;
        }
    }
}
