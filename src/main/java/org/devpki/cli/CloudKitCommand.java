package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.app.WriteCloudKit;
import org.devpki.model.CaName;
import org.devpki.model.Cloud;
import org.devpki.model.VerificationCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki cloud kit}. */
@Command(
        name = "kit",
        description = {
            "Write a folder by which a cloud takes the devices of a CA: the CA's",
            "certificate, what shows that its key is here, what the cloud reads, and a",
            "script that hands it over. It asks no cloud."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki cloud kit aws --region eu-central-1 --account 123456789012 --out aws/",
            "  devpki cloud kit azure --verification-code A901A843EFF75419AC1F0EB460E85DF153092A0547AA30F5 --out azure/",
            "  devpki cloud kit thingsboard --out thingsboard/"
        })
final class CloudKitCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CLOUD", description = "aws, azure, thingsboard or cumulocity.")
    String cloud;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The folder to write.")
    Path out;

    @Option(
            names = "--ca",
            paramLabel = "NAME",
            description = "The CA that issues devices' certificates (default: the store's).")
    Optional<String> ca = Optional.empty();

    @Option(
            names = {"--verification-code", "--registration-code"},
            paramLabel = "CODE",
            description = "What the cloud wants the CA's key shown by: AWS's registration code, Azure's or Cumulocity's"
                    + " verification code.")
    Optional<String> code = Optional.empty();

    @Option(names = "--region", paramLabel = "REGION", description = "Of AWS, such as eu-central-1.")
    Optional<String> region = Optional.empty();

    @Option(names = "--account", paramLabel = "ID", description = "Of AWS, 12 digits.")
    Optional<String> account = Optional.empty();

    @Option(names = "--force", description = "Replace files that are there with other content.")
    boolean isForced;

    @Override
    public Integer call() {
        Cloud kind = Cloud.parse(cloud);
        WriteCloudKit.Order order = new WriteCloudKit.Order(
                kind, ca.map(CaName::new), code.map(VerificationCode::new), region, account, out, isForced);
        WriteCloudKit.Written written;
        try (Workshop shop = common.open()) {
            written = shop.writeCloudKit().run(order);
        }
        List<String> findings = written.findings().stream()
                .map(finding -> finding.severity().text() + ": " + finding.sentence())
                .toList();
        findings.forEach(common::say);
        common.print(
                Fields.schema("cloud-kit/1")
                        .put("changed", !written.changed().isEmpty())
                        .put("cloud", kind.text())
                        .put("ca", written.ca())
                        .put("folder", out)
                        .put("files", written.files())
                        .put("findings", findings),
                List.of(
                        (written.changed().isEmpty() ? "nothing to do: " : "") + "kit for " + kind.title() + " in "
                                + out + ": " + String.join(", ", written.files()),
                        "next: read " + out.resolve("README.txt")));
        return ExitCodes.DONE;
    }
}
