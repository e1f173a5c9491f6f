package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.MarkDevices;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LifeState;
import org.devpki.model.SerialReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device mark}. */
@Command(
        name = "mark",
        description = {
            "Note where a device is: flashed, verified, shipped, in-field or retired. By name it is the newest certificate",
            "that is not revoked. A device goes forward only, and the same mark again changes nothing. Exit 6 if some of",
            "many could not be marked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki device mark sensor-7 flashed --station line3",
            "  devpki device mark --batch L3W47 shipped",
            "  devpki device mark --from reports.csv --json"
        })
final class DeviceMarkCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(
            arity = "0..2",
            paramLabel = "NAME STATE",
            description = "The device's name and where it is; the state alone with --serial or --batch.")
    List<String> words = new ArrayList<>();

    @Option(names = "--serial", paramLabel = "S", description = "The certificate with this serial instead of a name.")
    Optional<String> serial = Optional.empty();

    @Option(names = "--batch", paramLabel = "ID", description = "All devices of a batch instead of a name.")
    Optional<String> batch = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description =
                    "A list, CSV or JSON lines, with columns name or serial, mark, and station; - is standard input.")
    Optional<String> list = Optional.empty();

    @Option(names = "--station", paramLabel = "TEXT", description = "Who says so, for the audit.")
    String station = "";

    @Option(names = "--force", description = "Let a device go back, such as from shipped to flashed.")
    boolean isForced;

    private final List<MarkDevices.Marked> marked = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    @Override
    public Integer call() {
        if ((serial.isPresent() ? 1 : 0) + (batch.isPresent() ? 1 : 0) + (list.isPresent() ? 1 : 0) > 1) {
            throw DevpkiException.invalid("--serial, --batch and --from exclude each other");
        }
        int expected = list.isPresent() ? 0 : serial.isPresent() || batch.isPresent() ? 1 : 2;
        if (words.size() != expected) {
            throw DevpkiException.invalid(
                            "give a name and a state, or --serial or --batch and a state, or --from alone")
                    .hint("devpki device mark --help");
        }
        List<MarkDevices.Report> reports = list.isPresent()
                ? MarkDevices.read(common.input(list.get()), CommonOptions.origin(list.get()))
                : List.of();
        try (Workshop shop = common.open()) {
            MarkDevices deed = shop.markDevices();
            if (list.isPresent()) {
                reports.forEach(report -> tried(deed, report));
            } else if (batch.isPresent()) {
                deed.runAll(new BatchId(batch.get()), state(0), station, isForced, marked::add, e -> refuse(e, ""));
            } else {
                Optional<String> name = serial.isPresent() ? Optional.empty() : Optional.of(words.get(0));
                LifeState state = state(expected - 1);
                marked.add(deed.run(
                        new MarkDevices.Report(0, name, serial.map(SerialReference::parse), state, station), isForced));
            }
        }
        print();
        return refused.isEmpty() ? ExitCodes.DONE : ExitCodes.IN_PART;
    }

    private LifeState state(int word) {
        return LifeState.parseMark(words.get(word));
    }

    /** One row that cannot be does not stop the others. */
    private void tried(MarkDevices deed, MarkDevices.Report report) {
        String by = report.by().isEmpty() ? station : report.by();
        try {
            marked.add(deed.run(
                    new MarkDevices.Report(report.line(), report.name(), report.serial(), report.state(), by),
                    isForced));
        } catch (DevpkiException e) {
            refuse(e, "line " + report.line() + ": ");
        }
    }

    private void refuse(DevpkiException e, String where) {
        switch (e.fault()) {
            case NOT_FOUND, CONFLICT -> {
                refused.add(where + e.sentence());
                common.say(where + e.sentence());
            }
            case INVALID_INPUT, REFUSED, BUSY, INTEGRITY, KEY_UNAVAILABLE, STORE_FAILED, INTERNAL -> throw e;
        }
    }

    private void print() {
        long changed = marked.stream().filter(MarkDevices.Marked::hasChanged).count();
        List<String> lines = new ArrayList<>();
        if (marked.size() == 1) {
            MarkDevices.Marked one = marked.get(0);
            lines.add(one.row().reservation().name() + ", serial " + one.row().serial()
                    + (one.hasChanged() ? ": " + one.before().text() + ", now " : " is already ")
                    + one.row().life().text());
        } else {
            lines.add("marked " + changed + ", " + (marked.size() - changed) + " were so already, " + refused.size()
                    + " could not be");
        }
        common.print(
                Fields.schema("device-mark/1")
                        .put("changed", changed > 0)
                        .put("marked", changed)
                        .put("unchanged", marked.size() - changed)
                        .put(
                                "devices",
                                marked.stream()
                                        .map(one -> Fields.plain()
                                                .put(
                                                        "name",
                                                        one.row().reservation().name())
                                                .put(
                                                        "serial",
                                                        one.row().serial().hex())
                                                .put("before", one.before().text())
                                                .put("life", one.row().life().text())
                                                .map())
                                        .toList())
                        .put("refused", refused),
                lines);
    }
}
