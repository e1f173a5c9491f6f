package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CrossSignCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.NotAfter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca cross-sign}. */
@Command(
        name = "cross-sign",
        description =
                "Give a CA a second certificate, by another CA: whoever believes that one believes its chains too.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca cross-sign root-ca --by root-ca-2",
            "  devpki ca cross-sign issuing-ca --by root-ca-2 --not-after ca --json"
        })
final class CaCrossSignCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CA", description = "The CA that is vouched for.")
    String name = "";

    @Option(names = "--by", paramLabel = "CA", required = true, description = "The CA that issues.")
    String by = "";

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description =
                    "Its end: 20y, an RFC 3339 instant, ca for its issuer's, 9999 for none (default: as the profile says).")
    Optional<String> notAfter = Optional.empty();

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        CaName issuer = new CaName(by);
        try (Workshop shop = common.open()) {
            CrossSignCa.CrossSigned signed = shop.crossSignCa().run(ca, issuer, notAfter.map(NotAfter::parse));
            common.print(
                    Fields.schema("ca-cross-sign/1")
                            .put("name", ca)
                            .put("by", issuer)
                            .put("file", signed.file())
                            .put(
                                    "sha256",
                                    signed.certificate().octets().sha256().hex())
                            .put("changed", signed.hasChanged()),
                    List.of((signed.hasChanged() ? "issued " : "nothing to do: ") + signed.file() + ", " + ca + " by "
                            + issuer));
        }
        return ExitCodes.DONE;
    }
}
