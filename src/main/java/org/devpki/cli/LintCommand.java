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
import org.devpki.model.KeyHome;
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
        footer = {
            "  devpki lint out/esp32-cert-client-01/client_crt.pem --profile device-mqtt --target esp32c3",
            "  devpki lint --rules"
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

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "A profile that the first certificate of a file should follow.")
    Optional<String> profile = Optional.empty();

    @Option(
            names = "--target",
            paramLabel = "CHIP",
            description = "The chip that will use or check the certificate, such as esp32c3; its rules hold too.")
    Optional<String> target = Optional.empty();

    @Option(
            names = "--key-home",
            paramLabel = "HOME",
            description = "Where the chip will keep the private key: " + KeyHome.WORDS + "; else the profile's.")
    Optional<String> home = Optional.empty();

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
                target.map(Chip::parse),
                home.map(word -> KeyHome.parse(word, KeyHome.DEFAULT_KEY_ID)));
        List<Map<String, Object>> all = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        boolean hasErrors = false;
        for (String file : files) {
            Bytes octets = common.input(file);
            String origin = CommonOptions.origin(file);
            List<List<Finding>> each = isCrl || LintFile.isCrl(octets)
                    ? List.of(linter.crl(octets, origin))
                    : linter.certificates(octets, origin, context);
            List<Map<String, Object>> found = new ArrayList<>();
            for (int i = 0; i < each.size(); i++) {
                String place = each.size() == 1 ? "" : " certificate " + (i + 1);
                for (Finding finding : each.get(i)) {
                    hasErrors |= finding.isError();
                    found.add(members(finding).put("certificate", i + 1).map());
                    lines.add(origin + place + ": " + finding.severity().text() + ": " + finding.text());
                }
            }
            all.add(Fields.plain()
                    .put("file", origin)
                    .put("count", each.size())
                    .put("findings", found)
                    .map());
            if (found.isEmpty()) {
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
