package org.devpki.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca retire}. */
@Command(
        name = "retire",
        description =
                "End what a CA issues, for good. Its CRLs and OCSP answers go on until its last certificate has expired.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki ca retire issuing-ca", "  devpki ca retire issuing-ca --json"})
final class CaRetireCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CA", description = "The CA, which no orders go to any more.")
    String name = "";

    @Option(names = "--force", description = "Also while factories hold line tokens that let them issue by it.")
    boolean isForced;

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        try (Workshop shop = common.open()) {
            boolean hasChanged = shop.retireCa().run(ca, isForced);
            common.print(
                    CaCommand.members(
                                    Fields.schema("ca-retire/1"),
                                    shop.showLedger().ca(ca))
                            .put("changed", hasChanged),
                    List.of((hasChanged ? "" : "nothing to do: ") + "CA " + ca + " is retired"));
        }
        return ExitCodes.DONE;
    }
}
