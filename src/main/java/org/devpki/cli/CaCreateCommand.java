package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CaOrder;
import org.devpki.app.CreateCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca create}. */
@Command(
        name = "create",
        description = "Make another CA: key, certificate, first CRL, OCSP responder. The same again changes nothing.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca create line-3 --parent root-ca",
            "  devpki ca create lab-root --root --key P-256 --not-after 5y --cn \"Acme Lab Root\""
        })
final class CaCreateCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "The CA's name: 1 to 64 of a-z 0-9 -.")
    String name = "";

    @ArgGroup(multiplicity = "1")
    Above above = new Above();

    /** What the CA stands under. */
    static final class Above {
        @Option(names = "--parent", paramLabel = "CA", description = "The CA that issues its certificate.")
        Optional<String> parent = Optional.empty();

        @Option(names = "--root", description = "It is a root: its own key signs its certificate.")
        boolean isRoot;
    }

    @Mixin
    CaSubjectOptions subject;

    @Mixin
    CaKeyOptions key;

    @Mixin
    CaLimitOptions limits;

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        Optional<CaName> parent = above.parent.map(CaName::new);
        try (Workshop shop = common.open()) {
            CreateCa.Made made = shop.createCa()
                    .run(new CaOrder(
                            ca,
                            parent,
                            subject.profile(ca, parent),
                            key.kind(),
                            key.uri,
                            limits.end(),
                            limits.mostBelow(),
                            subject.commonName));
            common.print(
                    CaCommand.members(
                                    Fields.schema("ca-create/1"),
                                    shop.showLedger().ca(ca))
                            .put("changed", made.hasChanged()),
                    List.of(
                            made.hasChanged() ? "made CA " + ca : "nothing to do: CA " + ca + " is there",
                            "next: devpki ca export --bundle --out ca.pem, for brokers"));
        }
        return ExitCodes.DONE;
    }
}
