package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.ShowKeys;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki key list}. */
@Command(
        name = "list",
        description =
                "List the keys of CAs and of what signs for them: where each is and how it is kept. Exit 0 all can"
                        + " be had, 9 one cannot, 10 one is weakly kept.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki key list", "  devpki key list --open --json"})
final class KeyListCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(names = "--open", description = "Open each, which takes the passphrase, and the PIN of a token.")
    boolean isOpening;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            List<ShowKeys.Shown> keys = shop.showKeys(isOpening).all();
            List<String> lines = new ArrayList<>(List.of(KeyRows.head()));
            keys.forEach(key -> lines.add(KeyRows.line(key)));
            common.print(
                    Fields.schema("key-list/1")
                            .put(
                                    "keys",
                                    keys.stream()
                                            .map(key -> KeyRows.members(Fields.plain(), key)
                                                    .map())
                                            .toList()),
                    lines);
            return KeyRows.exit(keys);
        }
    }
}
