package org.devpki.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.KeepTokenKeys;
import org.devpki.app.Workshop;
import org.devpki.model.Instants;
import org.devpki.model.KeySpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki token key}. */
@Command(
        name = "key",
        description = "The keys that sign access tokens.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TokenKeyCommand.CreateCommand.class,
            TokenKeyCommand.RotateCommand.class,
            TokenKeyCommand.RetireCommand.class,
            TokenKeyCommand.ListCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki token key create", "  devpki token key rotate"})
final class TokenKeyCommand extends NounCommand {
    private static final String KINDS = "P-256 (ES256), Ed25519 (EdDSA), RSA-2048 (RS256)";

    private static Fields members(Fields fields, KeepTokenKeys.Shown shown) {
        return fields.put("id", shown.key().id())
                .put("algorithm", shown.algorithm())
                .put("standing", shown.standing().text())
                .put("from", shown.key().usedFrom())
                .put("lastExpiry", shown.key().lastExpiry())
                .put("uri", shown.key().keyUri());
    }

    private static void tell(CommonOptions common, KeepTokenKeys keys, KeepTokenKeys.Kept kept, String deed) {
        KeepTokenKeys.Shown shown = keys.shown(kept.key());
        common.print(
                members(Fields.schema("token-key/1").put("changed", kept.hasChanged()), shown),
                List.of((kept.hasChanged() ? deed : "nothing to do: there is ") + "token signing key "
                        + shown.key().id() + ", " + shown.algorithm() + ", " + line(shown)));
    }

    private static String line(KeepTokenKeys.Shown shown) {
        return switch (shown.standing()) {
            case WAITING -> "signs from " + shown.key().usedFrom() + " on";
            case SIGNING -> "signs";
            case LEAVING ->
                "signs no more, and is published until "
                        + shown.key().lastExpiry().orElseThrow();
            case OVER -> "is over";
            case RETIRED -> "is retired";
        };
    }

    /** {@code devpki token key create}. */
    @Command(
            name = "create",
            description = "Make the first key, which signs at once; kept as CA keys are, under the same passphrase.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki token key create", "  devpki token key create --key RSA-2048 --json"})
    static final class CreateCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--key", paramLabel = "KIND", description = KINDS + " and their like (default: P-256).")
        String kind = "P-256";

        @Option(names = "--key-uri", paramLabel = "URI", description = "Where it is kept, such as pkcs11:….")
        Optional<String> uri = Optional.empty();

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                KeepTokenKeys keys = shop.keepTokenKeys();
                tell(common, keys, keys.create(KeySpec.parse(kind), uri), "made ");
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki token key rotate}. */
    @Command(
            name = "rotate",
            description = {
                "Make the key that signs next. It is published at once and signs later, so that brokers know it by then; the",
                "one before stays published until the last token has expired that it signed."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  devpki token key rotate", "  devpki token key rotate --key Ed25519 --from 2h"})
    static final class RotateCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--key", paramLabel = "KIND", description = KINDS + " and their like (default: as before).")
        Optional<String> kind = Optional.empty();

        @Option(names = "--key-uri", paramLabel = "URI", description = "Where it is kept, such as pkcs11:….")
        Optional<String> uri = Optional.empty();

        @Option(
                names = "--from",
                paramLabel = "TIME",
                description = "When it begins to sign: an RFC 3339 instant, or 2h from now (default: tokens.key-lead).")
        Optional<String> from = Optional.empty();

        @Override
        public Integer call() {
            Optional<Instant> usedFrom = from.map(
                    text -> Instants.until(text, common.streams().clock().instant()));
            try (Workshop shop = common.open()) {
                KeepTokenKeys keys = shop.keepTokenKeys();
                tell(common, keys, keys.rotate(kind.map(KeySpec::parse), uri, usedFrom), "made ");
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki token key retire}. */
    @Command(
            name = "retire",
            description = {
                "Withdraw a key for good: it is published no longer, and its file is deleted. One that signs, or whose tokens are",
                "in force, only with --force, as when it is in wrong hands: brokers refuse those tokens once they have the new",
                "key set."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  devpki token key retire Xb3k", "  devpki token key retire Xb3k --force --json"})
    static final class RetireCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "ID", description = "The key's id, or enough of its beginning.")
        String id;

        @Option(names = "--force", description = "Also while its tokens count, which they do no longer then.")
        boolean isForced;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                KeepTokenKeys keys = shop.keepTokenKeys();
                tell(common, keys, keys.retire(id, isForced), "retired ");
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki token key list}. */
    @Command(
            name = "list",
            description = "List the keys that sign access tokens, oldest first, and what each is for now.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki token key list", "  devpki token key list --json"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<KeepTokenKeys.Shown> all = shop.keepTokenKeys().all();
                List<String> lines = new ArrayList<>();
                all.forEach(shown -> lines.add(shown.key().id() + "  " + shown.algorithm() + "  " + line(shown)));
                common.print(
                        Fields.schema("token-key-list/1")
                                .put(
                                        "keys",
                                        all.stream()
                                                .map(shown -> members(Fields.plain(), shown)
                                                        .map())
                                                .toList()),
                        all.isEmpty() ? List.of("there is no token signing key; devpki token key create") : lines);
            }
            return ExitCodes.DONE;
        }
    }
}
