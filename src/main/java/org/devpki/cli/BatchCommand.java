package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.devpki.app.ArchiveBatch;
import org.devpki.app.BatchOrder;
import org.devpki.app.ShowBatches;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.BatchOutcome;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerBatchRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch}. */
@Command(
        name = "batch",
        description = "Devices that are made together, from a list.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BatchCommand.RunCommand.class,
            BatchRenewCommand.class,
            BatchCommand.ListCommand.class,
            BatchCommand.ShowCommand.class,
            BatchArchiveCommand.class,
            BatchManifestCommand.class,
            BatchVerifyCommand.class,
            BatchExportCsrCommand.class,
            BatchSignCommand.class,
            BatchImportCertsCommand.class,
            BatchTokenCommand.class,
            BatchMergeCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki batch run line3.csv --batch L3W47 --out out/", "  devpki batch show L3W47"})
final class BatchCommand extends NounCommand {

    /** {@code devpki batch run}. */
    @Command(
            name = "run",
            description = {
                "Issue a certificate to each device of a list: CSV with a header, or a JSON object a line. All rows are",
                "looked at before the first is issued. The same command again goes on where a power cut or Ctrl-C ended",
                "it, and changes nothing when all is done.",
                "Columns: name (or client_id), id, mac, profile, ca, key, chip, san, not_after, nvs.X; any others are",
                "your own, for --name."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki batch run line3.csv --batch L3W47 --out out/ --results results.jsonl",
                "  devpki batch run line3.csv --batch L3W47 --name 'sensor-{mac}' --out out/ --dry-run",
                "  devpki batch run - --batch L3W48 --profile device-ds-rsa --target esp32c3 --out out/ < line3.jsonl"
            })
    static final class RunCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "FILE", description = "The list; - is standard input.")
        String file;

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

        @Option(names = "--dry-run", description = "Look at all rows, say what would be done, and change nothing.")
        boolean isDryRun;

        @Option(
                names = "--archive",
                paramLabel = "FILE",
                description = "Once the batch is whole, pack it as batch archive does: .tar.zst or .zip.")
        Optional<Path> archive = Optional.empty();

        @Option(names = "--with-keys", description = "Pack secrets in clear too; else --archive needs --seal-to.")
        boolean hasKeys;

        @Override
        public Integer call() {
            int threads = jobs.orForRows();
            Optional<ArchiveBatch.Order> archived = archive();
            BatchOrder order =
                    batch.order(common, batch.list(common.input(file), CommonOptions.origin(file)), out, threads);
            if (!order.list().own().isEmpty()) {
                common.say(
                        "columns of your own: " + String.join(", ", order.list().own()));
            }
            try (Workshop shop = common.open()) {
                int exit = results.run(common, shop.runBatch(), order, isDryRun);
                return exit == ExitCodes.DONE && archived.isPresent() && !isDryRun ? pack(shop, archived.get()) : exit;
            }
        }

        private int pack(Workshop shop, ArchiveBatch.Order wanted) {
            ArchiveBatch.Archived packed = shop.archiveBatch().run(wanted);
            common.say(BatchArchiveCommand.words(packed, wanted.target()));
            return packed.isWhole() ? ExitCodes.DONE : ExitCodes.IN_PART;
        }

        /** What will be packed; what would be refused is refused now, and not after ten thousand devices. */
        private Optional<ArchiveBatch.Order> archive() {
            if (archive.isEmpty() && hasKeys) {
                throw DevpkiException.invalid("--with-keys goes with --archive");
            }
            if (archive.isPresent() && !hasKeys && batch.seal.file.isEmpty()) {
                throw DevpkiException.invalid("--archive would hold secrets in clear, and is for travelling")
                        .hint("--seal-to CERT; or --with-keys, if it goes to nobody else");
            }
            return archive.map(
                    file -> new ArchiveBatch.Order(new BatchId(batch.id), out, file, List.of(), hasKeys, false));
        }
    }

    /** {@code devpki batch list}. */
    @Command(
            name = "list",
            description = "List the batches, oldest first.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki batch list", "  devpki batch list --json"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<LedgerBatch> batches = shop.showBatches().all();
                List<String> lines = new ArrayList<>();
                lines.add(
                        String.format("%-24s %8s %8s %8s %8s  %s", "BATCH", "ROWS", "DONE", "FAILED", "LEFT", "BEGUN"));
                for (LedgerBatch row : batches) {
                    lines.add(String.format(
                            "%-24s %8d %8d %8d %8d  %s",
                            row.id(), row.rows(), row.done(), row.failed(), row.left(), row.begunAt()));
                }
                common.print(
                        Fields.schema("batch-list/1")
                                .put(
                                        "batches",
                                        batches.stream()
                                                .map(row -> members(Fields.plain(), row)
                                                        .map())
                                                .toList()),
                        batches.isEmpty() ? List.of("there are no batches") : lines);
            }
            return ExitCodes.DONE;
        }
    }

    private static Fields members(Fields fields, LedgerBatch batch) {
        return fields.put("batch", batch.id())
                .put("settings", batch.settings())
                .put("begunAt", batch.begunAt())
                .put("rows", batch.rows())
                .put("done", batch.done())
                .put("failed", batch.failed())
                .put("left", batch.left());
    }

    /** {@code devpki batch show}. */
    @Command(
            name = "show",
            aliases = "status",
            description =
                    "Tell how far a batch is, and with --rows what came of each row. Exit 6 while it is not whole.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki batch show L3W47", "  devpki batch show L3W47 --rows --jsonl"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The batch.")
        String id;

        @Option(names = "--rows", description = "Each row too, in the order of the lists.")
        boolean hasRows;

        @Option(names = "--jsonl", description = "Print the rows as one JSON object a line.")
        boolean isLines;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                ShowBatches show = shop.showBatches();
                LedgerBatch batch = show.named(new BatchId(id));
                if (isLines) {
                    show.eachRow(
                            batch.id(),
                            row -> common.streams()
                                    .out()
                                    .println(Json.line(fields(row).map())));
                } else {
                    print(show, batch);
                }
                return batch.done() == batch.rows() ? ExitCodes.DONE : ExitCodes.IN_PART;
            }
        }

        private void print(ShowBatches show, LedgerBatch batch) {
            List<String> lines = new ArrayList<>();
            lines.add("batch " + batch.id() + ", begun " + batch.begunAt() + " with " + batch.settings() + ": "
                    + batch.done() + " of " + batch.rows() + " done, " + batch.failed() + " failed, " + batch.left()
                    + " left");
            Map<String, Long> lives = new LinkedHashMap<>();
            show.lives(batch.id()).forEach((state, count) -> lives.put(state.text(), count));
            if (!lives.isEmpty()) {
                lines.add("its devices: "
                        + lives.entrySet().stream()
                                .map(life -> life.getValue() + " " + life.getKey())
                                .collect(Collectors.joining(", ")));
            }
            common.print(members(Fields.schema("batch/1"), batch).put("life", lives), lines);
            if (hasRows && !common.isJson) {
                show.eachRow(batch.id(), row -> common.streams().out().println(line(row)));
            }
        }

        private static Fields fields(LedgerBatchRow row) {
            return Fields.schema("batch-row/1")
                    .put("row", row.row().id())
                    .put("position", row.position())
                    .put("name", row.row().name())
                    .put("status", status(row))
                    .put("serial", row.outcome().flatMap(ShowCommand::serial))
                    .put("message", row.outcome().flatMap(ShowCommand::fault));
        }

        private static String line(LedgerBatchRow row) {
            return String.format(
                    "%-24s %-24s %-8s %s",
                    row.row().id(),
                    row.row().name(),
                    status(row),
                    row.outcome()
                            .flatMap(outcome -> serial(outcome).or(() -> fault(outcome)))
                            .orElse("-"));
        }

        private static String status(LedgerBatchRow row) {
            return row.outcome()
                    .map(outcome -> outcome.match(done -> "done", failed -> "failed"))
                    .orElse("left");
        }

        private static Optional<String> serial(BatchOutcome outcome) {
            return outcome.certificate().map(of -> of.serial().hex());
        }

        private static Optional<String> fault(BatchOutcome outcome) {
            return outcome.match(done -> Optional.empty(), failed -> Optional.of(failed.sentence()));
        }
    }
}
