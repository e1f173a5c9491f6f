package org.devpki.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CheckCrl;
import org.devpki.app.CrlMetrics;
import org.devpki.app.CrlOrder;
import org.devpki.app.ShelvedCrl;
import org.devpki.app.ShowCrl;
import org.devpki.app.Urgency;
import org.devpki.app.Workshop;
import org.devpki.model.Bytes;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.ShelfPlace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki crl}. */
@Command(
        name = "crl",
        description = "Certificate revocation lists: published, checked, shown, forecast.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CrlCommand.PublishCommand.class,
            CrlCommand.CheckCommand.class,
            CrlCommand.ShowCommand.class,
            CrlPresignCommand.class,
            CrlReleaseCommand.class,
            CrlImportCommand.class,
            CrlForecastCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki crl publish --if-needed", "  devpki crl check --min-remaining 36h"})
final class CrlCommand extends NounCommand {

    static Optional<String> forced(boolean isForced, Optional<String> reason) {
        if (isForced != reason.filter(text -> !text.isBlank()).isPresent()) {
            throw DevpkiException.invalid("--force and --reason go together: the audit keeps why a CRL was forced");
        }
        return reason;
    }

    static String word(Urgency urgency) {
        return switch (urgency) {
            case NONE -> "good";
            case SOON -> "due";
            case TOO_LATE -> "too-late";
        };
    }

    /** {@code devpki crl publish}. */
    @Command(
            name = "publish",
            description = {
                "Publish the CRL of every CA as DER and PEM, and all.crl.pem with all of them for brokers that read one",
                "file. Each is proven before it goes out; hooks run after a change, with DEVPKI_SHELF in their environment.",
                "Exit 10 or 11 if a CRL is due again when all is done, as when a revocation came meanwhile."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki crl publish --if-needed",
                "  devpki crl publish --if-needed --dir /var/lib/mosquitto/crl --hook 'systemctl reload mosquitto'",
                "  devpki crl publish --if-needed --dir s3://fleet-crls/eu",
                "  devpki crl publish --if-needed --metrics /var/lib/prometheus/node-exporter/devpki.prom"
            })
    static final class PublishCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(
                names = "--dir",
                paramLabel = "PLACE",
                description =
                        "Where to put them: a folder, or s3://BUCKET[/PREFIX], to which the environment has the way"
                                + " as for every AWS tool (AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_S3, …)"
                                + " (default: publish/crl in the store).")
        Optional<String> place = Optional.empty();

        @Option(
                names = "--if-needed",
                description =
                        "Only what is past half of its life or lacks a revocation; else silent and without a key.")
        boolean isOnlyIfNeeded;

        @Option(
                names = "--force",
                description =
                        "Let a revocation vanish that is on the shelf, or replace a damaged file; needs --reason.")
        boolean isForced;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is forced; the audit keeps it.")
        Optional<String> reason = Optional.empty();

        @Option(
                names = "--metrics",
                paramLabel = "FILE",
                description =
                        "Also write what is published for Prometheus' node_exporter, as its textfile collector reads"
                                + " it: a name that ends in .prom, in its folder. Written after a failure too.")
        Optional<Path> metrics = Optional.empty();

        @Option(
                names = "--hook",
                paramLabel = "COMMAND",
                description = "Shell command to run after a change. Repeatable.")
        List<String> hooks = new ArrayList<>();

        @Override
        public Integer call() {
            Optional<ShelfPlace> shelf = place.map(ShelfPlace::parse);
            try (CrlMetrics told = new CrlMetrics(metrics, common.streams().clock());
                    Workshop shop = common.open()) {
                List<ShelvedCrl> crls = shop.publishCrl()
                        .run(new CrlOrder(shelf, isOnlyIfNeeded, hooks, forced(isForced, reason)), told);
                List<Map<String, Object>> all = new ArrayList<>();
                List<String> lines = new ArrayList<>();
                for (ShelvedCrl crl : crls) {
                    all.add(Fields.plain()
                            .put("ca", crl.name().ca())
                            .put("name", crl.name())
                            .put("shard", crl.name().shard())
                            .put("delta", crl.name().isDelta())
                            .put("number", crl.number())
                            .put("thisUpdate", crl.thisUpdate())
                            .put("nextUpdate", crl.nextUpdate())
                            .put("entries", crl.entries())
                            .put("bytes", crl.bytes())
                            .put("behind", crl.isBehind())
                            .put("urgency", word(crl.urgency()))
                            .put("changed", crl.hasChanged())
                            .map());
                    if (crl.hasChanged()) {
                        lines.add("published CRL " + crl.number() + " of " + crl.name() + ": " + crl.entries()
                                + " revoked, next update " + crl.nextUpdate());
                    }
                    if (crl.urgency() != Urgency.NONE) {
                        common.say("CRL " + crl.name() + " is due again already; the next run publishes it");
                    }
                }
                common.print(Fields.schema("crl-publish/1").put("crls", all), lines);
                return ExitCodes.of(crls.stream().map(ShelvedCrl::urgency).reduce(Urgency.NONE, Urgency::or));
            }
        }
    }

    /** {@code devpki crl check}. */
    @Command(
            name = "check",
            description =
                    "Check the published CRLs for monitoring: exit 0 good, 8 damaged, 10 due soon, 11 expired or missing.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki crl check --min-remaining 36h",
                "  devpki crl check --dir /var/lib/mosquitto/crl --json",
                "  devpki crl check --dir s3://fleet-crls/eu"
            })
    static final class CheckCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(
                names = "--dir",
                paramLabel = "PLACE",
                description = "Where they are: a folder, or s3://BUCKET[/PREFIX] (default: publish/crl in the store).")
        Optional<String> place = Optional.empty();

        @Option(
                names = "--min-remaining",
                paramLabel = "TIME",
                description = "Exit 10 when less than this is left, such as 36h (default: half of a CRL's life).")
        Optional<String> minRemaining = Optional.empty();

        @Override
        public Integer call() {
            Optional<ShelfPlace> shelf = place.map(ShelfPlace::parse);
            Optional<Duration> least = minRemaining.map(Durations::parse);
            try (Workshop shop = common.open()) {
                List<CheckCrl.Checked> crls = shop.checkCrl().run(shelf, least);
                Urgency urgency = crls.stream().map(CheckCrl.Checked::urgency).reduce(Urgency.NONE, Urgency::or);
                List<Map<String, Object>> all = crls.stream()
                        .map(crl -> Fields.plain()
                                .put("ca", crl.name().ca())
                                .put("name", crl.name())
                                .put("nextUpdate", crl.nextUpdate())
                                .put("remainingSeconds", crl.remaining().map(Duration::toSeconds))
                                .put("behind", crl.isBehind())
                                .put("urgency", word(crl.urgency()))
                                .map())
                        .toList();
                common.print(
                        Fields.schema("crl-check/1")
                                .put("urgency", word(urgency))
                                .put("crls", all),
                        crls.stream().map(CheckCommand::line).toList());
                return ExitCodes.of(urgency);
            }
        }

        private static String line(CheckCrl.Checked crl) {
            return String.format(
                    "%-14s %-8s %s%s",
                    crl.name(),
                    word(crl.urgency()),
                    crl.remaining()
                            .map(left -> left.isNegative()
                                    ? "expired at " + crl.nextUpdate().orElseThrow()
                                    : Durations.format(Duration.ofHours(left.toHours())) + " left until "
                                            + crl.nextUpdate().orElseThrow())
                            .orElse("there is no CRL"),
                    crl.isBehind() && crl.nextUpdate().isPresent() ? ", lacks what the ledger knows" : "");
        }
    }

    /** {@code devpki crl show}. */
    @Command(
            name = "show",
            description = "Show a CRL: a CA's published one, or any file, PEM or DER.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki crl show issuing-ca", "  devpki crl show pki/publish/crl/issuing-ca.crl --json"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(
                paramLabel = "CA|FILE",
                description = "A CA's name, its shard as in issuing-ca.7, a file, or - for standard input.")
        String what;

        @Override
        public Integer call() {
            ShowCrl.Shown crl = read();
            List<Map<String, Object>> entries = new ArrayList<>();
            List<String> entryLines = new ArrayList<>();
            crl.entries().each(entry -> {
                entries.add(Fields.plain()
                        .put("serial", entry.serial())
                        .put("revokedAt", entry.at())
                        .put("reason", entry.reason().text())
                        .put("invalidityDate", entry.invalidAt())
                        .map());
                entryLines.add(String.format(
                        "  %s  %s  %s%s",
                        entry.serial(),
                        entry.at(),
                        entry.reason().text(),
                        entry.invalidAt().map(at -> ", invalid since " + at).orElse("")));
            });
            List<String> lines = new ArrayList<>(List.of(
                    "issuer       " + crl.issuer(),
                    "number       " + crl.number().map(Object::toString).orElse("none"),
                    "thisUpdate   " + crl.thisUpdate(),
                    "nextUpdate   " + crl.nextUpdate().map(Object::toString).orElse("none"),
                    "issuing distribution point  " + (crl.hasIdp() ? String.join(" ", crl.idpUris()) : "none"),
                    "revoked      " + crl.count()));
            crl.baseNumber().ifPresent(base -> lines.add("delta to     " + base));
            lines.addAll(entryLines);
            common.print(
                    Fields.schema("crl/1")
                            .put("issuer", crl.issuer())
                            .put("number", crl.number())
                            .put("thisUpdate", crl.thisUpdate())
                            .put("nextUpdate", crl.nextUpdate())
                            .put("authorityKeyId", crl.authorityKeyId().map(Bytes::hex))
                            .put("idp", crl.idpUris())
                            .put("baseNumber", crl.baseNumber())
                            .put("entries", entries),
                    lines);
            return ExitCodes.DONE;
        }

        private ShowCrl.Shown read() {
            if (what.equals("-") || what.contains("/") || Files.exists(Path.of(what))) {
                return ShowCrl.inFile(common.input(what), CommonOptions.origin(what));
            }
            try (Workshop shop = common.open()) {
                return ShowCrl.published(shop, CrlName.parse(what));
            }
        }
    }
}
