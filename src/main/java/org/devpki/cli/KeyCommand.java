package org.devpki.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.devpki.app.StockKeyPool;
import org.devpki.app.Workshop;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki key}. */
@Command(
        name = "key",
        description = "Private keys that are kept in the store.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            KeyListCommand.class,
            KeyShowCommand.class,
            KeyCommand.PassphraseCommand.class,
            KeySharesCommand.class,
            KeyRewrapCommand.class,
            KeyCommand.PoolCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki key list --open", "  devpki key pool fill --kind RSA-3072 --keys 1000"})
final class KeyCommand extends NounCommand {

    /** {@code devpki key passphrase}. */
    @Command(
            name = "passphrase",
            description = "The passphrase that key files are under.",
            synopsisSubcommandLabel = "COMMAND",
            subcommands = KeyPassphraseChangeCommand.class,
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki key passphrase change --new-passphrase-file new.pass",
                "  devpki key passphrase change --ca root-ca --new-passphrase-file root.pass"
            })
    static final class PassphraseCommand extends NounCommand {}

    /** {@code devpki key pool}. */
    @Command(
            name = "pool",
            description = "Device keys that are made ahead, sealed, and used once: RSA keys take long to make.",
            synopsisSubcommandLabel = "COMMAND",
            subcommands = {KeyCommand.FillCommand.class, KeyCommand.StatusCommand.class},
            footerHeading = "%nExamples:%n",
            footer = {"  devpki key pool fill --kind RSA-3072 --keys 1000", "  devpki key pool status --json"})
    static final class PoolCommand extends NounCommand {}

    /** {@code devpki key pool fill}. */
    @Command(
            name = "fill",
            description = {
                "Make keys until the pool has so many. Orders for such a key take it from there, each once. Ctrl-C ends it",
                "when the keys at hand are made; the same command again goes on."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki key pool fill --kind RSA-3072 --keys 1000",
                "  devpki key pool fill --kind RSA-2048 --keys 200 --jobs 1 --quiet"
            })
    static final class FillCommand implements Callable<Integer> {
        private static final int MOST_KEYS = 1_000_000;

        @Mixin
        CommonOptions common;

        @Option(names = "--kind", required = true, paramLabel = "KIND", description = "RSA-2048, RSA-3072 or RSA-4096.")
        String kind;

        @Option(
                names = "--keys",
                required = true,
                paramLabel = "N",
                description = "How many there are to be, with those that are there.")
        int keys;

        @Mixin
        JobsOption jobs;

        @Override
        public Integer call() {
            KeySpec spec = KeySpec.parse(kind);
            if (keys < 1 || keys > MOST_KEYS) {
                throw DevpkiException.invalid("--keys " + keys + " is not 1 to " + MOST_KEYS);
            }
            int threads = jobs.orFor(1);
            try (Workshop shop = common.open();
                    Interruption interruption = new Interruption()) {
                return interruption.whole(
                        () -> tell(shop.stockKeyPool().fill(spec, keys, threads, interruption::isAsked)));
            }
        }

        private int tell(StockKeyPool.Filled filled) {
            common.print(
                    Fields.schema("key-pool-filling/1")
                            .put("kind", filled.kind().text())
                            .put("made", filled.made())
                            .put("keys", filled.keys())
                            .put("left", filled.left()),
                    List.of("made " + filled.made() + " keys of kind "
                            + filled.kind().text() + "; the pool has " + filled.keys()
                            + (filled.left() == 0
                                    ? ""
                                    : "; " + filled.left() + " are left, and the same command again makes them")));
            return filled.left() == 0 ? ExitCodes.DONE : ExitCodes.INTERRUPTED;
        }
    }

    /** {@code devpki key pool status}. */
    @Command(
            name = "status",
            description = "Tell how many keys of each kind the pool has.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki key pool status", "  devpki key pool status --json"})
    static final class StatusCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<StockKeyPool.Stock> stock = shop.stockKeyPool().stock();
                common.print(
                        Fields.schema("key-pool/1")
                                .put(
                                        "kinds",
                                        stock.stream()
                                                .map(kind -> Fields.plain()
                                                        .put("kind", kind.kind().text())
                                                        .put("keys", kind.keys())
                                                        .map())
                                                .toList()),
                        stock.stream()
                                .map(kind -> String.format(
                                        Locale.ROOT, "%-10s %8d", kind.kind().text(), kind.keys()))
                                .toList());
            }
            return ExitCodes.DONE;
        }
    }
}
