package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CaOrder;
import org.devpki.app.CertificateFiles;
import org.devpki.app.SignCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.CsrDer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca sign}. */
@Command(
        name = "sign",
        description =
                "Issue a certificate to a CA whose key is elsewhere, by its request; the chain follows in the file.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca sign plant-1.csr --issuer root-ca --name plant-1 --out plant-1.pem",
            "  devpki ca sign plant-1.csr --issuer root-ca --name plant-1 --not-after 15y --out plant-1.pem --json",
            "  devpki ca sign plant-1.csr --issuer root-ca --name plant-1 --reissue --out plant-1-again.pem"
        })
final class CaSignCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Mixin
    CaSubjectOptions subject;

    @Mixin
    CaLimitOptions limits;

    @Parameters(paramLabel = "FILE", description = "The request, PEM or DER; - for standard input.")
    String file = "";

    @Option(names = "--issuer", paramLabel = "CA", required = true, description = "The CA that issues.")
    String issuer = "";

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "The new CA's name.")
    String name = "";

    @Option(
            names = "--reissue",
            description = "Another certificate for a CA that has one of this store, by the same key and name.")
    boolean isAgain;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "File to write, PEM; - prints it.")
    String out = "";

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        Optional<CaName> parent = Optional.of(new CaName(issuer));
        try (Workshop shop = common.open()) {
            CaOrder order = new CaOrder(
                    ca,
                    parent,
                    subject.profile(ca, parent),
                    Optional.empty(),
                    Optional.empty(),
                    limits.end(),
                    limits.mostBelow(),
                    subject.commonName);
            CsrDer request = CertificateFiles.request(common.input(file), CommonOptions.origin(file));
            SignCa.Signed signed = isAgain
                    ? shop.reissueCa().sign(order, request)
                    : shop.signCa().run(order, request);
            common.output(out, CertificateFiles.pem(signed.chain()));
            if (!out.equals("-")) {
                common.print(
                        Fields.schema("ca-sign/1")
                                .put("name", ca)
                                .put("issuer", issuer)
                                .put("file", out)
                                .put(
                                        "sha256",
                                        signed.chain().get(0).octets().sha256().hex())
                                .put("changed", signed.hasChanged()),
                        List.of(
                                (signed.hasChanged()
                                                ? "issued the certificate of CA "
                                                : "the certificate of before, of CA ")
                                        + ca + ": " + out,
                                "next: devpki ca import " + ca + " --cert " + out + ", where its key is"));
            }
        }
        return ExitCodes.DONE;
    }
}
