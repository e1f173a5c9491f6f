package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ShowKeys;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki key show}. */
@Command(
        name = "show",
        description =
                "Show one key: where it is, how it is kept, why it cannot be had. Exit 0, 9 or 10 as of key list.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki key show issuing-ca", "  devpki key show root-ca --open --json"})
final class KeyShowCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "Of a CA, or another name that key list tells.")
    String name;

    @Option(names = "--open", description = "Open it, which takes the passphrase, or the PIN of a token.")
    boolean isOpening;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            ShowKeys.Shown key = shop.showKeys(isOpening).named(name);
            List<String> lines = new ArrayList<>();
            KeyRows.members(Fields.plain(), key).map().forEach((member, value) -> {
                Object shown = value instanceof Optional<?> optional ? optional.orElse(null) : value;
                if (shown != null) {
                    lines.add(String.format("%-12s %s", member, shown));
                }
            });
            common.print(KeyRows.members(Fields.schema("key/1"), key), lines);
            return KeyRows.exit(List.of(key));
        }
    }
}
