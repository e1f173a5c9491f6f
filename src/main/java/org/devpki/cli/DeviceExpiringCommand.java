package org.devpki.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.devpki.app.ExpiringDevices;
import org.devpki.app.Workshop;
import org.devpki.model.Durations;
import org.devpki.model.ExpiringCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki device expiring}. */
@Command(
        name = "expiring",
        description = {
            "Tell how many devices' certificates have ended or end soon, without a later one that stands in for them.",
            "Exit 10 if something ends within the time, 11 if something has ended. A device that is gone is revoked, or marked",
            "retired, and does not count."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki device expiring --within 90d --by profile", "  devpki device expiring --within 30d --jsonl"
        })
final class DeviceExpiringCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(
            names = {"--within", "--expires-within"},
            paramLabel = "TIME",
            description = "How far ahead (default: ${DEFAULT-VALUE}).")
    String within = "30d";

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            description = "What is counted together: month, profile, ca or batch (default: ${DEFAULT-VALUE}).")
    String by = "month";

    @Option(names = "--jsonl", description = "Print each certificate instead, as one JSON object a line.")
    boolean isJsonLines;

    @Override
    public Integer call() {
        Duration ahead = Durations.parse(within);
        ExpiringDevices.By what = ExpiringDevices.By.parse(by);
        try (Workshop shop = common.open()) {
            ExpiringDevices expiring = shop.expiringDevices();
            if (isJsonLines) {
                boolean[] found = new boolean[2];
                Instant now = common.streams().clock().instant();
                expiring.each(ahead, row -> {
                    found[row.isExpired(now) ? 1 : 0] = true;
                    common.streams().out().println(Json.line(fields(row, now).map()));
                });
                return found[1] ? ExitCodes.EXPIRED : found[0] ? ExitCodes.ATTENTION : ExitCodes.DONE;
            }
            ExpiringDevices.Report report = expiring.count(ahead, what);
            print(report);
            return ExitCodes.of(report.all().urgency());
        }
    }

    private static Fields fields(ExpiringCertificate row, Instant now) {
        return Fields.schema("device-expiring/1")
                .put("name", row.name())
                .put("serial", row.serial().hex())
                .put("ca", row.ca())
                .put("profile", row.profile())
                .put("batch", row.batch())
                .put("notAfter", row.notAfter())
                .put("expired", row.isExpired(now));
    }

    private void print(ExpiringDevices.Report report) {
        List<String> lines = new ArrayList<>();
        List<Map<String, Object>> groups = new ArrayList<>();
        if (!report.groups().isEmpty()) {
            lines.add(String.format("%-24s %10s %10s", by.toUpperCase(Locale.ROOT), "EXPIRED", "DUE"));
        }
        report.groups().forEach((name, count) -> {
            lines.add(String.format("%-24s %10d %10d", name.isEmpty() ? "-" : name, count.expired(), count.due()));
            groups.add(Fields.plain()
                    .put(by, name)
                    .put("expired", count.expired())
                    .put("due", count.due())
                    .map());
        });
        lines.add(report.all().expired() + " expired, " + report.all().due() + " end within " + within);
        common.print(
                Fields.schema("device-expiry/1")
                        .put("within", within)
                        .put("by", by)
                        .put("expired", report.all().expired())
                        .put("due", report.all().due())
                        .put("groups", groups),
                lines);
    }
}
