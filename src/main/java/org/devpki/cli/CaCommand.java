package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CertificateFiles;
import org.devpki.app.ShowLedger;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.Succession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca}. */
@Command(
        name = "ca",
        description = "The certificate authorities of the store.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CaCommand.ListCommand.class,
            CaTreeCommand.class,
            CaCommand.ShowCommand.class,
            CaCreateCommand.class,
            CaCsrCommand.class,
            CaSignCommand.class,
            CaImportCommand.class,
            CaCrossSignCommand.class,
            CaCeremonyCommand.class,
            CaReissueCommand.class,
            CaRotateCommand.class,
            CaRetireCommand.class,
            CaImpactCommand.class,
            CaAlgorithmsCommand.class,
            CaCommand.ExportCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki ca tree", "  devpki ca export --bundle --out ca.pem"})
final class CaCommand extends NounCommand {
    static Fields members(Fields fields, ShowLedger.DescribedCa ca) {
        return fields.put("name", ca.ca().name())
                .put("parent", ca.ca().parent())
                .put("subject", ca.subject())
                .put("serial", ca.ca().serial())
                .put("key", ca.key())
                .put("keyUri", ca.ca().keyUri())
                .put("standing", ca.standing().text())
                .put("successor", ca.ca().succession().map(Succession::to))
                .put("succeededFrom", ca.ca().succession().map(Succession::from))
                .put("retiredAt", ca.ca().retiredAt())
                .put(
                        "pathLength",
                        ca.pathLength().isPresent()
                                ? Optional.of(ca.pathLength().getAsInt())
                                : Optional.empty())
                .put("notBefore", ca.validity().notBefore())
                .put("notAfter", ca.validity().notAfter())
                .put("sha256", ca.fingerprint())
                .put("earlier", ca.earlier().isEmpty() ? Optional.empty() : Optional.of(ca.earlier()))
                .put("certificates", ca.issued())
                .put("revoked", ca.revoked());
    }

    /** Who takes over, behind a CA on its line; empty if nobody does. */
    static String succession(ShowLedger.DescribedCa ca) {
        return ca.ca()
                .succession()
                .map(next -> ", orders go to " + next.to() + " from " + next.from() + " on")
                .orElse("");
    }

    /** {@code devpki ca list}. */
    @Command(
            name = "list",
            description = "List the CAs, the root first.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki ca list", "  devpki ca list --json"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<ShowLedger.DescribedCa> cas = shop.showLedger().cas();
                List<String> lines = new ArrayList<>();
                lines.add(String.format(
                        "%-14s %-10s %-9s %-20s %7s %7s  %s",
                        "NAME", "STANDING", "KEY", "NOT AFTER", "CERTS", "REVOKED", "SUBJECT"));
                cas.forEach(ca -> lines.add(String.format(
                        "%-14s %-10s %-9s %-20s %7d %7d  %s",
                        ca.ca().name(),
                        ca.standing().text(),
                        ca.key(),
                        ca.validity().notAfter(),
                        ca.issued(),
                        ca.revoked(),
                        ca.subject())));
                List<Map<String, Object>> all = cas.stream()
                        .map(ca -> members(Fields.plain(), ca).map())
                        .toList();
                common.print(Fields.schema("ca-list/1").put("cas", all), lines);
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ca show}. */
    @Command(
            name = "show",
            description = "Show one CA.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki ca show issuing-ca", "  devpki ca show root-ca --json"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "CA", description = "The CA's name.")
        String name;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                ShowLedger.DescribedCa ca = shop.showLedger().ca(new CaName(name));
                List<String> lines = new ArrayList<>();
                members(Fields.plain(), ca).map().forEach((key, value) -> {
                    Object shown = value instanceof Optional<?> optional ? optional.orElse(null) : value;
                    if (shown != null) {
                        lines.add(String.format("%-13s %s", key, shown));
                    }
                });
                common.print(members(Fields.schema("ca/1"), ca), lines);
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ca export}. */
    @Command(
            name = "export",
            description = "Print a CA's certificate; with --bundle all CAs, as a broker's cafile wants them.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki ca export root-ca --out server_root_ca.pem",
                "  devpki ca export --bundle --out ca.pem",
                "  devpki ca export --trust --out office.trust"
            })
    static final class ExportCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(arity = "0..1", paramLabel = "CA", description = "The CA's name (default: root-ca).")
        String name = CaName.ROOT.value();

        @Option(
                names = "--bundle",
                description =
                        "All CAs of the store that something hangs on, the root first: before and after a rotation.")
        boolean isBundle;

        @Option(names = "--chain", description = "The CA, then those above it, the root last.")
        boolean isChain;

        @Option(
                names = "--trust",
                description = "What init --trust makes a store without CA keys from: CAs, settings, own profiles.")
        boolean isTrust;

        @Option(names = "--der", description = "DER instead of PEM, for one certificate.")
        boolean isDer;

        @Option(names = "--out", paramLabel = "FILE", description = "File to write (default: standard output).")
        String out = "-";

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                if (isTrust) {
                    common.output(out, shop.exportTrust().run());
                    return ExitCodes.DONE;
                }
                List<CertificateDer> wanted = new ArrayList<>();
                if (isBundle) {
                    wanted.addAll(shop.showLedger().bundle());
                } else {
                    List<CertificateDer> chain =
                            shop.showLedger().ca(new CaName(name)).chain();
                    wanted.addAll(isChain ? chain : chain.subList(0, 1));
                }
                common.output(out, isDer ? wanted.get(0).octets() : CertificateFiles.pem(wanted));
            }
            return ExitCodes.DONE;
        }
    }
}
