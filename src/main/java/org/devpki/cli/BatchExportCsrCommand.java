package org.devpki.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.BatchOrder;
import org.devpki.app.ExportRequests;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code devpki batch export-csr}. */
@Command(
        name = "export-csr",
        description = {
            "In a store without CA keys (init --trust): make each device's key, keep it sealed in the store, and write one",
            "file with all requests that the office alone can read. List and options are those of batch run. The same",
            "again changes nothing; rows that have their certificate are left out."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch export-csr line3.csv --batch L3W47 --to office.crt --out L3W47.requests",
            "  devpki batch export-csr line3.csv --batch L3W47 --profile device-ds-rsa --target esp32c3 --to office.crt"
                    + " --out L3W47.requests --json"
        })
final class BatchExportCsrCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "LIST", description = "The list; - is standard input.")
    String list;

    @Mixin
    BatchOptions batch;

    @Mixin
    SealedOutput sealed;

    @Mixin
    JobsOption jobs;

    @Override
    public Integer call() {
        int threads = jobs.orForRows();
        BatchOrder order = batch.order(
                common,
                batch.list(common.input(list), CommonOptions.origin(list)),
                sealed.out.resolveSibling(""),
                threads);
        try (Workshop shop = common.open()) {
            BatchResults.sayMissing(common, shop.runBatch().look(order));
            print(shop.exportRequests()
                    .run(new ExportRequests.Order(order, sealed.recipient(common), sealed.out, sealed.isForced)));
        }
        return ExitCodes.DONE;
    }

    private void print(ExportRequests.Exported exported) {
        String file = exported.hasChanged()
                ? "wrote " + sealed.out
                : "nothing to do" + (exported.requests() == 0 ? "" : ": there is " + sealed.out);
        common.print(
                Fields.schema("batch-export-csr/1")
                        .put("batch", batch.id)
                        .put("file", sealed.out.toString())
                        .put("requests", exported.requests())
                        .put("done", exported.done())
                        .put("changed", exported.hasChanged()),
                List.of(
                        "batch " + batch.id + ": " + exported.requests() + " requested, " + exported.done()
                                + " done before",
                        file));
    }
}
