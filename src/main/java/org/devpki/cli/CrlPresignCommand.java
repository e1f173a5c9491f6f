package org.devpki.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.PresignCrl;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki crl presign}. */
@Command(
        name = "presign",
        description = {
            "Sign CRLs ahead into a folder, for crl release on a host without keys to put out one after the other. After a",
            "revocation the same command makes the queue anew, from now on; what was in the folder before goes."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki crl presign --weeks 8 --out queue/",
            "  devpki crl presign --ca root-ca --weeks 26 --every 30d --out queue/ --json"
        })
final class CrlPresignCommand implements Callable<Integer> {
    private static final int MOST_WEEKS = 1044; // twenty years

    @Mixin
    CommonOptions common;

    @Option(
            names = "--ca",
            paramLabel = "NAME",
            description = "Whose CRLs; repeatable (default: those of all CAs whose keys are here).")
    List<String> cas = new ArrayList<>();

    @Option(
            names = "--weeks",
            required = true,
            paramLabel = "N",
            description = "How long the queue lasts, the last CRL's end counted.")
    int weeks;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "How far apart the CRLs begin (default: half of crl.validity, for which each holds).")
    Optional<String> every = Optional.empty();

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The queue.")
    Path out = Path.of("");

    @Override
    public Integer call() {
        if (weeks < 1 || weeks > MOST_WEEKS) {
            throw DevpkiException.invalid("--weeks " + weeks + " is not within 1 to " + MOST_WEEKS);
        }
        PresignCrl.Order order = new PresignCrl.Order(
                cas.stream().map(CaName::new).toList(), Duration.ofDays(7L * weeks), every.map(Durations::parse), out);
        try (Workshop shop = common.open()) {
            List<PresignCrl.Presigned> crls = shop.presignCrl().run(order);
            List<Map<String, Object>> all = crls.stream()
                    .map(crl -> Fields.plain()
                            .put("ca", crl.name().ca())
                            .put("name", crl.name())
                            .put("number", crl.number())
                            .put("thisUpdate", crl.thisUpdate())
                            .put("nextUpdate", crl.nextUpdate())
                            .put("entries", crl.entries())
                            .put("file", crl.file())
                            .map())
                    .toList();
            common.print(
                    Fields.schema("crl-presign/1").put("queue", out).put("crls", all),
                    crls.stream()
                            .map(crl -> crl.file() + ": " + crl.entries() + " revoked, from " + crl.thisUpdate()
                                    + " to " + crl.nextUpdate())
                            .toList());
        }
        return ExitCodes.DONE;
    }
}
