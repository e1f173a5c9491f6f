package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.devpki.app.ShowAlgorithms;
import org.devpki.app.Workshop;
import org.devpki.model.AlgorithmMark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code devpki ca algorithms}. */
@Command(
        name = "algorithms",
        description = {
            "Tell which kinds of keys and signatures are in use: by CAs, live certificates, OCSP responders and CRLs.",
            "Marked are weak ones (RSA under 3072 bits past 2030, SHA-1, MD5), experimental ones (ML-DSA), and those that a",
            "quantum computer would break (all but ML-DSA)."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki ca algorithms", "  devpki ca algorithms --json"})
final class CaAlgorithmsCommand implements Callable<Integer> {
    private static final String LINE = "%-11s %-16s %-9s %-23s %9s %-20s  %s";

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            List<ShowAlgorithms.Counted> all = shop.showAlgorithms().run();
            List<String> lines = new ArrayList<>();
            lines.add(String.format(LINE, "USED BY", "NAME", "KEY", "SIGNED WITH", "COUNT", "LATEST END", "MARKS"));
            all.forEach(counted -> lines.add(String.format(
                    Locale.ROOT,
                    LINE,
                    counted.use().role().text(),
                    counted.use().name(),
                    counted.use().key().orElse("-"),
                    counted.use().signature(),
                    counted.count(),
                    counted.latestEnd(),
                    String.join(", ", marks(counted).toList()))));
            common.print(
                    Fields.schema("ca-algorithms/1")
                            .put(
                                    "uses",
                                    all.stream()
                                            .map(counted -> members(counted).map())
                                            .toList()),
                    lines);
        }
        return ExitCodes.DONE;
    }

    private static Fields members(ShowAlgorithms.Counted counted) {
        return Fields.plain()
                .put("usedBy", counted.use().role().text())
                .put("name", counted.use().name())
                .put("key", counted.use().key())
                .put("signature", counted.use().signature())
                .put("count", counted.count())
                .put("latestEnd", counted.latestEnd())
                .put("marks", marks(counted).toList());
    }

    private static Stream<String> marks(ShowAlgorithms.Counted counted) {
        return Stream.of(AlgorithmMark.values())
                .filter(counted.use().marks()::contains)
                .map(AlgorithmMark::text);
    }
}
