package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.RestrictStore;
import org.devpki.app.SignToken;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Instants;
import org.devpki.model.LedgerToken;
import org.devpki.model.NamePattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch token}. */
@Command(
        name = "token",
        description = {
            "Sign a line token: what a factory may issue, how many devices, and until when. devpki store restrict puts it",
            "into force in the factory's own store. It must be signed at headquarters; the key for that is certified by",
            "the CA, and openssl cms -verify prints what was signed."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {BatchTokenCommand.ShowCommand.class, BatchTokenCommand.ListCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch token --devices 5000 --name 'sensor-*' --profile device-mqtt --until 90d --out line3.token",
            "  devpki batch token --devices 500 --name '*' --profile device-mqtt --batch L3W47 --until 2099-12-31 --out w47.token"
        })
final class BatchTokenCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(names = "--devices", paramLabel = "N", description = "How many certificates may be issued.")
    Optional<Long> devices = Optional.empty();

    @Option(
            names = "--name",
            paramLabel = "PATTERN",
            description = "Names that are allowed: * stands for any characters, ? for one. Quote it.")
    Optional<String> name = Optional.empty();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            split = ",",
            description = "Profiles that are allowed, separated by commas.")
    List<String> profiles = List.of();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "When it ends: a date, for the end of that day in UTC; an RFC 3339 instant; or 90d from now.")
    Optional<String> until = Optional.empty();

    @Option(names = "--ca", paramLabel = "NAME", description = "The CA that issues (default: the store's).")
    Optional<String> ca = Optional.empty();

    @Option(names = "--batch", paramLabel = "ID", description = "The one batch that may be made.")
    Optional<String> batch = Optional.empty();

    @Option(names = "--out", paramLabel = "FILE", description = "The token to write.")
    Optional<Path> out = Optional.empty();

    @Option(names = "--force", description = "Replace a file that says something else.")
    boolean isForced;

    @Override
    public Integer call() {
        SignToken.Order order = new SignToken.Order(
                needed("--devices", devices),
                new NamePattern(needed("--name", name)),
                profiles.isEmpty() ? List.of(needed("--profile", Optional.<String>empty())) : profiles,
                ca.map(CaName::new),
                batch.map(BatchId::new),
                Instants.until(
                        needed("--until", until), common.streams().clock().instant()),
                needed("--out", out),
                isForced);
        try (Workshop shop = common.open()) {
            SignToken.Signed signed = shop.signToken().run(order);
            common.print(
                    LineTokens.members(
                            Fields.schema("batch-token/1")
                                    .put("changed", signed.hasChanged())
                                    .put("file", order.target()),
                            signed.token()),
                    List.of(
                            (signed.hasChanged() ? "wrote " : "nothing to do: there is ") + order.target(),
                            LineTokens.sentence(signed.token())));
        }
        return ExitCodes.DONE;
    }

    private static <T> T needed(String option, Optional<T> value) {
        return value.orElseThrow(
                () -> DevpkiException.invalid("batch token needs " + option).hint("devpki batch token --help"));
    }

    /** {@code devpki batch token show}. */
    @Command(
            name = "show",
            description = "Tell what a line token allows, and who signed it; exit 8 if its signature does not hold.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki batch token show line3.token", "  devpki batch token show line3.token --json"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "FILE", description = "The token.")
        String file;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                RestrictStore.Read read = shop.restrictStore().read(common.input(file), CommonOptions.origin(file));
                common.print(
                        LineTokens.members(
                                Fields.schema("line-token-file/1").put("signer", read.signer()), read.token()),
                        List.of(LineTokens.sentence(read.token()), "signed by " + read.signer()));
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki batch token list}. */
    @Command(
            name = "list",
            description = "List the line tokens in force in this store, and what is left of them.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki batch token list", "  devpki batch token list --json"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                List<LedgerToken> tokens = shop.restrictStore().tokens();
                common.print(
                        Fields.schema("line-token-list/1").put("tokens", LineTokens.all(tokens)),
                        tokens.isEmpty()
                                ? List.of("no line token is in force here")
                                : tokens.stream().map(LineTokens::sentence).toList());
            }
            return ExitCodes.DONE;
        }
    }
}
