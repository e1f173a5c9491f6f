package org.devpki.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ReleaseCrl;
import org.devpki.app.Urgency;
import org.devpki.app.Workshop;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.ShelfPlace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki crl release}. */
@Command(
        name = "release",
        description = {
            "Put out the CRL of a queue that is due, proven first: cron's line on a host without keys. With --dir and --issuer",
            "it needs no store; without them it goes onto the store's own shelf, for CAs whose keys are elsewhere.",
            "Exit 10 when the queue ends soon, 11 when no CRL holds any more, 8 when a file in it is damaged or a stranger's."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki crl release queue/ --dir /var/www/crl --issuer root-ca.pem --hook 'systemctl reload mosquitto'",
            "  devpki crl release queue/ --min-remaining 30d --json"
        })
final class CrlReleaseCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "QUEUE", description = "The folder that crl presign made.")
    Path queue = Path.of("");

    @Option(
            names = "--dir",
            paramLabel = "PLACE",
            description = "Where to put it: a folder, or s3://BUCKET[/PREFIX]; as for crl publish.")
    Optional<String> place = Optional.empty();

    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description = "Certificates, PEM or DER, of the CAs whose CRLs are believed. Repeatable.")
    List<Path> issuers = new ArrayList<>();

    @Option(
            names = "--min-remaining",
            paramLabel = "TIME",
            description = "Exit 10 when the queue ends sooner than in this time (default: ${DEFAULT-VALUE}).")
    String minRemaining = "14d";

    @Option(
            names = "--hook",
            paramLabel = "COMMAND",
            description = "Shell command to run after a change, with DEVPKI_SHELF in its environment. Repeatable.")
    List<String> hooks = new ArrayList<>();

    @Override
    public Integer call() {
        Duration least = Durations.parse(minRemaining);
        if (place.isPresent() == issuers.isEmpty()) {
            throw DevpkiException.invalid("--dir and --issuer go together: without a store nobody knows the CAs");
        }
        if (place.isEmpty() && !hooks.isEmpty()) {
            throw DevpkiException.invalid("--hook goes with --dir; from the store's own shelf crl publish runs hooks");
        }
        ReleaseCrl.Done done = place.map(ShelfPlace::parse)
                .map(there -> new ReleaseCrl(common.surroundings(false))
                        .run(new ReleaseCrl.Order(queue, there, certificates(), least, hooks)))
                .orElseGet(() -> ontoOwnShelf(least));
        List<Map<String, Object>> all = done.crls().stream()
                .map(crl -> Fields.plain()
                        .put("name", crl.name())
                        .put("number", crl.number())
                        .put("thisUpdate", crl.thisUpdate())
                        .put("nextUpdate", crl.nextUpdate())
                        .put("queueEnd", crl.queueEnd())
                        .put("urgency", CrlCommand.word(crl.urgency()))
                        .put("changed", crl.hasChanged())
                        .map())
                .toList();
        common.print(
                Fields.schema("crl-release/1").put("crls", all).put("damaged", done.damaged()),
                done.crls().stream().map(CrlReleaseCommand::line).toList());
        done.damaged().forEach(sentence -> common.say("passed over: " + sentence));
        Urgency urgency = done.crls().stream().map(ReleaseCrl.Released::urgency).reduce(Urgency.NONE, Urgency::or);
        return done.damaged().isEmpty() ? ExitCodes.of(urgency) : ExitCodes.INTEGRITY;
    }

    private List<CertificateDer> certificates() {
        List<CertificateDer> all = new ArrayList<>();
        for (Path file : issuers) {
            all.addAll(ReleaseCrl.certificates(common.input(file.toString()), file.toString()));
        }
        return all;
    }

    private ReleaseCrl.Done ontoOwnShelf(Duration least) {
        try (Workshop shop = common.open()) {
            return shop.importCrl().release(queue, least);
        }
    }

    private static String line(ReleaseCrl.Released crl) {
        return (crl.hasChanged() ? "released CRL " : "nothing to do: CRL ") + crl.number() + " of " + crl.name()
                + (crl.hasChanged() ? "" : " is on the shelf") + ", good from " + crl.thisUpdate() + " to "
                + crl.nextUpdate()
                + "; the queue ends at " + crl.queueEnd();
    }
}
