package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.OpenBundle;
import org.devpki.app.RunBatch;
import org.devpki.app.SignRequests;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code devpki batch sign}. */
@Command(
        name = "sign",
        description = {
            "At the office: issue what a factory without CA keys asks for by batch export-csr, as a batch, and write one",
            "file with the certificates that the factory alone can read. What is refused stands there with the reason",
            "(exit 6). The same requests again get the same certificates."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch sign L3W47.requests --private-key office.key --to factory.crt --out L3W47.certs",
            "  devpki batch sign L3W47.requests --private-key office.key --to factory.crt --out L3W47.certs"
                    + " --results results.jsonl --json"
        })
final class BatchSignCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "FILE", description = "The factory's requests.")
    Path file;

    @Mixin
    RecipientKey key;

    @Mixin
    SealedOutput sealed;

    @Mixin
    BatchResults results;

    @Mixin
    JobsOption jobs;

    @Override
    public Integer call() {
        int threads = jobs.orForRows();
        try (OpenBundle opener = key.open(common);
                Workshop shop = common.open()) {
            SignRequests deed = shop.signRequests();
            SignRequests.Asked asked = deed.read(file, opener);
            SignRequests.Order order =
                    new SignRequests.Order(asked, sealed.recipient(common), sealed.out, threads, sealed.isForced);
            String batch = asked.batch().value();
            SignRequests.Signed signed =
                    results.of(common, batch, (each, isStopped) -> deed.run(order, each, isStopped));
            print(batch, signed);
            return signed.summary().left() > 0 ? ExitCodes.INTERRUPTED : BatchResults.exit(signed.summary());
        }
    }

    private void print(String batch, SignRequests.Signed signed) {
        RunBatch.Summary summary = signed.summary();
        List<String> lines = new ArrayList<>(List.of(BatchResults.counts(batch, summary)));
        lines.add(
                summary.left() > 0
                        ? "no file is written; the same command again goes on with what is left"
                        : (signed.hasChanged() ? "wrote " : "nothing to do: there is ") + sealed.out);
        results.print(
                common,
                BatchResults.counts(Fields.schema("batch-sign/1"), batch, summary)
                        .put("file", sealed.out.toString())
                        .put("changed", signed.hasChanged()),
                lines);
    }
}
