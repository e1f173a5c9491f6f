package org.devpki.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.ListKicks;
import org.devpki.app.ShowLedger;
import org.devpki.app.Workshop;
import org.devpki.model.Broker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki broker}. */
@Command(
        name = "broker",
        description = "What message brokers need.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BrokerConfigCommand.class,
            BrokerInstallCommand.class,
            BrokerProbeCommand.class,
            BrokerCommand.KickCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki broker config mosquitto --server out/mqtt.acme.example --out mosquitto/",
            "  devpki broker install mosquitto --config mosquitto/ --hook 'systemctl reload mosquitto'",
            "  devpki broker probe mqtt.acme.example:8883 --as esp32-cert-client-01 --bundle out/esp32-cert-client-01",
            "  devpki broker kick mosquitto --revoked-since 1h | sh"
        })
final class BrokerCommand extends NounCommand {

    /** {@code devpki broker kick}. */
    @Command(
            name = "kick",
            description = {
                "Write a shell script that ends the sessions of revoked and held devices with the broker's own command:",
                "a session that is up stays up after a revocation. Run it once the broker has the new CRL.",
                "Brokers: mosquitto (dynamic security plugin), emqx (emqx ctl), emqx-api (REST), vernemq, hivemq (REST)."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki broker kick mosquitto --revoked-since 1h | sh",
                "  devpki broker kick emqx-api --batch L3W47 --out kick.sh"
            })
    static final class KickCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "BROKER", description = "mosquitto, emqx, emqx-api, vernemq or hivemq.")
        String broker;

        @Mixin
        CertificateFilter filter;

        @Option(names = "--out", paramLabel = "FILE", description = "Where to (default: standard output).")
        String out = "-";

        @Override
        public Integer call() {
            ShowLedger.Query query = filter.query(common.streams().clock().instant());
            Broker which = Broker.parse(broker);
            ListKicks.Listed listed;
            try (Workshop shop = common.open()) {
                listed = shop.listKicks().run(which, query);
            }
            if (!out.equals("-")) {
                common.output(out, listed.script());
                common.print(members(which, listed).put("file", out), List.of("kicks for sh in " + out));
            } else if (common.isJson) {
                common.print(
                        members(which, listed).put("script", listed.script().asUtf8()), List.of());
            } else {
                common.output(out, listed.script());
            }
            common.say(listed.kicks().size() + " to kick, once the broker has read the CRL that lists them");
            return ExitCodes.DONE;
        }

        private static Fields members(Broker broker, ListKicks.Listed listed) {
            return Fields.schema("broker-kick/1")
                    .put("broker", broker.text())
                    .put(
                            "clients",
                            listed.kicks().stream()
                                    .map(kick -> kick.client().value())
                                    .toList());
        }
    }
}
