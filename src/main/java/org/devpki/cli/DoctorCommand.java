package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.devpki.app.ExamineStore;
import org.devpki.app.Workshop;
import org.devpki.model.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki doctor}. */
@Command(
        name = "doctor",
        description = "Examine the store: ledger, audit chain, keys, file modes, what was cut short, published CRLs."
                + " Changes nothing without --repair. Exit 0 clean, 8 with errors, 10 with warnings only.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki doctor", "  devpki doctor --repair"})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(
            names = "--repair",
            description =
                    "Put right what can be: file modes, leftovers, reservations that were never finished (revoked as"
                            + " superseded), a clock that went back.")
    boolean isRepair;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            ExamineStore.Examined examined = shop.examineStore().run(isRepair);
            List<String> lines = new ArrayList<>();
            examined.repaired().forEach(sentence -> lines.add("repaired: " + sentence));
            examined.findings()
                    .forEach(finding ->
                            lines.add(finding.severity().text() + ": " + finding.rule() + ": " + finding.sentence()));
            if (examined.findings().isEmpty()) {
                lines.add("the store is clean");
            }
            List<Map<String, Object>> findings = examined.findings().stream()
                    .map(finding -> Fields.plain()
                            .put("check", finding.rule())
                            .put("severity", finding.severity().text())
                            .put("sentence", finding.sentence())
                            .map())
                    .toList();
            common.print(
                    Fields.schema("doctor/1")
                            .put("clean", examined.findings().isEmpty())
                            .put("findings", findings)
                            .put("repaired", examined.repaired()),
                    lines);
            boolean hasErrors = examined.findings().stream().anyMatch(Finding::isError);
            return hasErrors
                    ? ExitCodes.INTEGRITY
                    : examined.findings().isEmpty() ? ExitCodes.DONE : ExitCodes.ATTENTION;
        }
    }
}
