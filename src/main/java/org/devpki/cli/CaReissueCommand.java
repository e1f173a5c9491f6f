package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.CertificateFiles;
import org.devpki.app.ReissueCa;
import org.devpki.app.ShowLedger;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.NotAfter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca reissue}. */
@Command(
        name = "reissue",
        description = {
            "Give a CA a new certificate for the key and name that it has, with a later end or by another profile.",
            "What it issued chains to both, and keeps the chain that it has. --csr is for a CA whose issuer is elsewhere."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca reissue root-ca --not-after 30y",
            "  devpki ca reissue issuing-ca --not-after ca --json",
            "  devpki ca reissue plant-1 --csr plant-1.csr"
        })
final class CaReissueCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CA", description = "The CA.")
    String name = "";

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description =
                    "Its end: 20y, an RFC 3339 instant, ca for its issuer's, 9999 for none (default: as the profile says).")
    Optional<String> notAfter = Optional.empty();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "A profile for CAs (default: the one that its certificate has).")
    Optional<String> profile = Optional.empty();

    @Option(
            names = "--csr",
            paramLabel = "FILE",
            description = "Write the request for ca sign --reissue, PEM, and change nothing; - prints it.")
    Optional<String> csr = Optional.empty();

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        try (Workshop shop = common.open()) {
            if (csr.isPresent()) {
                request(shop, ca, csr.get());
            } else {
                reissue(shop, ca);
            }
        }
        return ExitCodes.DONE;
    }

    private void request(Workshop shop, CaName ca, String out) {
        if (notAfter.isPresent() || profile.isPresent()) {
            throw DevpkiException.invalid(
                    "--not-after and --profile go with ca sign --reissue, where the issuer's key is");
        }
        common.output(out, CertificateFiles.pem(shop.reissueCa().request(ca)));
        if (!out.equals("-")) {
            common.print(
                    Fields.schema("ca-csr/1").put("name", ca).put("file", out).put("changed", false),
                    List.of(
                            "the request of CA " + ca + ", by the key that it has: " + out,
                            "next: devpki ca sign " + out + " --reissue --issuer "
                                    + shop.showLedger().ca(ca).ca().issuer() + " --name " + ca + " --out " + ca
                                    + ".pem, where the issuer's key is"));
        }
    }

    private void reissue(Workshop shop, CaName ca) {
        ReissueCa.Reissued reissued = shop.reissueCa().run(ca, profile, notAfter.map(NotAfter::parse));
        ShowLedger.DescribedCa now = shop.showLedger().ca(ca);
        String end = now.validity().notAfter().toString();
        common.print(
                CaCommand.members(Fields.schema("ca-reissue/1"), now)
                        .put("before", reissued.before().serial())
                        .put("changed", reissued.hasChanged()),
                List.of(
                        reissued.hasChanged()
                                ? "CA " + ca + " has certificate " + now.ca().serial() + ", which ends at " + end
                                : "nothing to do: CA " + ca + " was reissued so, and ends at " + end,
                        "the one of before, " + reissued.before().serial() + ", until "
                                + reissued.before().reservation().validity().notAfter(),
                        "next: devpki ca export --bundle --out ca.pem, for brokers"));
    }
}
