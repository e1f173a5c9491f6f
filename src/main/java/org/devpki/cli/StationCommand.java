package org.devpki.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.BatchList;
import org.devpki.app.BatchOrder;
import org.devpki.app.MarkDevices;
import org.devpki.app.RunBatch;
import org.devpki.app.Workshop;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code devpki station}. */
@Command(
        name = "station",
        description = {
            "Issue to one device after the other for a whole shift: a JSON order a line on standard input, with the",
            "columns of batch run, and a JSON result a line on standard output, in the same order. An empty line asks for",
            "a sign of life. It ends at the end of its input, or by SIGTERM once the order at hand is done."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki station --batch L3W47 --out out/ < orders.jsonl",
            "  devpki station --batch L3W47 --name 'sensor-{mac}' --target esp32c3 --out out/ < line3.fifo > results.fifo"
        })
final class StationCommand implements Callable<Integer> {
    private static final int MOST_CHARACTERS = 65_536;

    @Mixin
    CommonOptions common;

    @Mixin
    BatchOptions batch;

    private int lines;
    private long issued;
    private long unchanged;
    private long failed;

    @Override
    public Integer call() {
        try (Workshop shop = common.open();
                Interruption interruption = new Interruption();
                BufferedReader orders = new BufferedReader(
                        new InputStreamReader(common.streams().in(), StandardCharsets.UTF_8))) {
            RunBatch deed = shop.runBatch();
            MarkDevices marks = shop.markDevices();
            BatchOrder settled = batch.order(common, BatchList.EMPTY, 1);
            deed.openKey(settled);
            say(status("ready"));
            for (String line = orders.readLine(); line != null && !interruption.isAsked(); line = orders.readLine()) {
                String order = line;
                lines++;
                interruption.whole(() -> say(order.isBlank() ? status("alive") : result(deed, marks, settled, order)));
            }
            say(status("ended"));
        } catch (IOException e) {
            throw WholeFiles.failed("cannot read standard input", e);
        }
        return failed > 0 ? ExitCodes.IN_PART : ExitCodes.DONE;
    }

    /** A result is seen before the next order is read; whoever reads none stops the station. */
    private Fields say(Fields fields) {
        PrintStream out = common.streams().out();
        out.println(Json.line(fields.map()));
        if (out.checkError()) {
            throw DevpkiException.storeFailed("standard output was closed, so nobody hears of the results");
        }
        return fields;
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
                        "the order has " + order.length() + " characters; at most " + MOST_CHARACTERS + " are right");
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
            return batch.fields(result[0]);
        } catch (DevpkiException e) {
            failed++;
            return batch.fields(lines, e);
        }
    }
}
