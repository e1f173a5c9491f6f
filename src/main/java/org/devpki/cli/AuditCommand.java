package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.devpki.app.CheckAudit;
import org.devpki.app.Workshop;
import org.devpki.model.AuditEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki audit}. */
@Command(
        name = "audit",
        description = "The hash-chained record of every change.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AuditCommand.VerifyCommand.class, AuditCommand.ListCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  devpki audit verify", "  devpki audit list --jsonl"})
final class AuditCommand extends NounCommand {

    /** {@code devpki audit verify}. */
    @Command(
            name = "verify",
            description = "Prove that no entry of the audit was changed, taken away or put between; exit 8 if one was.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki audit verify", "  devpki audit verify --json"})
    static final class VerifyCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                CheckAudit.Proven proven = shop.checkAudit().run();
                common.print(
                        Fields.schema("audit-verify/1")
                                .put("entries", proven.entries())
                                .put("head", proven.head().hex()),
                        List.of(
                                "the chain of " + proven.entries() + " entries holds",
                                "head " + proven.head().hex()));
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki audit list}. */
    @Command(
            name = "list",
            description = "Print the audit, oldest first.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki audit list", "  devpki audit list --jsonl"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--jsonl", description = "Print one JSON object a line.")
        boolean isJsonLines;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<Map<String, Object>> all = new ArrayList<>();
                shop.checkAudit().each(entry -> {
                    if (common.isJson) {
                        all.add(members(Fields.plain(), entry).map());
                    } else if (isJsonLines) {
                        common.streams()
                                .out()
                                .println(Json.line(
                                        members(Fields.schema("audit/1"), entry).map()));
                    } else {
                        common.streams().out().println(line(entry));
                    }
                });
                if (common.isJson) {
                    common.print(Fields.schema("audit-list/1").put("entries", all), List.of());
                }
            }
            return ExitCodes.DONE;
        }

        private static String line(AuditEntry entry) {
            return String.format(
                    "%6d %s %s %s %s %s",
                    entry.sequence(), entry.at(), entry.actor(), entry.action(), entry.subject(), entry.detail());
        }

        private static Fields members(Fields fields, AuditEntry entry) {
            return fields.put("sequence", entry.sequence())
                    .put("at", entry.at())
                    .put("actor", entry.actor())
                    .put("action", entry.action())
                    .put("subject", entry.subject())
                    .put("detail", entry.detail())
                    .put("previous", entry.previous().hex());
        }
    }
}
