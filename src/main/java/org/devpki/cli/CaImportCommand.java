package org.devpki.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca import}. */
@Command(
        name = "import",
        description =
                "Bring the certificate that ca sign made elsewhere to the key that ca csr made here; the CA issues then.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca import plant-1 --cert plant-1.pem",
            "  devpki ca import plant-1 --cert - --json < plant-1.pem"
        })
final class CaImportCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "The CA's name, as ca csr was told.")
    String name = "";

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            required = true,
            description = "Its certificate, PEM or DER, first in the file; - for standard input.")
    String file = "";

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        try (Workshop shop = common.open()) {
            boolean hasChanged = shop.importCa().run(ca, common.input(file), CommonOptions.origin(file));
            common.print(
                    CaCommand.members(
                                    Fields.schema("ca-import/1"),
                                    shop.showLedger().ca(ca))
                            .put("changed", hasChanged),
                    List.of(
                            hasChanged ? "CA " + ca + " issues from now on" : "nothing to do: CA " + ca + " is there",
                            "next: devpki ca export --bundle --out ca.pem, for brokers"));
        }
        return ExitCodes.DONE;
    }
}
