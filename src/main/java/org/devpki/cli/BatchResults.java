package org.devpki.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.devpki.app.BatchList;
import org.devpki.app.BatchOrder;
import org.devpki.app.IssuedDevice;
import org.devpki.app.RunBatch;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Option;

/** What came of a batch's rows: told as it comes, kept for a file, summed up. */
final class BatchResults {
    @Option(
            names = "--results",
            paramLabel = "FILE",
            description = "A JSON object a row, in the order of the list, once the run has ended.")
    Optional<String> file = Optional.empty();

    @Option(names = "--jsonl", description = "Print each result as one JSON object a line as it comes.")
    boolean isLines;

    /** A deed that tells of each row, and asks before each whether to stop. */
    @FunctionalInterface
    interface Deed<T> {
        T run(Consumer<RunBatch.Result> results, BooleanSupplier isStopped);
    }

    /** Does a deed, which Ctrl-C ends once the rows that are begun are done, and tells its results. */
    <T> T of(CommonOptions common, String batch, Deed<T> deed) {
        try (Interruption interruption = new Interruption()) {
            return interruption.whole(() -> file.isPresent()
                    ? kept(common, file.get(), lines -> told(common, batch, deed, interruption, lines))
                    : told(common, batch, deed, interruption, line -> {}));
        }
    }

    /** Looks at all rows, says what would be missing, and unless that is all makes them. @return the exit code */
    int run(CommonOptions common, RunBatch deed, BatchOrder order, boolean isDryRun) {
        String batch = order.batch().value();
        RunBatch.Outlook outlook = deed.look(order);
        sayMissing(common, outlook);
        if (isDryRun) {
            print(common, batch, outlook);
            return ExitCodes.DONE;
        }
        RunBatch.Summary summary = of(common, batch, (each, isStopped) -> deed.run(order, each, isStopped));
        print(common, batch, summary, "the same command again goes on with what is left");
        return summary.left() > 0 ? ExitCodes.INTERRUPTED : exit(summary);
    }

    private static void print(CommonOptions common, String batch, RunBatch.Outlook outlook) {
        common.print(
                Fields.schema("batch-outlook/1")
                        .put("batch", batch)
                        .put("rows", outlook.rows())
                        .put("fresh", outlook.fresh())
                        .put("begun", outlook.begun())
                        .put("failing", outlook.failing())
                        .put(
                                "keys",
                                outlook.keys().stream()
                                        .map(keys -> Fields.plain()
                                                .put("kind", keys.kind().text())
                                                .put("wanted", keys.wanted())
                                                .put("ready", keys.ready())
                                                .map())
                                        .toList()),
                List.of((outlook.failing() == 0 ? "all " : outlook.rows() - outlook.failing() + " of ")
                        + outlook.rows() + " rows can be issued: " + outlook.fresh() + " are new, "
                        + outlook.begun() + " were made before or begun; nothing was changed"));
    }

    private <T> T told(
            CommonOptions common, String batch, Deed<T> deed, Interruption interruption, Consumer<String> kept) {
        Map<String, Integer> warnings = new LinkedHashMap<>();
        T done = deed.run(result -> take(common, batch, result, kept, warnings), interruption::isAsked);
        warnings.forEach((warning, devices) -> common.say("warning, of " + devices + " devices: " + warning));
        return done;
    }

    private static <T> T kept(CommonOptions common, String file, Function<Consumer<String>, T> run) {
        if (!file.equals("-")) {
            WholeFiles.sweepDead(Path.of(file)); // a run that was killed leaves its results unfinished
        }
        List<T> done = new ArrayList<>();
        List<DevpkiException> stopper = new ArrayList<>();
        common.output(file, out -> {
            Lines lines = new Lines(out);
            try {
                done.add(run.apply(lines::add));
            } catch (DevpkiException e) { // what was done until then is told of all the same
                stopper.add(e);
            }
            lines.end();
        });
        stopper.forEach(e -> {
            throw e;
        });
        return done.get(0);
    }

    /** Lines to a file that may be full before the run has ended, which goes on. */
    private static final class Lines {
        private final OutputStream out;
        private Optional<IOException> failure = Optional.empty();

        Lines(OutputStream out) {
            this.out = out;
        }

