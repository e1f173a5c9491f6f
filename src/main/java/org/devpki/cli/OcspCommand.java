package org.devpki.cli;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.devpki.app.AnswerOcsp;
import org.devpki.app.AskOcsp;
import org.devpki.app.CheckOcsp;
import org.devpki.app.OcspSource;
import org.devpki.app.PublishOcsp;
import org.devpki.app.Urgency;
import org.devpki.app.Workshop;
import org.devpki.http.OcspServer;
import org.devpki.http.OcspUrl;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.ShelfPlace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ocsp}. */
@Command(
        name = "ocsp",
        description = "OCSP: a responder over HTTP, answers as files, answers to one request; and what monitors them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            OcspCommand.RespondCommand.class,
            OcspCommand.ServeCommand.class,
            OcspCommand.PublishCommand.class,
            OcspCommand.CheckCommand.class,
            OcspCommand.RequestCommand.class,
            OcspCommand.ShowCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki ocsp serve --listen 127.0.0.1:8888", "  devpki ocsp publish --dir /var/www/ocsp --if-needed"
        })
final class OcspCommand extends NounCommand {

    /** {@code devpki ocsp respond}. */
    @Command(
            name = "respond",
            description = "Answer one OCSP request, DER in and DER out.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki ocsp respond request.der --out response.der",
                "  devpki ocsp respond < request.der > response.der"
            })
    static final class RespondCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "The request (default: -, standard input).")
        String request = "-";

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where the answer goes (default: -, standard output).")
        String out = "-";

        @Override
        public Integer call() {
            Bytes octets = common.input(request);
            if (octets.length() > AnswerOcsp.MOST_REQUEST_OCTETS) {
                throw DevpkiException.invalid("the request has " + octets.length() + " octets; at most "
                        + AnswerOcsp.MOST_REQUEST_OCTETS + " are read");
            }
            try (Workshop shop = common.open()) {
                AnswerOcsp answers = shop.answerOcsp();
                answers.openKeys(); // a wrong passphrase is an error here, not an answer
                common.output(out, answers.run(octets).der());
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ocsp request}. */
    @Command(
            name = "request",
            description = "Make an OCSP request about a certificate of this store, DER, to try a responder with.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki ocsp request out/esp32-cert-client-01/client_crt.pem --out request.der",
                "  devpki ocsp request out/esp32-cert-client-01/client_crt.pem | devpki ocsp respond | devpki ocsp show"
            })
    static final class RequestCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "FILE", description = "The certificate, PEM or DER.")
        String file;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "Where the request goes (default: -, standard output).")
        String out = "-";

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                common.output(out, shop.askOcsp().request(common.input(file), CommonOptions.origin(file)));
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ocsp show}. */
    @Command(
            name = "show",
            description = "Show what an OCSP response says.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki ocsp show response.der", "  devpki ocsp show response.der --json"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "The response (default: -, standard input).")
        String file = "-";

        @Override
        public Integer call() {
            AskOcsp.Read read = AskOcsp.read(common.input(file));
            List<String> lines = new ArrayList<>();
            lines.add("response " + read.status());
            read.answers()
                    .forEach(answer -> lines.add("serial " + answer.serial() + ": " + answer.status() + " (from "
                            + answer.thisUpdate() + " until " + answer.nextUpdate() + ")"));
            if (!read.answers().isEmpty()) {
                lines.add(
                        read.isSigned()
                                ? "signed by the certificate that came with it"
                                : "NOT signed by the certificate that came with it");
            }
            List<Map<String, Object>> answers = read.answers().stream()
                    .map(answer -> Fields.plain()
                            .put("serial", answer.serial())
                            .put("status", answer.status())
                            .put("thisUpdate", answer.thisUpdate())
                            .put("nextUpdate", answer.nextUpdate())
                            .map())
                    .toList();
            common.print(
                    Fields.schema("ocsp/1")
                            .put("response", read.status())
                            .put("signed", read.isSigned())
                            .put("nonce", read.hasNonce())
                            .put("answers", answers),
                    lines);
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ocsp serve}. */
    @Command(
            name = "serve",
            description = {
                "Answer OCSP requests over HTTP, GET and POST, until it is stopped. It sees a revocation at once and",
                "renews its own certificate."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki ocsp serve --listen 127.0.0.1:8888",
                "  devpki ocsp serve --listen [::1]:8888 --passphrase-file /etc/devpki/passphrase"
            })
    static final class ServeCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(
                names = "--listen",
                paramLabel = "HOST:PORT",
                description = "Where to listen (default: 127.0.0.1:8888); port 0 takes any free one.")
        String listen = "127.0.0.1:8888";

        @Override
        public Integer call() throws InterruptedException {
            InetSocketAddress address = ListenOption.address(listen);
            try (Workshop shop = common.open()) {
                AnswerOcsp answers = shop.answerOcsp();
                answers.openKeys();
                String path = shop.settings()
                        .ocspUrl()
                        .map(url -> URI.create(url).getPath())
                        .orElse("");
                String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
                try (OcspServer server =
                        OcspServer.start(answers, common.streams().clock(), address, base)) {
                    common.streams()
                            .out()
                            .println("listening on http://" + ListenOption.text(address, server.port()) + "/");
                    new CountDownLatch(1).await(); // until a signal ends the process
                }
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ocsp publish}. */
    @Command(
            name = "publish",
            description = {
                "Write signed answers for all certificates that have not expired, as files for a web server: each is found",
                "under the path that a client's GET ends in. Only what changed, is past half of its life or is missing is",
                "written; answers of expired certificates are removed. Without need no key is opened."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki ocsp publish --dir /var/www/ocsp",
                "  devpki ocsp publish --dir /var/www/ocsp --if-needed --quiet --passphrase-file /etc/devpki/passphrase"
            })
    static final class PublishCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(
                names = "--dir",
                paramLabel = "FOLDER",
                description = "Where to put them; nothing else may be there (default: publish/ocsp in the store).")
        Optional<String> folder = Optional.empty();

        @Option(names = "--if-needed", description = "Say nothing when there was nothing to do, as cron lines want it.")
        boolean isOnlyIfNeeded;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                PublishOcsp.Published made = shop.publishOcsp().run(folder.map(ShelfPlace::parseFolder));
                boolean hasChanged = made.written() + made.removed() > 0;
                String line = "answers in " + made.place() + ": " + made.written() + " written, " + made.kept()
                        + " kept, " + made.removed() + " removed";
                common.print(
                        Fields.schema("ocsp-publish/1")
                                .put("dir", made.place())
                                .put("written", made.written())
                                .put("kept", made.kept())
                                .put("removed", made.removed())
                                .put("changed", hasChanged),
                        hasChanged || !isOnlyIfNeeded ? List.of(line) : List.of());
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki ocsp check}. */
    @Command(
            name = "check",
            description = {
                "Check the responder, or published answers, for monitoring, with one live and one revoked certificate of",
                "each CA: exit 0 good, 8 wrong or not signed by the responder, 10 due soon, 11 expired or no answer."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki ocsp check --url http://127.0.0.1:8888/ --min-remaining 20m",
                "  devpki ocsp check --dir /var/www/ocsp --json"
            })
    static final class CheckCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--url", paramLabel = "URL", description = "Whom to ask (default: urls.ocsp of the settings).")
        Optional<String> url = Optional.empty();

        @Option(names = "--dir", paramLabel = "FOLDER", description = "Published answers to look at instead.")
        Optional<Path> folder = Optional.empty();

        @Option(
                names = "--min-remaining",
                paramLabel = "TIME",
                description = "Exit 10 when less than this is left, such as 36h (default: half of an answer's life).")
        Optional<String> minRemaining = Optional.empty();

        @Override
        public Integer call() {
            if (url.isPresent() && folder.isPresent()) {
                throw DevpkiException.invalid("--url and --dir exclude each other");
            }
            Optional<Duration> least = minRemaining.map(Durations::parse);
            try (Workshop shop = common.open()) {
                OcspSource place = folder.map(shop.checkOcsp()::folder)
                        .orElseGet(() -> new OcspUrl(shop.checkOcsp().url(url)));
                List<CheckOcsp.Checked> answers = shop.checkOcsp().run(place, least);
                Urgency urgency = CheckOcsp.urgency(answers);
                List<Map<String, Object>> all = answers.stream()
                        .map(answer -> Fields.plain()
                                .put("ca", answer.ca())
                                .put("serial", answer.serial())
                                .put("status", answer.expected().word())
                                .put("nextUpdate", answer.nextUpdate())
                                .put("remainingSeconds", answer.remaining().map(Duration::toSeconds))
                                .put("problem", answer.problem())
                                .put("urgency", CrlCommand.word(answer.urgency()))
                                .map())
                        .toList();
                common.print(
                        Fields.schema("ocsp-check/1")
                                .put("place", place.place())
                                .put("urgency", CrlCommand.word(urgency))
                                .put("answers", all),
                        answers.stream().map(CheckCommand::line).toList());
                return ExitCodes.of(urgency);
            }
        }

        private static String line(CheckOcsp.Checked answer) {
            return String.format(
                    "%-14s %-8s %s %s: %s",
                    answer.ca(),
                    CrlCommand.word(answer.urgency()),
                    answer.expected().word(),
                    answer.serial(),
                    answer.problem()
                            .or(() -> answer.nextUpdate().map(end -> "valid until " + end))
                            .orElseThrow());
        }
    }
}
