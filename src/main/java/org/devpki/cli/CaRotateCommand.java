package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.RotateCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.Instants;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca rotate}. */
@Command(
        name = "rotate",
        description =
                "Have another CA carry out a CA's orders, now or from an instant on; it is made first if it is not there.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca rotate issuing-ca --to issuing-ca-2",
            "  devpki ca rotate issuing-ca --to issuing-ca-2 --at 2031-01-01T00:00:00Z --json"
        })
final class CaRotateCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CA", description = "The CA whose orders go elsewhere. Its CRLs and OCSP answers go on.")
    String name = "";

    @Option(
            names = "--to",
            paramLabel = "CA",
            required = true,
            description = "Where they go; made like the old one, under the same parent, if it is not there.")
    String to = "";

    @Option(
            names = "--at",
            paramLabel = "INSTANT",
            description = "From when on, RFC 3339 (default: now, or as it was told before).")
    Optional<String> at = Optional.empty();

    @Override
    public Integer call() {
        CaName successor = new CaName(to);
        try (Workshop shop = common.open()) {
            RotateCa.Rotated rotated = shop.rotateCa().run(new CaName(name), successor, at.map(Instants::parse));
            List<String> lines = new ArrayList<>();
            if (rotated.hasMade()) {
                lines.add("made CA " + successor);
            }
            lines.add((rotated.hasChanged() ? "" : "nothing to do: ") + "orders for " + rotated.name() + " go to "
                    + successor + " from " + rotated.succession().from() + " on");
            lines.add("next: devpki ca export --bundle --out ca.pem, for brokers to believe both");
            common.print(
                    Fields.schema("ca-rotate/1")
                            .put("name", rotated.name())
                            .put("successor", successor)
                            .put("succeededFrom", rotated.succession().from())
                            .put("made", rotated.hasMade())
                            .put("changed", rotated.hasChanged()),
                    lines);
        }
        return ExitCodes.DONE;
    }
}
