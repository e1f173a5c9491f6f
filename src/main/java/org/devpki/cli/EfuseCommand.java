package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.PlanEfuse;
import org.devpki.app.Workshop;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki efuse}. */
@Command(
        name = "efuse",
        description = "What is burned into a device's eFuse, once and for good.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {EfuseCommand.PlanCommand.class, EfuseCommand.ConfirmCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  devpki efuse plan sensor-7 --target esp32c3", "  devpki efuse confirm sensor-7 --out out/"})
final class EfuseCommand extends NounCommand {

    /** {@code devpki efuse plan}. */
    @Command(
            name = "plan",
            description =
                    "Print what is burned for a device's key: commands in both spellings of espefuse, their meaning,"
                            + " and what can go wrong. Nothing is burned.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki efuse plan sensor-7 --target esp32c3",
                "  devpki efuse plan sensor-7 --target esp32c3 --efuse-key-id 4 --script > burn.sh"
            })
    static final class PlanCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        FlashOptions flash;

        @Parameters(paramLabel = "NAME", description = "The device's name.")
        String name;

        @Option(names = "--script", description = "Print the script alone that looks, asks, burns and shows.")
        boolean isScript;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                LedgerCertificate row = shop.revokeCertificate().named(name);
                PlanEfuse.Plan plan = shop.planEfuse()
                        .run(
                                row,
                                flash.order(new DeviceId(name), common)
                                        .orElseThrow(() -> DevpkiException.invalid("--target is missing")));
                List<String> lines = isScript ? plan.script().lines().toList() : words(plan);
                common.print(
                        Fields.schema("efuse-plan/1")
                                .put("name", plan.device())
                                .put("chip", plan.chip().text())
                                .put("block", plan.block())
                                .put("purpose", plan.purpose())
                                .put("meaning", plan.meaning())
                                .put("warnings", plan.warnings())
                                .put("commands", plan.commands())
                                .put("commandsV4", plan.oldCommands())
                                .put("script", plan.script()),
                        lines);
            }
            return ExitCodes.DONE;
        }

        private static List<String> words(PlanEfuse.Plan plan) {
            List<String> lines = new ArrayList<>();
            lines.add(plan.device() + ", " + plan.chip().title() + ": " + plan.block() + " gets purpose "
                    + plan.purpose());
            lines.add(plan.meaning());
            lines.add("");
            plan.warnings().forEach(warning -> lines.add("! " + warning));
            lines.add("");
            lines.add("esptool 5, in this order:");
            plan.commands().forEach(command -> lines.add("  " + command));
            lines.add("esptool 4:");
            plan.oldCommands().forEach(command -> lines.add("  " + command));
            return lines;
        }
    }

    /** {@code devpki efuse confirm}. */
    @Command(
            name = "confirm",
            description =
                    "Say that a device's key is burned: the folder with the key is deleted, and the ledger notes it.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki efuse confirm sensor-7 --out out/", "  devpki efuse confirm sensor-7 --out out/ --yes"})
    static final class ConfirmCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "NAME", description = "The device's name.")
        String name;

        @Option(
                names = "--out",
                paramLabel = "FOLDER",
                description = "The folder with NAME+efuse in it (default: here).")
        Path out = Path.of(".");

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                LedgerCertificate row = shop.revokeCertificate().named(name);
                common.confirm("Delete the only copy of the key that was burned into " + name);
                boolean hasChanged = shop.planEfuse().confirm(row, out);
                common.print(
                        Fields.schema("efuse-confirm/1").put("name", name).put("changed", hasChanged),
                        List.of(
                                hasChanged
                                        ? "forgot what was burned into " + name
                                        : "nothing to do: there is no folder " + name + "+efuse in " + out));
            }
            return ExitCodes.DONE;
        }
    }
}
