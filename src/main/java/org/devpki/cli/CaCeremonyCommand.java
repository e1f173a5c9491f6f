package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.devpki.app.HoldCeremony;
import org.devpki.app.InitOrder;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki ca ceremony}. */
@Command(
        name = "ceremony",
        description = {
            "Make a store in front of witnesses, as init makes one, under a passphrase that nobody sees: it is split among",
            "holders, of whom --threshold open it together. Every share is read back, and a transcript has who, when, versions",
            "and the fingerprint of everything made. On a terminal each step waits for Enter; --yes goes on by itself."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca ceremony --org Acme --crl-url http://crl.acme.example --holder ann=/media/1/share --holder bob=/media/2/share"
                    + " --holder eve=/media/3/share --threshold 2 --witness 'J. Doe, auditor' --transcript transcript.txt",
            "  devpki ca ceremony --org Acme --holder ann=a.share --holder bob=b.share --threshold 2 --transcript t.txt --yes"
        })
final class CaCeremonyCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Mixin
    InitOptions options;

    @Option(
            names = "--holder",
            required = true,
            paramLabel = "NAME=FILE",
            description = "Who keeps a share, and the file that it is written to; repeatable, two or more.")
    List<String> holders = new ArrayList<>();

    @Option(names = "--threshold", required = true, paramLabel = "K", description = "How many shares open the keys.")
    int threshold;

    @Option(names = "--witness", paramLabel = "NAME", description = "Who else is there; repeatable.")
    List<String> witnesses = new ArrayList<>();

    @Option(names = "--transcript", required = true, paramLabel = "FILE", description = "Where the transcript goes.")
    Path transcript = Path.of("");

    @Override
    public Integer call() {
        InitOrder store = options.order();
        HoldCeremony.Order order =
                new HoldCeremony.Order(store, byName(), witnesses, threshold, transcript, versions());
        HoldCeremony.Held held = new HoldCeremony(common.surroundings(false)).run(order, this::goOn);
        options.warnings(store).forEach(common::say);
        common.print(
                Fields.schema("ca-ceremony/1")
                        .put("store", common.storePath())
                        .put("changed", held.hasChanged())
                        .put("transcript", transcript)
                        .put("transcriptSha256", held.transcript().hex())
                        .put("holders", holders.size())
                        .put("threshold", threshold),
                List.of(
                        (held.hasChanged() ? "made store " : "nothing to do: the ceremony was held for ")
                                + common.storePath(),
                        "transcript " + transcript + " has SHA-256 "
                                + held.transcript().hex(),
                        "next: devpki key shares combine " + threshold
                                + " of the shares, to --passphrase-fd of what needs the keys"));
        return ExitCodes.DONE;
    }

    private void goOn(String step) {
        if (common.isYes) {
            return;
        }
        String answer = common.streams()
                .prompt()
                .orElseThrow(() -> DevpkiException.invalid("there is no terminal to go on from " + step)
                        .hint("--yes goes on by itself"))
                .apply(step + " [Enter, or stop] ");
        if (!answer.isBlank()) {
            throw DevpkiException.invalid("stopped before " + step).hint("the same command goes on from there");
        }
    }

    private SortedMap<String, Path> byName() {
        SortedMap<String, Path> byName = new TreeMap<>();
        for (String holder : holders) {
            int equals = holder.indexOf('=');
            if (equals < 1 || equals == holder.length() - 1) {
                throw DevpkiException.invalid("--holder " + holder + " is not NAME=FILE");
            }
            Optional<Path> before =
                    Optional.ofNullable(byName.put(holder.substring(0, equals), Path.of(holder.substring(equals + 1))));
            before.ifPresent(file -> {
                throw DevpkiException.invalid("holder " + holder.substring(0, equals) + " is named twice");
            });
        }
        return byName;
    }

    private static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("devpki", Version.text());
        versions.put("Java", System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vendor"));
        versions.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        return versions;
    }
}
