package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.devpki.app.WeighCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code devpki ca impact}. */
@Command(
        name = "impact",
        description = "Tell what hangs on a CA: devices by expiry, brokers, orders, CRLs, files.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki ca impact issuing-ca", "  devpki ca impact root-ca --json"})
final class CaImpactCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CA", description = "The CA's name.")
    String name = "";

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            WeighCa.Weight weight = shop.weighCa().run(new CaName(name));
            common.print(json(weight), lines(weight));
        }
        return ExitCodes.DONE;
    }

    private static Fields json(WeighCa.Weight weight) {
        List<Map<String, Object>> leaves = weight.leaves().stream()
                .map(ca -> Fields.plain()
                        .put("ca", ca.ca())
                        .put("live", ca.count())
                        .put("byProfile", ca.byProfile())
                        .put("endingWithin", ca.endingWithin())
                        .put("lastEnd", ca.lastEnd())
                        .map())
                .toList();
        return Fields.schema("ca-impact/1")
                .put("name", weight.ca().name())
                .put("live", weight.count())
                .put("leaves", leaves)
                .put("servers", weight.servers())
                .put("orders", weight.orders())
                .put("crlUrls", weight.crlUrls())
                .put("crlShards", weight.shards())
                .put("otherUrls", weight.otherUrls().values())
                .put("files", weight.bundles());
    }

    private static List<String> lines(WeighCa.Weight weight) {
        List<String> lines = new ArrayList<>();
        lines.add(weight.count() + " live certificates of devices and servers hang on "
                + weight.ca().name());
        for (WeighCa.Leaves ca : weight.leaves()) {
            lines.add("  " + ca.ca() + ": " + ca.count() + counts(" as ", ca.byProfile())
                    + counts("; ending within ", ca.endingWithin())
                    + ca.lastEnd().map(end -> "; the last end is " + end).orElse(""));
        }
        lines.add("servers: " + words(weight.servers()));
        lines.add("orders: " + words(weight.orders()));
        lines.add("CRL: " + words(weight.crlUrls())
                + (weight.shards() == 0 ? "" : " and those of " + weight.shards() + " shards"));
        lines.add("other URLs: " + words(List.copyOf(weight.otherUrls().values())));
        lines.add("files for brokers: " + words(weight.bundles()));
        return lines;
    }

    private static String words(List<String> words) {
        return words.isEmpty() ? "none" : String.join(", ", words);
    }

    private static String counts(String lead, Map<String, Long> counts) {
        String text = counts.entrySet().stream()
                .filter(count -> count.getValue() > 0)
                .map(count -> count.getKey() + " " + count.getValue())
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "" : lead + text;
    }
}
