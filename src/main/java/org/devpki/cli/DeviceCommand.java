package org.devpki.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CertificateFiles;
import org.devpki.app.RevocationOrder;
import org.devpki.app.RevokeCertificate;
import org.devpki.app.ShowLedger;
import org.devpki.app.Workshop;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.RevocationReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device}. */
@Command(
        name = "device",
        description = "Certificates of devices and servers.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            IssueCommand.class,
            DeviceRenewCommand.class,
            DeviceReplaceCommand.class,
            DeviceCommand.ListCommand.class,
            DeviceCommand.ShowCommand.class,
            DeviceHistoryCommand.class,
            DeviceExpiringCommand.class,
            DeviceWavesCommand.class,
            RevokeCommand.class,
            LabelCommand.class,
            DeviceCommand.ReleaseCommand.class,
            DeviceMarkCommand.class,
            DeviceImportCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki device list --expires-within 90d --json", "  devpki device show esp32-cert-client-01"})
final class DeviceCommand extends NounCommand {

    /** {@code devpki device list}. */
    @Command(
            name = "list",
            description = "List certificates, oldest first.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki device list --expires-within 90d --json",
                "  devpki device list --prefix sensor- --revoked --jsonl"
            })
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        CertificateFilter filter;

        @Option(names = "--expires-within", paramLabel = "TIME", description = "Only what ends within 90d, say.")
        Optional<String> expiresWithin = Optional.empty();

        @Option(
                names = "--revoked",
                negatable = true,
                description = "Only revoked or held ones; --no-revoked: only others.")
        Optional<Boolean> isRevoked = Optional.empty();

        @Option(names = "--jsonl", description = "Print one JSON object a line.")
        boolean isJsonLines;

        @Override
        public Integer call() {
            Instant now = common.streams().clock().instant();
            ShowLedger.Query query = filter.query(expiresWithin, isRevoked, now);
            try (Workshop shop = common.open()) {
                if (common.isJson) {
                    List<Map<String, Object>> all = new ArrayList<>();
                    shop.showLedger()
                            .each(
                                    query,
                                    row -> all.add(Certificates.members(Fields.plain(), row, now)
                                            .map()));
                    common.print(Fields.schema("device-list/1").put("devices", all), List.of());
                } else if (isJsonLines) {
                    shop.showLedger()
                            .each(
                                    query,
                                    row -> common.streams()
                                            .out()
                                            .println(Json.line(Certificates.fields("device/1", row, now)
                                                    .map())));
                } else {
                    common.streams().out().println(Certificates.heading());
                    shop.showLedger().each(query, row -> common.streams().out().println(Certificates.line(row, now)));
                }
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki device show}. */
    @Command(
            name = "show",
            description = "Show every certificate of a name, oldest first.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki device show esp32-cert-client-01",
                "  devpki device show esp32-cert-client-01 --pem > esp32-cert-client-01.pem"
            })
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "NAME", description = "The device's name.")
        String name;

        @Option(names = "--pem", description = "Print the newest certificate as PEM instead.")
        boolean isPem;

        @Override
        public Integer call() {
            Instant now = common.streams().clock().instant();
            try (Workshop shop = common.open()) {
                List<LedgerCertificate> rows = shop.showLedger().known(name);
                if (isPem) {
                    CertificateDer newest = rows.stream()
                            .flatMap(row -> row.certificate().stream())
                            .reduce((older, newer) -> newer)
                            .orElseThrow(
                                    () -> DevpkiException.notFound(name + " has a reservation but no certificate"));
                    common.output("-", CertificateFiles.pem(List.of(newest)));
                } else {
                    print(rows, now);
                }
            }
            return ExitCodes.DONE;
        }

        private void print(List<LedgerCertificate> rows, Instant now) {
            List<String> lines = new ArrayList<>();
            for (LedgerCertificate row : rows) {
                Certificates.members(Fields.plain(), row, now).map().forEach((key, value) -> {
                    Object shown = value instanceof Optional<?> optional ? optional.orElse(null) : value;
                    if (shown != null) {
                        lines.add(String.format("%-12s %s", key, shown));
                    }
                });
                lines.add("");
            }
            lines.remove(lines.size() - 1);
            common.print(Certificates.history(name, rows, now), lines);
        }
    }

    /** {@code devpki device release}. */
    @Command(
            name = "release",
            description = "Release a certificate from a hold.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki device release sensor-7", "  devpki device release sensor-7 --json"})
    static final class ReleaseCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "NAME", description = "The device's name.")
        String name;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                RevokeCertificate deed = shop.revokeCertificate();
                List<RevokeCertificate.Done> all = deed.runAll(
                        deed.allNamed(name), new RevocationOrder(RevocationReason.REMOVE_FROM_CRL, Optional.empty()));
                List<String> lines = new ArrayList<>();
                all.forEach(done -> lines.add((done.hasChanged() ? "released " : "nothing to do: not held: ") + name
                        + ", serial " + done.certificate().serial()));
                lines.add("next: devpki crl publish");
                common.print(
                        Certificates.fields(
                                        "device/1",
                                        all.get(all.size() - 1).certificate(),
                                        common.streams().clock().instant())
                                .put("changed", all.stream().anyMatch(RevokeCertificate.Done::hasChanged)),
                        lines);
            }
            return ExitCodes.DONE;
        }
    }
}