        void add(String line) {
            if (failure.isEmpty()) {
                try {
                    out.write((line + '\n').getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    failure = Optional.of(e);
                }
            }
        }

        void end() throws IOException {
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
    }

    private void take(
            CommonOptions common,
            String batch,
            RunBatch.Result result,
            Consumer<String> kept,
            Map<String, Integer> warnings) {
        String line = Json.line(fields(batch, result).map());
        if (isLines) {
            common.streams().out().println(line);
        }
        kept.accept(line);
        result.issued().map(IssuedDevice::warnings).stream()
                .flatMap(List::stream)
                .forEach(warning -> warnings.merge(warning, 1, Integer::sum));
        result.why()
                .ifPresent(why -> common.say(
                        "line " + result.entry().line() + ", " + result.entry().device() + ": " + why.sentence()));
    }

    /** The object as the last line where lines were asked for. */
    void print(CommonOptions common, Fields fields, List<String> lines) {
        if (isLines) {
            common.streams().out().println(Json.line(fields.map()));
        } else {
            common.print(fields, lines);
        }
    }

    static int exit(RunBatch.Summary summary) {
        return summary.failed() > 0 ? ExitCodes.IN_PART : ExitCodes.DONE;
    }

    /** How much was made. */
    static Fields counts(Fields fields, String batch, RunBatch.Summary summary) {
        return fields.put("batch", batch)
                .put("issued", summary.issued())
                .put("unchanged", summary.unchanged())
                .put("failed", summary.failed())
                .put("left", summary.left());
    }

    static String counts(String batch, RunBatch.Summary summary) {
        return "batch " + batch + ": " + summary.issued() + " issued, " + summary.unchanged() + " done before, "
                + summary.failed() + " failed, " + summary.left() + " left";
    }

    /** @param whenLeft what ends what is left */
    void print(CommonOptions common, String batch, RunBatch.Summary summary, String whenLeft) {
        summary.keys().stream().map(BatchResults::sentence).forEach(common::say);
        List<String> lines = new ArrayList<>(List.of(counts(batch, summary)));
        if (!summary.isWhole()) {
            lines.add(whenLeft);
        }
        Fields fields = counts(Fields.schema("batch-summary/1"), batch, summary)
                .put("keys", summary.keys().stream().map(BatchResults::fields).toList());
        print(common, fields, lines);
    }

    private static Map<String, Object> fields(RunBatch.KeysLeft keys) {
        return Fields.plain()
                .put("kind", keys.kind().text())
                .put("taken", keys.taken())
                .put("ready", keys.ready())
                .put("lastsSeconds", keys.lasts().map(Duration::toSeconds))
                .map();
    }

    private static String sentence(RunBatch.KeysLeft keys) {
        return "the key pool has " + keys.ready() + " " + keys.kind().text() + " keys left"
                + keys.lasts()
                        .filter(time -> keys.ready() > 0)
                        .map(time -> ", for about " + ProgressLine.text(time) + " at this pace")
                        .orElse("");
    }

    /** Sentences about kinds of key that the pool does not have enough of. */
    static void sayMissing(CommonOptions common, RunBatch.Outlook outlook) {
        outlook.keys().stream()
                .filter(keys -> keys.ready() < keys.wanted())
                .forEach(keys -> common.say("the key pool has " + keys.ready() + " of " + keys.wanted() + " "
                        + keys.kind().text()
                        + " keys; the others are made on the way, which takes long (devpki key pool fill)"));
    }

    static Fields fields(String batch, RunBatch.Result result) {
        return result.issued()
                .map(made -> fields(batch, result.entry(), made))
                .orElseGet(() -> why(
                        members(batch, result.entry().line())
                                .put("row", result.entry().row().id())
                                .put("name", result.entry().device()),
                        result.why().orElseThrow()));
    }

    private static Fields fields(String batch, BatchList.Entry entry, IssuedDevice made) {
        return members(batch, entry.line())
                .put("row", entry.row().id())
                .put("name", entry.device())
                .put("status", made.hasChanged() ? "issued" : "unchanged")
                .put("serial", made.certificate().serial().hex())
                .put(
                        "sha256",
                        made.certificate()
                                .certificate()
                                .map(der -> der.octets().sha256().hex()))
                .put("folder", made.folder().map(Object::toString))
                .put("efuseFolder", made.toBurn().map(Object::toString))
                .put("warnings", made.warnings());
    }

    /** Of an order that is no row. */
    static Fields fields(String batch, int line, DevpkiException why) {
        return why(members(batch, line), why);
    }

    private static Fields members(String batch, int line) {
        return Fields.schema("batch-result/1").put("batch", batch).put("line", line);
    }

    private static Fields why(Fields fields, DevpkiException why) {
        return fields.put("status", "failed").put("fault", why.fault().word()).put("message", why.sentence());
    }
}
