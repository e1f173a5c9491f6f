package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.VerifyCertificate;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code devpki verify}. */
@Command(
        name = "verify",
        description = "Verify a certificate as a broker would: chain, validity, published CRL; and against the ledger."
                + " Exit 0 valid, 8 not valid, 11 expired.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki verify out/esp32-cert-client-01/client_crt.pem",
            "  devpki verify out/esp32-cert-client-01/client_crt.pem --json"
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "FILE", description = "A certificate, PEM or DER; - is standard input.")
    String file;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            return tell(common, shop.verifyCertificate().run(common.input(file), CommonOptions.origin(file)));
        }
    }

    /** Prints what was looked at. @return the exit code of the verdict */
    static int tell(CommonOptions common, VerifyCertificate.Verified verified) {
        String verdict =
                switch (verified.verdict()) {
                    case VALID -> "valid";
                    case EXPIRED -> "expired";
                    case NOT_VALID -> "not valid";
                };
        List<String> lines = new ArrayList<>();
        verified.lines()
                .forEach(line -> lines.add(
                        (line.isWarning() ? "warn  " : line.holds() ? "good  " : "BAD   ") + line.sentence()));
        lines.add(verified.subject() + " is " + verdict);
        List<Map<String, Object>> checks = verified.lines().stream()
                .map(line -> Fields.plain()
                        .put("holds", line.holds())
                        .put("warning", line.isWarning() ? Optional.of(true) : Optional.empty())
                        .put("sentence", line.sentence())
                        .map())
                .toList();
        common.print(
                Fields.schema("verify/1")
                        .put("verdict", verdict.replace(' ', '-'))
                        .put("subject", verified.subject())
                        .put("serial", verified.serial())
                        .put("checks", checks),
                lines);
        return switch (verified.verdict()) {
            case VALID -> ExitCodes.DONE;
            case EXPIRED -> ExitCodes.EXPIRED;
            case NOT_VALID -> ExitCodes.INTEGRITY;
        };
    }
}
