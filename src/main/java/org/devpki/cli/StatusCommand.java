package org.devpki.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.devpki.app.TellStatus;
import org.devpki.app.Workshop;
import org.devpki.model.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code devpki status}. */
@Command(
        name = "status",
        description = "The store at a glance, and what is due. Exit 10 if something is due, 11 if it is too late.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki status", "  devpki status --json"})
final class StatusCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            TellStatus.Status status = shop.tellStatus().run();
            List<String> lines = new ArrayList<>();
            lines.add("store        " + common.storePath());
            lines.add("certificates " + status.certificates() + ", of which " + status.revoked() + " revoked or held");
            status.cas()
                    .forEach(ca -> lines.add(String.format(
                            "CA           %-12s %-8s until %s",
                            ca.ca().name(), ca.key(), ca.validity().notAfter())));
            status.crls()
                    .forEach(crl -> lines.add(String.format(
                            "CRL          %-12s %s",
                            crl.name(),
                            crl.remaining()
                                    .map(left -> Durations.format(Duration.ofHours(left.toHours())) + " left")
                                    .orElse("missing"))));
            status.tokens().forEach(held -> lines.add("token        " + LineTokens.sentence(held)));
            status.due().forEach(due -> lines.add("due          " + due));
            if (status.due().isEmpty()) {
                lines.add("due          nothing");
            }
            List<Map<String, Object>> cas = status.cas().stream()
                    .map(ca -> Fields.plain()
                            .put("name", ca.ca().name())
                            .put("key", ca.key())
                            .put("notAfter", ca.validity().notAfter())
                            .map())
                    .toList();
            List<Map<String, Object>> crls = status.crls().stream()
                    .map(crl -> Fields.plain()
                            .put("ca", crl.name().ca())
                            .put("name", crl.name())
                            .put("nextUpdate", crl.nextUpdate())
                            .put("behind", crl.isBehind())
                            .map())
                    .toList();
            common.print(
                    Fields.schema("status/1")
                            .put("store", common.storePath())
                            .put("certificates", status.certificates())
                            .put("revoked", status.revoked())
                            .put("expired", status.expiring().expired())
                            .put("expiring", status.expiring().due())
                            .put("unfinished", status.unfinished())
                            .put("cas", cas)
                            .put("crls", crls)
                            .put("tokens", LineTokens.all(status.tokens()))
                            .put("due", status.due()),
                    lines);
            return ExitCodes.of(status.urgency());
        }
    }
}
