package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.devpki.app.ConfigureBroker;
import org.devpki.app.Workshop;
import org.devpki.model.BrokerKind;
import org.devpki.model.ListenAddress;
import org.devpki.model.LoginMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki broker config}. */
@Command(
        name = "config",
        description = {
            "Write a broker's configuration folder: TLS, its certificate, CAs, CRLs, passwords, whose topics are whose,",
            "nobody unknown; each line says what it does. Brokers: mosquitto, emqx, vernemq, hivemq, nanomq. Bring it up",
            "to date by `devpki broker install`."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki broker config mosquitto --server out/mqtt.acme.example --out mosquitto/",
            "  devpki broker config mosquitto --server out/mqtt.acme.example --auth certificate,password --out mosquitto/",
            "  devpki broker config emqx --server out/mqtt.acme.example --out emqx/ --at /etc/emqx/devpki"
        })
final class BrokerConfigCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "BROKER", description = "mosquitto, emqx, vernemq, hivemq or nanomq.")
    String broker;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The folder to write.")
    Path out;

    @Option(
            names = "--server",
            required = true,
            paramLabel = "FOLDER",
            description =
                    "Folder with the broker's own certificate and key, chain.pem and key.pem, as `devpki issue NAME"
                            + " --profile broker-server --format pem` makes it.")
    Path server;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where the broker listens (default: 8883 on all addresses); passwords beside certificates get"
                    + " the next port.")
    String listen = "8883";

    @Option(
            names = "--auth",
            split = ",",
            paramLabel = "METHOD",
            description = "How devices log in: certificate, password, token; several with commas (default: certificate,"
                    + " with hivemq password).")
    List<String> methods = new ArrayList<>();

    @Option(names = "--jwks-url", paramLabel = "URL", description = "Where the keys are that verify tokens.")
    Optional<String> jwksUrl = Optional.empty();

    @Option(
            names = "--at",
            paramLabel = "PATH",
            description = "The folder's path on the broker's machine (default: as it is here).")
    Optional<String> at = Optional.empty();

    @Option(names = "--force", description = "Replace files that are there with other content.")
    boolean isForced;

    @Override
    public Integer call() {
        BrokerKind kind = BrokerKind.parse(broker);
        ConfigureBroker.Order order = new ConfigureBroker.Order(
                kind,
                methods.stream().map(LoginMethod::parse).collect(Collectors.toSet()),
                ListenAddress.parse(listen),
                out,
                at,
                server,
                jwksUrl,
                isForced);
        ConfigureBroker.Configured written;
        try (Workshop shop = common.open()) {
            written = shop.configureBroker().run(order);
        }
        written.warnings().forEach(common::say);
        written.leftOut().forEach((device, why) -> common.say(device + " is left out: " + why));
        common.print(
                Fields.schema("broker-config/1")
                        .put("changed", !written.changed().isEmpty())
                        .put("broker", kind.text())
                        .put("folder", out)
                        .put("files", written.files())
                        .put("warnings", written.warnings()),
                List.of((written.changed().isEmpty() ? "nothing to do: " : "") + "configuration of " + kind.text()
                        + " in " + out + ": " + String.join(", ", written.files())));
        return ExitCodes.DONE;
    }
}
