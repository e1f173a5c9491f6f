package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.InstallBroker;
import org.devpki.app.Workshop;
import org.devpki.model.BrokerKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki broker install}. */
@Command(
        name = "install",
        description = {
            "Bring CA certificates, CRLs and password hashes in a broker's folder up to date: each file whole, only where",
            "it differs, as its owner's, and the CRLs proven first. Hooks run after a change. For cron, after `devpki crl",
            "publish`."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki broker install mosquitto --config mosquitto/ --hook 'systemctl reload mosquitto'",
            "  devpki broker install hivemq --config /opt/hivemq/extensions/hivemq-file-rbac-extension/conf --json"
        })
final class BrokerInstallCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "BROKER", description = "mosquitto, emqx, vernemq, hivemq or nanomq.")
    String broker;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FOLDER",
            description =
                    "The folder that `devpki broker config` wrote; of its files those that are there are kept up to"
                            + " date.")
    Path folder;

    @Option(
            names = "--hook",
            paramLabel = "COMMAND",
            description =
                    "Command for the shell after a change, with DEVPKI_SHELF naming the folder; again at the next run"
                            + " where it failed. Repeatable.")
    List<String> hooks = new ArrayList<>();

    @Override
    public Integer call() {
        BrokerKind kind = BrokerKind.parse(broker);
        InstallBroker.Installed done;
        try (Workshop shop = common.open()) {
            done = shop.installBroker().run(kind, folder, hooks);
        }
        done.leftOut().forEach((device, why) -> common.say(device + " is left out: " + why));
        common.print(
                Fields.schema("broker-install/1")
                        .put("changed", !done.changed().isEmpty())
                        .put("broker", kind.text())
                        .put("folder", folder)
                        .put("files", done.changed())
                        .put("hooksRun", done.hasRunHooks())
                        .put("leftOut", done.leftOut()),
                List.of(
                        done.changed().isEmpty()
                                ? "nothing to do: " + folder + " is up to date"
                                : "installed " + String.join(", ", done.changed()) + " in " + folder));
        return ExitCodes.DONE;
    }
}
