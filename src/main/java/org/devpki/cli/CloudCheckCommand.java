package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CheckCloud;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.DeviceId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki cloud check}. */
@Command(
        name = "check",
        description = {
            "Say what the CA's certificate, and a device's, lack for a cloud by the",
            "cloud's documentation: key, signature, common name, chain, validity; and how",
            "to revoke there. It asks no cloud. Exit 5 if something lacks."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki cloud check all esp32-cert-client-01",
            "  devpki cloud check azure --cert out/esp32-cert-client-01/client_crt.pem"
        })
final class CloudCheckCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(index = "0", paramLabel = "CLOUD", description = "aws, azure, thingsboard, cumulocity or all.")
    String cloud;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DEVICE",
            description = "A device of this store; the CA alone is looked at where nobody is named.")
    Optional<String> device = Optional.empty();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "A device's certificate, PEM or DER; its CA's behind it where that is not of this store.")
    Optional<String> file = Optional.empty();

    @Option(
            names = "--ca",
            paramLabel = "NAME",
            description = "The CA that issues devices' certificates (default: the store's).")
    Optional<String> ca = Optional.empty();

    @Override
    public Integer call() {
        CheckCloud.Order order = new CheckCloud.Order(
                Cloud.parseAll(cloud), device.map(DeviceId::new), file.map(common::input), ca.map(CaName::new));
        CheckCloud.Checked checked;
        try (Workshop shop = common.open()) {
            checked = shop.checkCloud().run(order);
        }
        List<Map<String, Object>> all = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        checked.findings().forEach((each, findings) -> {
            all.add(Fields.plain()
                    .put("cloud", each.text())
                    .put("lacks", findings.stream().anyMatch(CloudFinding::isLack))
                    .put(
                            "findings",
                            findings.stream()
                                    .map(finding -> members(finding).map())
                                    .toList())
                    .put("revocation", each.revocation())
                    .map());
            lines.addAll(lines(each, findings));
        });
        common.print(
                Fields.schema("cloud-check/1")
                        .put("device", checked.device())
                        .put("ca", checked.ca())
                        .put("clouds", all),
                lines);
        return checked.hasLacks() ? ExitCodes.REFUSED : ExitCodes.DONE;
    }

    private static List<String> lines(Cloud cloud, List<CloudFinding> findings) {
        List<String> lines = new ArrayList<>();
        if (findings.stream().noneMatch(CloudFinding::isLack)) {
            lines.add(cloud.title() + ": nothing is missing");
        }
        findings.forEach(finding -> {
            lines.add(cloud.title() + ": " + finding.severity().text() + ": " + finding.sentence() + " ("
                    + finding.rule() + "; " + finding.source() + ")");
            lines.add("  fix: " + finding.fix());
        });
        lines.add("  to revoke there: " + cloud.revocation());
        return lines;
    }

    private static Fields members(CloudFinding finding) {
        return Fields.plain()
                .put("rule", finding.rule())
                .put("severity", finding.severity().text())
                .put("sentence", finding.sentence())
                .put("fix", finding.fix())
                .put("source", finding.source());
    }
}
