package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ForecastCrls;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.Percentage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki crl forecast}. */
@Command(
        name = "forecast",
        description = {
            "How large each CRL is, would be if a batch were revoked too, and will be in some years: at most, for a fleet",
            "that stays as large as it is. Counted from the ledger; delta CRLs left out."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki crl forecast", "  devpki crl forecast --years 10 --revoked-per-year 2%% --json"})
final class CrlForecastCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(names = "--batch", paramLabel = "BATCH", description = "Also as if this batch were revoked now.")
    Optional<String> batch = Optional.empty();

    @Option(names = "--years", paramLabel = "N", description = "How far to look ahead (default: ${DEFAULT-VALUE}).")
    int years = 5;

    @Option(
            names = "--revoked-per-year",
            paramLabel = "PERCENT",
            description = "What part of the fleet is revoked in a year, such as 2%% (default: as in the last year).")
    Optional<String> perYear = Optional.empty();

    @Option(
            names = "--shard-kib",
            paramLabel = "KIB",
            description = "What the CRL of a shard should stay below, in KiB (default: ${DEFAULT-VALUE}).")
    int shardKib = 64;

    @Override
    public Integer call() {
        ForecastCrls.Order order = new ForecastCrls.Order(
                batch.map(BatchId::new), years, perYear.map(Percentage::parse), 1024L * shardKib);
        try (Workshop shop = common.open()) {
            ForecastCrls.Forecast forecast = shop.forecastCrls().run(order);
            common.print(json(forecast), lines(forecast));
        }
        return ExitCodes.DONE;
    }

    private List<String> lines(ForecastCrls.Forecast forecast) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-16s %12s %12s", "CRL", "ENTRIES", "BYTES")
                + batch.map(name -> String.format(" %12s %12s", "WITH BATCH", "BYTES"))
                        .orElse("")
                + String.format(" %12s %12s", "IN " + years + "Y", "BYTES"));
        for (ForecastCrls.Ca ca : forecast.cas()) {
            for (ForecastCrls.Crl crl : ca.crls()) {
                lines.add(String.format("%-16s", crl.name())
                        + columns(crl.today())
                        + crl.withBatch().map(CrlForecastCommand::columns).orElse("")
                        + columns(crl.later()));
            }
        }
        for (ForecastCrls.Ca ca : forecast.cas()) {
            lines.add(ca.ca().name() + ": " + ca.live() + " live, " + ca.revokedLastYear()
                    + " revoked in the last year, reckoned with " + ca.perYear() + " a year, " + ca.entryOctets()
                    + " octets an entry");
            if (ca.ca().parent().isPresent()) {
                lines.add(ca.ca().name() + ": "
                        + (ca.shards().isPresent()
                                ? ca.shards().getAsInt() + " shards keep"
                                : "no number of shards keeps")
                        + " each CRL below " + shardKib + " KiB in " + years + " years");
            }
        }
        lines.add("all.crl.pem: " + words(forecast.today()));
        forecast.withBatch().ifPresent(all -> lines.add("all.crl.pem with the batch: " + words(all)));
        lines.add("all.crl.pem in " + years + " years: " + words(forecast.later()));
        return lines;
    }

    private static String columns(ForecastCrls.Size size) {
        return String.format(" %12d %12d", size.entries(), size.octets());
    }

    private static String words(ForecastCrls.AllInOne all) {
        return all.octets() + " bytes, for which a Mosquitto needs about " + ((all.memoryOctets() >> 20) + 1)
                + " MiB of memory when it reloads";
    }

    private Fields json(ForecastCrls.Forecast forecast) {
        List<Map<String, Object>> cas = new ArrayList<>();
        for (ForecastCrls.Ca ca : forecast.cas()) {
            cas.add(Fields.plain()
                    .put("ca", ca.ca().name())
                    .put("live", ca.live())
                    .put("revokedLastYear", ca.revokedLastYear())
                    .put("revokedPerYear", ca.perYear().toString())
                    .put("entryBytes", ca.entryOctets())
                    .put(
                            "shards",
                            ca.shards().isPresent() ? Optional.of(ca.shards().getAsInt()) : Optional.empty())
                    .put(
                            "crls",
                            ca.crls().stream()
                                    .map(crl -> Fields.plain()
                                            .put("name", crl.name())
                                            .put("today", json(crl.today()))
                                            .put("withBatch", crl.withBatch().map(CrlForecastCommand::json))
                                            .put("later", json(crl.later()))
                                            .map())
                                    .toList())
                    .map());
        }
        return Fields.schema("crl-forecast/1")
                .put("years", years)
                .put("batch", batch)
                .put("shardBytes", 1024L * shardKib)
                .put("cas", cas)
                .put("allToday", json(forecast.today()))
                .put("allWithBatch", forecast.withBatch().map(CrlForecastCommand::json))
                .put("allLater", json(forecast.later()));
    }

    private static Map<String, Object> json(ForecastCrls.Size size) {
        return Fields.plain()
                .put("entries", size.entries())
                .put("bytes", size.octets())
                .map();
    }

    private static Map<String, Object> json(ForecastCrls.AllInOne all) {
        return Fields.plain()
                .put("bytes", all.octets())
                .put("mosquittoMemoryBytes", all.memoryOctets())
                .map();
    }
}
