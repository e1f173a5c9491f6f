package org.devpki.cli;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.LintFile;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki lint}. */
@Command(
        name = "lint",
        description = "Lint certificates and CRLs from anywhere by the rules that devpki itself signs by."
                + " Exit 5 if there are errors.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki lint out/esp32-cert-client-01/client_crt.pem --profile device-mqtt", "  devpki lint --rules"
        })
final class LintCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE",
            description = "Certificates or CRLs, PEM or DER; - is standard input.")
    List<String> files = new ArrayList<>();

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description = "The issuer's certificate, for the rules that compare.")
    Optional<String> issuer = Optional.empty();

    @Option(names = "--profile", paramLabel = "NAME", description = "A profile that the certificate should follow.")
    Optional<String> profile = Optional.empty();

    @Option(
            names = "--target",
            paramLabel = "CHIP",
            description = "The chip that will use or check the certificate, such as esp32c3; its rules hold too.")
    Optional<String> target = Optional.empty();

    @Option(names = "--crl", description = "The files are CRLs; PEM tells by itself.")
    boolean isCrl;

    @Option(names = "--rules", description = "List the rules, each with its clause.")
    boolean isRules;

    @Override
    public Integer call() {
        LintFile linter = new LintFile();
        if (isRules) {
            List<Finding> rules = linter.rules();
            common.print(
                    Fields.schema("lint-rules/1")
                            .put(
                                    "rules",
                                    rules.stream()
                                            .map(rule -> members(rule).map())
                                            .toList()),
                    rules.stream()
                            .map(rule -> String.format(
                                    "%-34s %-8s %s",
                                    rule.rule(), rule.severity().text(), rule.clause()))
                            .toList());
            return ExitCodes.DONE;
        }
        if (files.isEmpty()) {
            throw DevpkiException.invalid("name a certificate or CRL file, or --rules")
                    .hint("devpki lint --help");
        }
        return lint(linter);
    }

    private int lint(LintFile linter) {
        LintFile.Context context = new LintFile.Context(
                issuer.map(common::input),
                profile,
                Optional.of(common.storePath()).filter(Files::isDirectory),
                target.map(Chip::parse));
        List<Map<String, Object>> all = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        boolean hasErrors = false;
        for (String file : files) {
            Bytes octets = common.input(file);
            String origin = CommonOptions.origin(file);
            List<Finding> findings = isCrl || LintFile.isCrl(octets)
                    ? linter.crl(octets, origin)
                    : linter.certificate(octets, origin, context);
            hasErrors |= findings.stream().anyMatch(Finding::isError);
            all.add(Fields.plain()
                    .put("file", origin)
                    .put(
                            "findings",
                            findings.stream()
                                    .map(finding -> members(finding).map())
                                    .toList())
                    .map());
            findings.forEach(
                    finding -> lines.add(origin + ": " + finding.severity().text() + ": " + finding.sentence() + " ("
                            + finding.rule() + ", " + finding.clause() + ")"));
            if (findings.isEmpty()) {
                lines.add(origin + ": nothing to complain about");
            }
        }
        common.print(Fields.schema("lint/1").put("files", all), lines);
        return hasErrors ? ExitCodes.REFUSED : ExitCodes.DONE;
    }

    private static Fields members(Finding finding) {
        Fields fields = Fields.plain()
                .put("rule", finding.rule())
                .put("severity", finding.severity().text())
                .put("clause", finding.clause());
        return finding.sentence().isEmpty() ? fields : fields.put("sentence", finding.sentence());
    }
}
