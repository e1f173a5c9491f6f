package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ImportCrl;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki crl import}. */
@Command(
        name = "import",
        description =
                "Put the CRL of a CA whose key is elsewhere onto the shelf, such as that of a root that is offline.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki crl import root-ca.crl", "  devpki crl import root-ca.crl.pem --json"})
final class CrlImportCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "FILE", description = "The CRL, PEM or DER; - for standard input.")
    String file = "";

    @Option(names = "--force", description = "Let a revocation vanish that is on the shelf; needs --reason.")
    boolean isForced;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is forced; the audit keeps it.")
    Optional<String> reason = Optional.empty();

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            ImportCrl.Imported imported = shop.importCrl()
                    .run(common.input(file), CommonOptions.origin(file), CrlCommand.forced(isForced, reason));
            common.print(
                    Fields.schema("crl-import/1")
                            .put("ca", imported.name().ca())
                            .put("number", imported.number())
                            .put("changed", imported.hasChanged()),
                    List.of(
                            (imported.hasChanged() ? "put CRL " : "nothing to do: CRL ") + imported.number() + " of "
                                    + imported.name()
                                    + (imported.hasChanged() ? " onto the shelf" : " is on the shelf"),
                            "next: devpki crl publish --if-needed, for other shelves and hooks"));
        }
        return ExitCodes.DONE;
    }
}
