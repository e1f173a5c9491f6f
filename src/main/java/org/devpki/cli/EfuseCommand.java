package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.devpki.app.PlanEfuse;
import org.devpki.app.Workshop;
import org.devpki.model.Chip;
import org.devpki.model.KeyHome;
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
        footer = {"  devpki efuse plan sensor-7", "  devpki efuse confirm sensor-7 --out out/"})
final class EfuseCommand extends NounCommand {

    /** {@code devpki efuse plan}. */
    @Command(
            name = "plan",
            description =
                    "Print what is burned for a device's key: commands in both spellings of espefuse, their meaning,"
                            + " and what can go wrong. Nothing is burned.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki efuse plan sensor-7",
                "  devpki efuse plan sensor-7 --target esp32c3 --efuse-key-id 1 --script > burn.sh"
            })
    static final class PlanCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "NAME", description = "The device's name.")
        String name;

        @Option(
                names = "--target",
                paramLabel = "CHIP",
                description = "The chip, such as esp32c3; as the ledger knows it by default.")
        Optional<String> target = Optional.empty();

        @Option(
                names = "--key-home",
                paramLabel = "HOME",
                description = "Where the private key lives: " + KeyHome.WORDS + "; as the ledger knows it by default.")
        Optional<String> home = Optional.empty();

        @Option(
                names = "--efuse-key-id",
                paramLabel = "N",
                description = "eFuse key block KEYN of the device's key; as the ledger knows it by default.")
        Optional<Integer> keyId = Optional.empty();

        @Option(
                names = "--nvs-efuse-key-id",
                paramLabel = "N",
                description = "eFuse key block KEYN of the HMAC key of NVS; as the ledger knows it by default.")
        Optional<Integer> nvsKeyId = Optional.empty();

        @Option(
                names = "--sealed",
                description = "The keys are sealed (--seal-to): the script asks to open them first.")
        boolean isSealed;

        @Option(names = "--script", description = "Print the script alone that looks, asks, burns and shows.")
        boolean isScript;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                LedgerCertificate row = shop.revokeCertificate().named(name);
                PlanEfuse.Plan plan = shop.planEfuse()
                        .run(
                                row,
                                new PlanEfuse.Order(
                                        target.map(Chip::parse), home, number(keyId), number(nvsKeyId), isSealed));
                List<String> lines = isScript ? plan.script().lines().toList() : words(plan);
                common.print(
                        Fields.schema("efuse-plan/1")
                                .put("name", plan.device())
                                .put("chip", plan.chip().text())
                                .put(
                                        "keys",
                                        plan.keys().stream()
                                                .map(key -> Fields.plain()
                                                        .put("block", key.block())
                                                        .put("purpose", key.purpose())
                                                        .put("file", key.file())
                                                        .put("meaning", key.meaning())
                                                        .map())
                                                .toList())
                                .put("warnings", plan.warnings())
                                .put("commands", plan.commands())
                                .put("commandsV4", plan.oldCommands())
                                .put("script", plan.script()),
                        lines);
            }
            return ExitCodes.DONE;
        }

        private static OptionalInt number(Optional<Integer> told) {
            return told.map(OptionalInt::of).orElse(OptionalInt.empty());
        }

        private static List<String> words(PlanEfuse.Plan plan) {
            List<String> lines = new ArrayList<>();
            for (PlanEfuse.Key key : plan.keys()) {
                lines.add(plan.device() + ", " + plan.chip().title() + ": " + key.block() + " gets purpose "
                        + key.purpose());
                lines.add(key.meaning());
            }
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
                                        : "nothing to do: forgot what was burned into " + name + " before"));
            }
            return ExitCodes.DONE;
        }
    }
}
