package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.devpki.app.CaOrder;
import org.devpki.app.CertificateFiles;
import org.devpki.app.RequestCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca csr}. */
@Command(
        name = "csr",
        description = "Make a CA's key here, and the request that a CA elsewhere signs by ca sign.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca csr plant-1 --out plant-1.csr",
            "  devpki ca csr plant-1 --key P-384 --cn \"Acme Plant 1 CA\" --out plant-1.csr"
        })
final class CaCsrCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Mixin
    CaSubjectOptions subject;

    @Mixin
    CaKeyOptions key;

    @Parameters(paramLabel = "NAME", description = "The CA's name: 1 to 64 of a-z 0-9 -.")
    String name = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "File to write, PEM; - prints it.")
    String out = "";

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        try (Workshop shop = common.open()) {
            RequestCa.Requested requested = shop.requestCa()
                    .run(new CaOrder(
                            ca,
                            Optional.empty(),
                            subject.profile.orElse(CaName.ISSUING.value()),
                            key.kind(),
                            key.uri,
                            Optional.empty(),
                            OptionalInt.empty(),
                            subject.commonName));
            common.output(out, CertificateFiles.pem(requested.csr()));
            if (!out.equals("-")) {
                common.print(
                        Fields.schema("ca-csr/1")
                                .put("name", ca)
                                .put("file", out)
                                .put("changed", requested.hasChanged()),
                        List.of(
                                (requested.hasChanged()
                                                ? "made key and request of CA "
                                                : "the request of before, of CA ")
                                        + ca + ": " + out,
                                "next: devpki ca sign " + out + " --issuer root-ca --name " + ca + " --out " + ca
                                        + ".pem, where the issuer's key is"));
            }
        }
        return ExitCodes.DONE;
    }
}
