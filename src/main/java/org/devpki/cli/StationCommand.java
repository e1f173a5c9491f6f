package org.devpki.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.BatchList;
import org.devpki.app.BatchOrder;
import org.devpki.app.MarkDevices;
import org.devpki.app.RunBatch;
import org.devpki.app.Workshop;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki station}. */
@Command(
        name = "station",
        description = {
            "Issue to one device after the other for a whole shift: a JSON order a line on standard input, with the",
            "columns of batch run, and a JSON result a line on standard output, in the same order. An empty line asks for",
            "a sign of life; an object with a mark says where a device is in its life. It ends at the end of its input, or by SIGTERM once the order at hand is done."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki station --batch L3W47 --out out/ < orders.jsonl",
            "  devpki station --batch L3W47 --name 'sensor-{mac}' --target esp32c3 --heartbeat 30s --out out/"
                    + " < line3.fifo > results.fifo"
        })
final class StationCommand implements Callable<Integer> {
    private static final int MOST_CHARACTERS = 65_536;
    private static final Duration LONGEST_SILENCE = Duration.ofDays(1);

    @Mixin
    CommonOptions common;

    @Mixin
    BatchOptions batch;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description = "Where a folder for each device is made.")
    Path out;

    @Option(
            names = "--heartbeat",
            paramLabel = "TIME",
            description = "Give a sign of life whenever no order came for so long, such as 30s (default: when asked).")
    Optional<String> heartbeat = Optional.empty();

    private int lines;
    private long issued;
    private long unchanged;
    private long failed;
    private boolean isEnded;

    @Override
    public Integer call() {
        Optional<Duration> silence = heartbeat.map(StationCommand::silence);
        try (Workshop shop = common.open();
                Interruption interruption = new Interruption(this::end);
                LineByLine orders = new LineByLine(common.streams().in(), MOST_CHARACTERS)) {
            RunBatch deed = shop.runBatch();
            MarkDevices marks = shop.markDevices();
            BatchOrder settled = batch.order(common, BatchList.EMPTY, out, 1);
            deed.openKey(settled);
            Runnable sayAlive = () -> whole(interruption, () -> say(status("alive")));
            whole(interruption, () -> say(status("ready")));
            for (Optional<String> order = orders.next(silence, sayAlive);
                    order.isPresent();
                    order = orders.next(silence, sayAlive)) {
                String line = order.get();
                lines++;
                whole(interruption, () -> say(line.isBlank() ? status("alive") : result(deed, marks, settled, line)));
            }
            whole(interruption, this::end);
        }
        return failed > 0 ? ExitCodes.IN_PART : ExitCodes.DONE;
    }

    private static Duration silence(String text) {
        Duration silence = Durations.parse(text);
        if (silence.isZero() || silence.compareTo(LONGEST_SILENCE) > 0) {
            throw DevpkiException.invalid("--heartbeat " + text + " is not 1s to 1d");
        }
        return silence;
    }

    /** A step that SIGTERM waits for, unless it came before. */
    private static void whole(Interruption interruption, Runnable step) {
        interruption.whole(() -> {
            if (!interruption.isAsked()) {
                step.run();
            }
            return interruption.isAsked();
        });
    }

    /** A result is seen before the next order is taken; whoever reads none stops the station. */
    private void say(Fields fields) {
        print(fields);
        if (common.streams().out().checkError()) {
            throw DevpkiException.storeFailed("standard output was closed, so nobody hears of the results");
        }
    }

    private void print(Fields fields) {
        common.streams().out().println(Json.line(fields.map()));
    }

    /** The last line, at the end of input or by SIGTERM: no result follows. */
    private void end() {
        if (!isEnded) {
            isEnded = true;
            print(status("ended"));
        }
    }

    private Fields status(String state) {
        return Fields.schema("station/1")
                .put("state", state)
                .put("batch", batch.id)
                .put("at", common.streams().clock().instant())
                .put("issued", issued)
                .put("unchanged", unchanged)
                .put("failed", failed);
    }

    private Fields mark(MarkDevices marks, MarkDevices.Report report) {
        MarkDevices.Marked marked = marks.run(report, false);
        return Fields.schema("mark-result/1")
                .put("line", report.line())
                .put("name", marked.row().reservation().name())
                .put("serial", marked.row().serial().hex())
                .put("status", marked.hasChanged() ? "marked" : "unchanged")
                .put("life", marked.row().life().text());
    }

    private Fields result(RunBatch deed, MarkDevices marks, BatchOrder settled, String order) {
        try {
            if (!order.stripLeading().startsWith("{")) {
                throw DevpkiException.invalid("an order is a JSON object on one line, such as {\"name\":\"sensor-7\"}");
            }
            if (order.length() > MOST_CHARACTERS) {
                throw DevpkiException.invalid(
                        "the order is too long; at most " + MOST_CHARACTERS + " characters are right");
            }
            Optional<MarkDevices.Report> report = MarkDevices.ofLine(Bytes.utf8(order), "order", lines);
            if (report.isPresent()) {
                return mark(marks, report.get());
            }
            RunBatch.Result[] result = new RunBatch.Result[1];
            BatchList list = batch.list(Bytes.utf8(order), "order").at(lines);
            RunBatch.Summary summary = deed.run(settled.of(list), made -> result[0] = made, () -> false);
            issued += summary.issued();
            unchanged += summary.unchanged();
            failed += summary.failed();
            return BatchResults.fields(batch.id, result[0]);
        } catch (DevpkiException e) {
            failed++;
            return BatchResults.fields(batch.id, lines, e);
        }
    }
}
