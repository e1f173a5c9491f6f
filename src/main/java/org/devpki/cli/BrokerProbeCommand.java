package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.devpki.app.ProbeBroker;
import org.devpki.app.Probed;
import org.devpki.model.BrokerAddress;
import org.devpki.model.BrokerUri;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.Explanation;
import org.devpki.model.MqttVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki broker probe}. */
@Command(
        name = "probe",
        description = {
            "Log in to a broker as a device would, by its certificate, password or token, and try what must work and what",
            "must fail: its own topics and another's, a client ID that is not its own, no certificate, one that no CA made,",
            "a revoked one, a wrong password, a forged or expired token. Name a second device by --other: without one it is",
            "not seen whether the first reads what others send. Exit 8 where something is wrong, 10 where somebody should",
            "look. Needs no store."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki broker probe mqtt.acme.example:8883 --as esp32-cert-client-01 --bundle out/esp32-cert-client-01"
                    + " --other esp32-cert-client-02 --other-bundle out/esp32-cert-client-02",
            "  devpki broker probe localhost:8884 --as sensor-1 --password-file password.txt --trust ca.pem --mqtt 3.1.1"
        })
final class BrokerProbeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "HOST:PORT", description = "Where the broker listens, as devices name it.")
    String broker;

    @Option(names = "--as", required = true, paramLabel = "DEVICE", description = "The device; its client ID.")
    String device;

    @Option(
            names = "--bundle",
            paramLabel = "FOLDER",
            description = "The device's certificate and key, as --format pem or embed writes them.")
    Optional<Path> bundle = Optional.empty();

    @Option(names = "--password-file", paramLabel = "FILE", description = "The device's password.")
    Optional<Path> password = Optional.empty();

    @Option(names = "--token-file", paramLabel = "FILE", description = "The device's access token.")
    Optional<Path> token = Optional.empty();

    @Option(
            names = "--other",
            paramLabel = "DEVICE",
            description =
                    "A second device, which sends to its own topic and listens there: what the first must not get.")
    Optional<String> other = Optional.empty();

    @Option(names = "--other-bundle", paramLabel = "FOLDER", description = "As --bundle, of the second device.")
    Optional<Path> otherBundle = Optional.empty();

    @Option(
            names = "--other-password-file",
            paramLabel = "FILE",
            description = "As --password-file, of the second device.")
    Optional<Path> otherPassword = Optional.empty();

    @Option(names = "--other-token-file", paramLabel = "FILE", description = "As --token-file, of the second device.")
    Optional<Path> otherToken = Optional.empty();

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "CAs that the broker's certificate must lead to (default: the bundle's root).")
    Optional<Path> trust = Optional.empty();

    @Option(names = "--plain", description = "Without TLS, where passwords go in clear.")
    boolean isPlain;

    @Option(names = "--mqtt", paramLabel = "VERSION", description = "3.1.1 or 5 (default: ${DEFAULT-VALUE}).")
    String version = MqttVersion.V5.text();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "One of the device's own (default: devices/DEVICE/probe).")
    Optional<String> topic = Optional.empty();

    @Option(
            names = "--other-topic",
            paramLabel = "TOPIC",
            description =
                    "One that is not the device's (default: devices/OTHER/probe, or devices/devpki-probe/probe without --other).")
    Optional<String> otherTopic = Optional.empty();

    @Option(
            names = "--revoked",
            paramLabel = "FOLDER",
            description = "The same of a device whose certificate is revoked.")
    Optional<Path> revoked = Optional.empty();

    @Option(names = "--expired-token", paramLabel = "FILE", description = "An access token that is over.")
    Optional<Path> expired = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long each step may take (default: ${DEFAULT-VALUE}).")
    String timeout = "10s";

    @Override
    public Integer call() {
        ProbeBroker.Order order = new ProbeBroker.Order(
                BrokerAddress.parse(broker),
                new ProbeBroker.Device(new DeviceId(device), bundle, password, token),
                second(),
                trust,
                isPlain,
                MqttVersion.parse(version),
                topic,
                otherTopic,
                revoked,
                expired,
                Durations.parse(timeout));
        if (isPlain) {
            BrokerUri.warning("mqtt://" + broker).ifPresent(common::say);
        }
        Probed probed =
                new ProbeBroker(common.streams().random(), common.streams().clock()).run(order);
        List<String> lines = new ArrayList<>();
        probed.protocol()
                .ifPresent(protocol -> lines.add(
                        "TLS: " + protocol + ", " + probed.cipherSuite().orElse("")));
        probed.chain()
                .forEach(shown -> lines.add(
                        "broker's chain: " + shown.subject() + ", by " + shown.issuer() + ", until " + shown.ends()));
        probed.rows().forEach(row -> lines.addAll(lines(row)));
        lines.add("the broker takes the device for: " + probed.identity());
        common.print(
                Fields.schema("broker-probe/1")
                        .put("broker", broker)
                        .put("device", device)
                        .put("mqtt", version)
                        .put("verdict", word(probed.verdict()))
                        .put("protocol", probed.protocol())
                        .put("cipherSuite", probed.cipherSuite())
                        .put(
                                "chain",
                                probed.chain().stream()
                                        .map(shown -> Fields.plain()
                                                .put("subject", shown.subject())
                                                .put("issuer", shown.issuer())
                                                .put("notAfter", shown.ends())
                                                .map())
                                        .toList())
                        .put("identity", probed.identity())
                        .put(
                                "rows",
                                probed.rows().stream()
                                        .map(BrokerProbeCommand::members)
                                        .toList()),
                lines);
        return switch (probed.verdict()) {
            case RIGHT, NOT_TRIED -> ExitCodes.DONE;
            case WEAK -> ExitCodes.ATTENTION;
            case WRONG -> ExitCodes.INTEGRITY;
        };
    }

    private Optional<ProbeBroker.Device> second() {
        if (other.isEmpty() && Stream.of(otherBundle, otherPassword, otherToken).anyMatch(Optional::isPresent)) {
            throw DevpkiException.invalid("whose are the files of the other device? give --other DEVICE");
        }
        return other.map(DeviceId::new).map(id -> new ProbeBroker.Device(id, otherBundle, otherPassword, otherToken));
    }

    private static List<String> lines(Probed.Row row) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-9s %-20s %s", word(row.verdict()), row.name(), row.seen()));
        row.code()
                .filter(code -> row.verdict() != Probed.Verdict.RIGHT)
                .ifPresent(code -> lines.add("          " + code.title() + ": " + code.cause()));
        row.fix().ifPresent(fix -> lines.add("          fix: " + fix));
        return lines;
    }

    private static Map<String, Object> members(Probed.Row row) {
        return Fields.plain()
                .put("name", row.name())
                .put("verdict", word(row.verdict()))
                .put("expected", row.expected())
                .put("seen", row.seen())
                .put("code", row.code().map(Explanation::code))
                .put("cause", row.code().map(Explanation::cause))
                .put("fix", row.fix())
                .map();
    }

    private static String word(Probed.Verdict verdict) {
        return switch (verdict) {
            case RIGHT -> "right";
            case WEAK -> "weak";
            case WRONG -> "wrong";
            case NOT_TRIED -> "not-tried";
        };
    }
}
