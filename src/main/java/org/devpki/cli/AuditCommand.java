package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.devpki.app.CheckAudit;
import org.devpki.app.Workshop;
import org.devpki.model.Alarm;
import org.devpki.model.AuditEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki audit}. */
@Command(
        name = "audit",
        description = "The hash-chained record of every change.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AuditCommand.VerifyCommand.class,
            AuditCommand.ListCommand.class,
            AuditCommand.AlarmsCommand.class,
            AuditCommand.CloseCommand.class
        },
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

    /** {@code devpki audit alarms}. */
    @Command(
            name = "alarms",
            description =
                    "List what went against what should be and nobody has looked at yet. Exit 10 if there is something.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki audit alarms", "  devpki audit alarms --all --json"})
    static final class AlarmsCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--all", description = "Those too that were closed.")
        boolean isAll;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<Alarm> alarms = shop.checkAudit().alarms(!isAll);
                common.print(
                        Fields.schema("alarms/1")
                                .put(
                                        "alarms",
                                        alarms.stream()
                                                .map(alarm -> members(alarm).map())
                                                .toList()),
                        alarms.isEmpty()
                                ? List.of("there are no " + (isAll ? "alarms" : "open alarms"))
                                : alarms.stream().map(AlarmsCommand::line).toList());
                return alarms.stream().anyMatch(alarm -> alarm.closed().isEmpty())
                        ? ExitCodes.ATTENTION
                        : ExitCodes.DONE;
            }
        }

        private static String line(Alarm alarm) {
            return alarm.id() + " " + alarm.at() + " " + alarm.sentence()
                    + alarm.closed()
                            .map(closed -> "; closed " + closed.at() + ": " + closed.why())
                            .orElse("");
        }

        private static Fields members(Alarm alarm) {
            return Fields.plain()
                    .put("id", alarm.id())
                    .put("at", alarm.at())
                    .put("kind", alarm.kind().text())
                    .put("subject", alarm.subject())
                    .put("detail", alarm.detail())
                    .put("closedAt", alarm.closed().map(Alarm.Closed::at))
                    .put("closedWhy", alarm.closed().map(Alarm.Closed::why));
        }
    }

    /** {@code devpki audit close}. */
    @Command(
            name = "close",
            description = "Note that somebody looked at an alarm, and what was found.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki audit close 3 --why 'packed again for another flash layout, first bundle destroyed'",
                "  devpki audit close 4 --why 'two boards of one image; both certificates revoked' --json"
            })
    static final class CloseCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The alarm's number.")
        long id;

        @Option(names = "--why", required = true, paramLabel = "TEXT", description = "What was found.")
        String why;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                Alarm before = shop.checkAudit().closeAlarm(id, why);
                boolean hasChanged = before.closed().isEmpty();
                common.print(
                        Fields.schema("alarm-close/1").put("id", id).put("changed", hasChanged),
                        List.of(hasChanged ? "closed alarm " + id : "nothing to do: alarm " + id + " is closed"));
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
    }

    static String line(AuditEntry entry) {
        return String.format(
                "%6d %s %s %s %s %s",
                entry.sequence(), entry.at(), entry.actor(), entry.action(), entry.subject(), entry.detail());
    }

    static Fields members(Fields fields, AuditEntry entry) {
        return fields.put("sequence", entry.sequence())
                .put("at", entry.at())
                .put("actor", entry.actor())
                .put("action", entry.action())
                .put("subject", entry.subject())
                .put("detail", entry.detail())
                .put("previous", entry.previous().hex());
    }
}
