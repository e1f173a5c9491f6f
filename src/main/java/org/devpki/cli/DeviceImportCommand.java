package org.devpki.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.devpki.app.AdoptDevices;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.SerialNumber;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device import}. */
@Command(
        name = "import",
        description = {
            "Bring the certificates that an imported CA issued by another program into the ledger, with what was revoked",
            "and why. PATH is the folder of openssl ca or easy-rsa with its index.txt, cfssl's SQLite database, the folder of",
            "step-ca's database (badger 2), or a folder of certificates. Each certificate is verified; what is left out is told",
            "(exit 6). The same again changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki device import demoCA --ca old-ca --from openssl --dry-run",
            "  devpki device import easy-rsa/pki --ca old-ca --from easy-rsa",
            "  devpki device import certs.db --ca old-ca --from cfssl --results results.jsonl",
            "  devpki device import /etc/step-ca/db --ca old-ca --from step-ca",
            "  devpki device import certificates/ --ca old-ca --from folder --profile device-mqtt"
        })
final class DeviceImportCommand implements Callable<Integer> {
    private static final int MOST_SAID = 20;

    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "PATH", description = "The folder or database of the other program.")
    Path path;

    @Option(names = "--ca", required = true, paramLabel = "CA", description = "The CA that issued them (ca import).")
    String ca;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "PROGRAM",
            description = "openssl, easy-rsa, cfssl, step-ca, or folder for certificates of any other.")
    String from;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "What they are renewed by; else the store's default.")
    Optional<String> profile = Optional.empty();

    @Option(names = "--dry-run", description = "Tell what would be brought, and bring nothing.")
    boolean isDryRun;

    @Option(names = "--results", paramLabel = "FILE", description = "A JSON object for each certificate.")
    Optional<String> file = Optional.empty();

    @Option(
            names = "--leave-out",
            paramLabel = "SERIAL",
            split = ",",
            description = "A revoked serial that cannot be brought, of a device that is gone; it will be on no CRL.")
    Set<String> leftOut = Set.of();

    @Override
    public Integer call() {
        CaName name = new CaName(ca);
        List<AdoptDevices.Result> results = new ArrayList<>();
        AdoptDevices.Summary summary;
        try (Workshop shop = common.open()) {
            summary = shop.adoptDevices()
                    .run(
                            new AdoptDevices.Order(
                                    name,
                                    from,
                                    path,
                                    profile,
                                    leftOut.stream().map(SerialNumber::parseAny).collect(Collectors.toSet()),
                                    isDryRun),
                            results::add);
        }
        file.ifPresent(target -> common.output(target, out -> {
            for (AdoptDevices.Result result : results) {
                out.write((Json.line(fields(result)) + '\n').getBytes(StandardCharsets.UTF_8));
            }
        }));
        List<AdoptDevices.Result> odd =
                results.stream().filter(result -> result.why().isPresent()).toList();
        odd.stream().limit(MOST_SAID).map(DeviceImportCommand::sentence).forEach(common::say);
        if (odd.size() > MOST_SAID) {
            common.say("and " + (odd.size() - MOST_SAID) + " more; --results FILE has them all");
        }
        common.print(
                Fields.schema("device-import/1")
                        .put("ca", name)
                        .put("from", from)
                        .put("imported", summary.imported())
                        .put("revoked", summary.revoked())
                        .put("unchanged", summary.unchanged())
                        .put("left", summary.left())
                        .put("severalLive", List.copyOf(summary.several()))
                        .put("urls", List.copyOf(summary.urls()))
                        .put("dryRun", isDryRun),
                lines(summary));
        return summary.isWhole() ? ExitCodes.DONE : ExitCodes.IN_PART;
    }

    private List<String> lines(AdoptDevices.Summary summary) {
        List<String> lines = new ArrayList<>();
        lines.add((isDryRun ? "would import " : "imported ") + summary.imported() + ", revoked " + summary.revoked()
                + ", known before " + summary.unchanged() + ", left out " + summary.left());
        if (!summary.several().isEmpty()) {
            lines.add("names with several live certificates, each of which opens the door until it is revoked: "
                    + String.join(", ", summary.several()));
        }
        summary.urls().forEach(url -> lines.add("certificates name " + url + "; serve it from here on"));
        if (!isDryRun && summary.imported() + summary.revoked() > 0) {
            lines.add("next: devpki crl publish");
        }
        return lines;
    }

    private static String sentence(AdoptDevices.Result result) {
        return result.place()
                + result.name()
                        .map(name -> ", imported as " + name)
                        .orElse(", " + result.outcome().text()) + ": "
                + result.why().orElse("");
    }

    private static Map<String, Object> fields(AdoptDevices.Result result) {
        return Fields.schema("device-import-result/1")
                .put("place", result.place())
                .put("status", result.outcome().text())
                .put("serial", result.serial().map(SerialNumber::hex))
                .put("name", result.name())
                .put("message", result.why())
                .map();
    }
}
