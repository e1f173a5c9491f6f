package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ExplainCodes;
import org.devpki.model.CodeSource;
import org.devpki.model.DevpkiException;
import org.devpki.model.Explanation;
import org.devpki.model.Quoted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code devpki explain}. */
@Command(
        name = "explain",
        description =
                "Explain error codes and log lines of ESP32 devices, brokers and devpki: what they mean, what helps,"
                        + " and which command checks it. A source before a number narrows it, as in mqtt 5, openssl 44, alert 48.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki explain -0x2700",
            "  devpki explain \"E (5123) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7780\"",
            "  devpki explain different CRL scope"
        })
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(
            arity = "0..*",
            paramLabel = "CODE|TEXT",
            description = "A code, a name, or any piece of a log; - reads a log from standard input.")
    List<String> words = new ArrayList<>();

    @Option(
            names = "--list",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "SOURCE",
            description = "List what is known: mbedtls, mbedtls-flags, esp, errno, mqtt-3.1.1, mqtt-5, openssl,"
                    + " tls-alert, mosquitto, exit, or all.")
    Optional<String> listed = Optional.empty();

    /** A code such as -0x2700 looks like an option. */
    @Spec
    void takeCodesWithASign(CommandSpec spec) {
        spec.parser().unmatchedOptionsArePositionalParams(true);
    }

    @Override
    public Integer call() {
        ExplainCodes codes = new ExplainCodes();
        for (String word : words) {
            if (word.matches("-(-|[A-Za-z]).*")) {
                throw DevpkiException.invalid("unknown option: " + Quoted.of(word))
                        .hint("devpki explain --help");
            }
        }
        if (listed.isPresent()) {
            return list(codes.list(listed.filter(word -> !word.isEmpty()).map(CodeSource::parse)));
        }
        String text = words.equals(List.of("-")) ? common.input("-").asUtf8() : String.join(" ", words);
        List<ExplainCodes.Found> found = codes.run(text);
        List<String> lines = new ArrayList<>();
        for (ExplainCodes.Found one : found) {
            for (Explanation explanation : one.explanations()) {
                if (!lines.isEmpty()) {
                    lines.add("");
                }
                lines.addAll(lines(explanation));
            }
        }
        List<Map<String, Object>> all = found.stream()
                .map(one -> Fields.plain()
                        .put("text", one.text())
                        .put(
                                "explanations",
                                one.explanations().stream()
                                        .map(ExplainCommand::members)
                                        .toList())
                        .map())
                .toList();
        common.print(Fields.schema("explain/1").put("found", all), lines);
        return ExitCodes.DONE;
    }

    private int list(List<Explanation> explanations) {
        common.print(
                Fields.schema("explain-list/1")
                        .put(
                                "explanations",
                                explanations.stream()
                                        .map(ExplainCommand::members)
                                        .toList()),
                explanations.stream()
                        .map(explanation -> String.format("%-20s %s", where(explanation), explanation.title()))
                        .toList());
        return ExitCodes.DONE;
    }

    private static List<String> lines(Explanation explanation) {
        return List.of(
                where(explanation) + ": " + explanation.title(),
                "  cause: " + explanation.cause(),
                "  fix:   " + explanation.fix(),
                "  check: " + explanation.check());
    }

    private static String where(Explanation explanation) {
        return explanation.release().isEmpty() ? explanation.source().title() : explanation.release();
    }

    private static Map<String, Object> members(Explanation explanation) {
        Fields fields = Fields.plain().put("source", explanation.source().word());
        if (explanation.number().isPresent()) {
            fields.put("code", explanation.code())
                    .put("number", explanation.number().getAsInt());
        }
        if (!explanation.release().isEmpty()) {
            fields.put("release", explanation.release());
        }
        return fields.put("names", explanation.names())
                .put("texts", explanation.texts())
                .put("cause", explanation.cause())
                .put("fix", explanation.fix())
                .put("check", explanation.check())
                .map();
    }
}
