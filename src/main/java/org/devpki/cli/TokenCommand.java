package org.devpki.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.devpki.app.IssueAccessToken;
import org.devpki.app.PublishJwks;
import org.devpki.app.ReadAccessToken;
import org.devpki.app.Workshop;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.AccessToken;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.JwtKey;
import org.devpki.model.TokenForm;
import org.devpki.model.TopicGrant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki token}. */
@Command(
        name = "token",
        description = "Access tokens: short-lived JSON Web Tokens that devices give to their broker as password.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TokenCommand.IssueCommand.class,
            TokenCommand.ShowCommand.class,
            TokenCommand.VerifyCommand.class,
            TokenCommand.JwksCommand.class,
            TokenKeyCommand.class,
            TokenServeCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki token key create", "  devpki token issue sensor-7 --out sensor-7.jwt"})
final class TokenCommand extends NounCommand {

    /** {@code devpki token issue}. */
    @Command(
            name = "issue",
            description = {
                "Sign an access token for a device. It is as good as a password until it expires: it goes into a file of mode",
                "600, or to standard output, and to a terminal only with --show. A revoked device gets none: exit 5."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki token issue sensor-7 --out sensor-7.jwt",
                "  devpki token issue sensor-7 --validity 10m --acl 'publish:plant/${clientid}/#' --out short.jwt"
            })
    static final class IssueCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "DEVICE", description = "Whom it is about: subject and MQTT user name.")
        String device;

        @Option(
                names = "--validity",
                paramLabel = "TIME",
                description = "How long it holds, such as 10m (default: tokens.validity of the settings).")
        Optional<String> validity = Optional.empty();

        @Option(
                names = "--client-id",
                paramLabel = "ID",
                description = "The MQTT client ID that the bearer may have (default: the device's name).")
        Optional<String> clientId = Optional.empty();

        @Option(
                names = "--format",
                paramLabel = "BROKER",
                description = "Who reads the permissions: emqx, vernemq or hivemq (default: tokens.format).")
        Optional<String> form = Optional.empty();

        @Option(
                names = "--acl",
                paramLabel = "PERMISSION",
                description =
                        "publish:TOPIC, subscribe:TOPIC or all:TOPIC, with $${clientid} and $${username}; may be given"
                                + " more than once (default: tokens.acl).")
        List<String> grants = List.of();

        @Option(names = "--out", paramLabel = "FILE", description = "Where it goes (default: -, standard output).")
        String out = "-";

        @Option(names = "--force", description = "Replace a file that is there.")
        boolean isForced;

        @Option(names = "--show", description = "Print it on a terminal too.")
        boolean isShown;

        @Override
        public Integer call() {
            IssueAccessToken.Order order = new IssueAccessToken.Order(
                    new DeviceId(device),
                    clientId.map(DeviceId::new),
                    validity.map(Durations::parse),
                    form.map(TokenForm::parse),
                    grants.stream().map(TopicGrant::parse).toList());
            boolean isStream = out.equals("-");
            if (isStream && !isShown && common.streams().isOutTerminal()) {
                throw DevpkiException.invalid("an access token is a secret, and does not go to a terminal by itself")
                        .hint("--out FILE, or --show");
            }
            if (!isStream && !isForced && Files.exists(Path.of(out))) {
                throw DevpkiException.conflict(out + " exists already").hint("--force replaces it");
            }
            try (Workshop shop = common.open()) {
                IssueAccessToken.Issued issued = shop.issueAccessToken().run(order);
                Fields members = members(issued);
                if (isStream) {
                    String text = issued.text().lend(octets -> Bytes.of(octets).asUtf8());
                    common.print(members.put("token", text), List.of(text));
                } else {
                    WholeFiles.write(Path.of(out), issued.text(), Modes.SECRET_FILE);
                    common.print(
                            members.put("file", out),
                            List.of("access token of " + issued.token().device() + " in " + out + ", valid until "
                                    + issued.token().expires()));
                }
                issued.text().close();
            }
            return ExitCodes.DONE;
        }

        private static Fields members(IssueAccessToken.Issued issued) {
            AccessToken token = issued.token();
            return Fields.schema("token/1")
                    .put("device", token.device())
                    .put("clientId", token.clientId())
                    .put("id", token.id())
                    .put("keyId", issued.keyId())
                    .put("issuedAt", token.issuedAt())
                    .put("expires", token.expires())
                    .put("format", token.form().text())
                    .put("acl", token.grants().stream().map(TopicGrant::text).toList());
        }
    }

    /** {@code devpki token show}. */
    @Command(
            name = "show",
            description =
                    "Tell what an access token says, without looking whether it holds; the signature is not shown.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki token show sensor-7.jwt", "  devpki token show --json - < sensor-7.jwt"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "FILE", description = "The token; - is standard input.")
        String file;

        @Override
        public Integer call() {
            ReadAccessToken.Read read = ReadAccessToken.read(common.input(file), CommonOptions.origin(file));
            common.print(members(Fields.schema("token-show/1"), read), lines(read));
            common.say("nothing of this is verified; devpki token verify does that");
            return ExitCodes.DONE;
        }
    }

    private static Fields members(Fields fields, ReadAccessToken.Read read) {
        return fields.put("algorithm", read.algorithm())
                .put("keyId", read.keyId())
                .put("claims", read.claims());
    }

    private static List<String> lines(ReadAccessToken.Read read) {
        List<String> lines = new ArrayList<>();
        lines.add("alg        " + read.algorithm());
        read.keyId().ifPresent(id -> lines.add("kid        " + id));
        read.claims().forEach((name, value) -> lines.add(String.format("%-10s %s", name, value)));
        return lines.stream().map(line -> line.replaceAll("\\p{Cc}", "?")).toList();
    }

    /** {@code devpki token verify}. */
    @Command(
            name = "verify",
            description = {
                "Judge an access token as a broker would: signature by a key of the set, by that key's own algorithm, and",
                "times. Without --jwks by the store's keys, and whether its device was revoked. Exit 8 if it does not hold,",
                "11 if it has expired and is good otherwise."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki token verify sensor-7.jwt --jwks jwks.json",
                "  devpki token verify sensor-7.jwt --client-id sensor-7 --json"
            })
    static final class VerifyCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "FILE", description = "The token; - is standard input.")
        String file;

        @Option(names = "--jwks", paramLabel = "FILE", description = "The key set (default: the store's).")
        Optional<String> jwks = Optional.empty();

        @Option(names = "--issuer", paramLabel = "TEXT", description = "The issuer that it must name.")
        Optional<String> issuer = Optional.empty();

        @Option(names = "--audience", paramLabel = "TEXT", description = "An audience that it must name.")
        Optional<String> audience = Optional.empty();

        @Option(names = "--client-id", paramLabel = "ID", description = "The MQTT client ID that it must name.")
        Optional<String> clientId = Optional.empty();

        @Override
        public Integer call() {
            if (jwks.isPresent()) {
                return tell(ReadAccessToken.by(common.input(jwks.get()), CommonOptions.origin(jwks.get())));
            }
            try (Workshop shop = common.open()) {
                return tell(shop.readAccessToken());
            }
        }

        private int tell(ReadAccessToken reading) {
            ReadAccessToken.Verified verified = reading.run(
                    common.input(file),
                    CommonOptions.origin(file),
                    new ReadAccessToken.Expected(issuer, audience, clientId),
                    common.streams().clock().instant());
            String verdict =
                    switch (verified.verdict()) {
                        case VALID -> "valid";
                        case EXPIRED -> "expired";
                        case NOT_VALID -> "not valid";
                    };
            List<Map<String, Object>> checks = verified.lines().stream()
                    .map(line -> Fields.plain()
                            .put("holds", line.holds())
                            .put("sentence", line.sentence())
                            .map())
                    .toList();
            common.print(
                    members(Fields.schema("token-verify/1").put("verdict", verdict.replace(' ', '-')), verified.read())
                            .put("checks", checks),
                    Stream.concat(
                                    verified.lines().stream()
                                            .map(line -> (line.holds() ? "good  " : "BAD   ") + line.sentence()),
                                    Stream.of("the access token is " + verdict))
                            .toList());
            return switch (verified.verdict()) {
                case VALID -> ExitCodes.DONE;
                case EXPIRED -> ExitCodes.EXPIRED;
                case NOT_VALID -> ExitCodes.INTEGRITY;
            };
        }
    }

    /** {@code devpki token jwks}. */
    @Command(
            name = "jwks",
            description = {
                "Publish the key set that brokers verify access tokens with: the key that signs, its successor, and those that",
                "signed tokens which are in force. Public keys only. In the store's publish/token/ it is kept by itself when a",
                "key comes; run it by cron to drop keys that are over."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  devpki token jwks --out /var/www/jwks.json", "  devpki token jwks --out -"})
    static final class JwksCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where to (default: publish/token/jwks.json in the store); - is standard output.")
        Optional<String> out = Optional.empty();

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                if (out.equals(Optional.of("-"))) {
                    common.output("-", shop.publishJwks().content());
                    return ExitCodes.DONE;
                }
                PublishJwks.Published published = shop.publishJwks().run(out.map(Path::of));
                common.print(
                        Fields.schema("token-jwks/1")
                                .put("file", published.file())
                                .put(
                                        "keyIds",
                                        published.keys().stream()
                                                .map(JwtKey::id)
                                                .toList())
                                .put("changed", published.hasChanged()),
                        List.of((published.hasChanged() ? "wrote " : "nothing to do: ") + published.file() + ", "
                                + published.keys().size() + " keys"));
            }
            return ExitCodes.DONE;
        }
    }
}
