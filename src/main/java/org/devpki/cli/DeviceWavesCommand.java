package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.PlanWaves;
import org.devpki.app.Workshop;
import org.devpki.model.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki device waves}. */
@Command(
        name = "waves",
        description = {
            "Spread renewals over time: deal the devices whose certificates end soon over waves, each over before any of its",
            "certificates ends, and none larger than it need be. Writes a list a wave, for batch renew."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki device waves --within 90d --waves 12 --out waves/",
            "  devpki device waves --within 1y --waves 52 --per-wave 2000 --out waves/ --json"
        })
final class DeviceWavesCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(
            names = {"--within", "--expires-within"},
            paramLabel = "TIME",
            description =
                    "In how much time the waves are, from the beginning of today, UTC; they take what ends in it, or"
                            + " one wave's length behind it (default: ${DEFAULT-VALUE}).")
    String within = "90d";

    @Option(names = "--waves", paramLabel = "N", description = "Into how many (default: ${DEFAULT-VALUE}).")
    int waves = 12;

    @Option(names = "--per-wave", paramLabel = "MAX", description = "Refuse a plan with more devices in a wave.")
    Optional<Long> most = Optional.empty();

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where wave-01.csv and so on go.")
    Path out;

    @Option(names = "--force", description = "Replace the lists of another plan.")
    boolean isForced;

    @Override
    public Integer call() {
        PlanWaves.Order order = new PlanWaves.Order(Durations.parse(within), waves, most, out, isForced);
        try (Workshop shop = common.open()) {
            PlanWaves.Plan plan = shop.planWaves().run(order);
            List<String> lines = new ArrayList<>();
            lines.add(String.format("%-6s %-20s  %-20s %9s  %s", "WAVE", "FROM", "UNTIL", "DEVICES", "LIST"));
            plan.waves()
                    .forEach(wave -> lines.add(String.format(
                            "%-6d %-20s  %-20s %9d  %s",
                            wave.number(), wave.from(), wave.until(), wave.devices(), wave.list())));
            lines.add(plan.devices() + " devices, of which " + plan.expired() + " have expired"
                    + (plan.hasChanged() ? "" : "; nothing to do: the lists are there"));
            common.print(
                    Fields.schema("device-waves/1")
                            .put("changed", plan.hasChanged())
                            .put("devices", plan.devices())
                            .put("expired", plan.expired())
                            .put(
                                    "waves",
                                    plan.waves().stream()
                                            .map(wave -> Fields.plain()
                                                    .put("wave", wave.number())
                                                    .put("from", wave.from())
                                                    .put("until", wave.until())
                                                    .put("devices", wave.devices())
                                                    .put("list", wave.list().toString())
                                                    .map())
                                            .toList()),
                    lines);
        }
        return ExitCodes.DONE;
    }
}
