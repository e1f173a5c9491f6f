package org.devpki.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.model.AuditEntry;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Renewal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device history}. */
@Command(
        name = "history",
        description = {
            "Tell every certificate that a name has had, oldest first, which one followed which and why, and the entries of",
            "the audit about them."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki device history sensor-7", "  devpki device history sensor-7 --json"})
final class DeviceHistoryCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "The device's name.")
    String name;

    @Option(names = "--no-audit", description = "Without the audit, which is looked through as a whole.")
    boolean isBrief;

    @Override
    public Integer call() {
        Instant now = common.streams().clock().instant();
        try (Workshop shop = common.open()) {
            List<LedgerCertificate> rows = shop.showLedger().known(name);
            List<AuditEntry> entries = isBrief ? List.of() : shop.showLedger().audit(name, rows);
            List<String> lines = new ArrayList<>();
            rows.forEach(row -> lines.addAll(lines(row, now)));
            entries.forEach(entry -> lines.add(AuditCommand.line(entry)));
            common.print(
                    Certificates.history(name, rows, now)
                            .put(
                                    "audit",
                                    entries.stream()
                                            .map(entry -> AuditCommand.members(Fields.plain(), entry)
                                                    .map())
                                            .toList()),
                    lines);
        }
        return ExitCodes.DONE;
    }

    private static List<String> lines(LedgerCertificate row, Instant now) {
        Optional<Renewal> renewal = row.reservation().renewal();
        List<String> lines = new ArrayList<>();
        lines.add(row.reservedAt() + " " + Certificates.origin(row) + " " + row.serial()
                + renewal.map(known -> " after " + known.of()).orElse("")
                + " by " + row.reservation().ca() + ", profile "
                + row.reservation().profile()
                + row.reservation().batch().map(batch -> ", batch " + batch).orElse(""));
        lines.add("    valid from " + row.reservation().validity().notBefore() + " until "
                + row.reservation().validity().notAfter() + ", now " + row.standing(now) + ", device "
                + row.life().text()
                + row.markedAt().map(at -> ", marked at " + at).orElse(""));
        lines.add("    key " + row.reservation().keyHash().hex());
        row.revocation()
                .ifPresent(known -> lines.add("    revoked at " + known.at() + " for "
                        + known.reason().text()
                        + known.invalidAt().map(at -> ", invalid since " + at).orElse("")));
        return lines;
    }
}
