package org.devpki.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.app.RevocationOrder;
import org.devpki.app.RevokeCertificate;
import org.devpki.app.RevokeMany;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Instants;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki revoke}, also {@code device revoke}. */
@Command(
        name = "revoke",
        description = {
            "Revoke a certificate, hold it, or release it from a hold; or all certificates of a list or a batch. It",
            "counts at once for OCSP, and for brokers once `devpki crl publish` has run.",
            "Reasons: unspecified, key-compromise, ca-compromise, affiliation-changed, superseded,",
            "cessation-of-operation, certificate-hold, remove-from-crl (releases a hold), privilege-withdrawn,",
            "aa-compromise."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki revoke sensor-7 --reason key-compromise --invalidity-date 2026-02-01T00:00:00Z",
            "  devpki revoke --serial 4F:0A:11:90 --reason certificate-hold",
            "  devpki revoke --cert out/sensor-7/client_crt.pem --reason superseded",
            "  devpki revoke --batch L3W47 --reason cessation-of-operation --dry-run",
            "  devpki revoke --batch L3W47 --reason cessation-of-operation --max 5000 --yes",
            "  devpki revoke --from stolen.csv --reason key-compromise --yes"
        })
final class RevokeCommand implements Callable<Integer> {
    private static final String WOULD = "would ";
    private static final String NOTHING = "nothing to do: ";

    @Mixin
    CommonOptions common;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The device's name.")
    Optional<String> name = Optional.empty();

    @Option(names = "--serial", paramLabel = "HEX", description = "The certificate's serial, in any common spelling.")
    Optional<String> serial = Optional.empty();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "The certificate itself, PEM or DER; - is standard input.")
    Optional<String> certificate = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "A list: names or serials, one a line, or CSV with a column name or serial; - is standard"
                    + " input.")
    Optional<String> list = Optional.empty();

    @Option(names = "--batch", paramLabel = "ID", description = "All live certificates of this batch.")
    Optional<String> batch = Optional.empty();

    @Option(
            names = "--ca",
            paramLabel = "NAME",
            description = "All live certificates of this CA, but CAs and OCSP responders.")
    Optional<String> ca = Optional.empty();

    @Option(names = "--profile", paramLabel = "NAME", description = "All live certificates of this profile.")
    Optional<String> profile = Optional.empty();

    @Option(names = "--reason", paramLabel = "REASON", description = "Why (default: unspecified).")
    String reason = "unspecified";

    @Option(
            names = "--invalidity-date",
            paramLabel = "INSTANT",
            description = "Since when the key is known or suspected to be in wrong hands.")
    Optional<String> invalidityDate = Optional.empty();

    @Option(names = "--dry-run", description = "Say what would be done, and change nothing.")
    boolean isDryRun;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Refuse to revoke any if a list or selection hits more than N.")
    Optional<Long> most = Optional.empty();

    @Option(names = "--skip-unknown", description = "Leave out lines of a list that the ledger does not know.")
    boolean skipsUnknown;

    @Override
    public Integer call() {
        RevocationOrder order =
                new RevocationOrder(RevocationReason.parse(reason), invalidityDate.map(Instants::parse));
        boolean isSelection = batch.isPresent() || ca.isPresent() || profile.isPresent();
        long given = Stream.of(name, serial, certificate, list)
                        .filter(Optional::isPresent)
                        .count()
                + (isSelection ? 1 : 0);
        if (given != 1) {
            throw DevpkiException.invalid("name one certificate, by NAME, --serial or --cert; or a list, by --from; or"
                            + " a selection, by --batch, --ca and --profile")
                    .hint("devpki revoke --help");
        }
        boolean isMany = isSelection || list.isPresent();
        if (!isMany && (most.isPresent() || skipsUnknown)) {
            throw DevpkiException.invalid("--max and --skip-unknown go with a list or a selection")
                    .hint("devpki revoke --help");
        }
        try (Workshop shop = common.open()) {
            if (isMany) {
                many(shop, order);
            } else {
                one(shop, order);
            }
        }
        return ExitCodes.DONE;
    }

    private void one(Workshop shop, RevocationOrder order) {
        RevokeCertificate deed = shop.revokeCertificate();
        List<LedgerCertificate> rows = deed.withKeys(find(deed), order);
        if (isDryRun) {
            print(
                    rows.stream()
                            .map(row -> new RevokeCertificate.Done(row, deed.changes(row, order)))
                            .toList(),
                    order);
            return;
        }
        rows.stream()
                .filter(deed::isCa)
                .findFirst()
                .ifPresent(row -> common.confirm("this is the certificate of CA "
                        + row.reservation().name() + ", and everything below it goes with it; revoke it"));
        print(deed.runAll(rows, order), order);
        rows.stream()
                .map(row -> row.reservation().name())
                .distinct()
                .filter(device -> shop.showPasswords().isSilenced(new DeviceId(device)))
                .forEach(device -> sayOfPassword(device + " has a password"));
    }

    /** A device may have another way in, which goes with its certificate once the broker is told. */
    private void sayOfPassword(String whose) {
        common.say(whose + ", which the broker takes until `devpki broker install` or `devpki password file` tells it");
    }

    private List<LedgerCertificate> find(RevokeCertificate deed) {
        if (serial.isPresent()) {
            return List.of(deed.withSerial(SerialReference.parse(serial.get())));
        }
        if (certificate.isPresent()) {
            return List.of(deed.inFile(common.input(certificate.get()), CommonOptions.origin(certificate.get())));
        }
        return deed.allNamed(name.orElseThrow());
    }

    /** The last of them as an object, with the serials of all; each as a line. */
    private void print(List<RevokeCertificate.Done> all, RevocationOrder order) {
        String deed = order.reason() == RevocationReason.REMOVE_FROM_CRL ? "release" : "revoke";
        LedgerCertificate newest = all.get(all.size() - 1).certificate();
        common.print(
                Certificates.fields("device/1", newest, common.streams().clock().instant())
                        .put("changed", !isDryRun && all.stream().anyMatch(RevokeCertificate.Done::hasChanged))
                        .put(
                                "serials",
                                all.stream()
                                        .map(done -> done.certificate().serial().hex())
                                        .toList()),
                lines(all.stream()
                        .map(done -> said(done, deed)
                                + done.certificate().reservation().name() + ", serial "
                                + done.certificate().serial())
                        .toArray(String[]::new)));
    }

    private String said(RevokeCertificate.Done done, String deed) {
        if (!done.hasChanged()) {
            return NOTHING + deed + "d before: ";
        }
        return isDryRun ? WOULD + deed + " " : deed + "d ";
    }

    /** With what comes next, unless nothing was done on purpose. */
    private List<String> lines(String... facts) {
        return Stream.concat(Stream.of(facts), isDryRun ? Stream.empty() : Stream.of("next: devpki crl publish"))
                .toList();
    }

    private void many(Workshop shop, RevocationOrder order) {
        RevokeMany deed = shop.revokeMany();
        RevokeMany.Whom whom = list.map(
                        file -> deed.listed(common.input(file), CommonOptions.origin(file), skipsUnknown))
                .orElseGet(() -> new RevokeMany.Whom.Matching(ca.map(CaName::new), profile, batch.map(BatchId::new)));
        RevokeMany.Plan plan = deed.plan(whom, order, most.map(OptionalLong::of).orElseGet(OptionalLong::empty));
        if (!isDryRun && plan.hits() > 0) {
            common.confirm("this revokes " + certificates(plan.hits()) + " (" + by(plan.hitsByCa())
                    + "); revoke them for " + order.reason().text());
        }
        long revoked = isDryRun ? 0 : deed.run(plan);
        common.print(members(plan, revoked), lines(plan, revoked));
        if (revoked > 0 && shop.showPasswords().hasAny()) {
            sayOfPassword("some of them may have passwords");
        }
    }

    private Fields members(RevokeMany.Plan plan, long revoked) {
        return Fields.schema("revoke-many/1")
                .put("changed", revoked > 0)
                .put("dryRun", isDryRun)
                .put("reason", plan.order().reason().text())
                .put("invalidityDate", plan.order().invalidAt())
                .put("hit", plan.hits())
                .put("revoked", revoked)
                .put("revokedBefore", plan.revokedBefore())
                .put("notLive", plan.notLive())
                .put("passedOver", plan.foundations())
                .put("unknown", plan.unknown())
                .put("byCa", plan.hitsByCa())
                .put("byProfile", plan.hitsByProfile())
                .put("firstNames", plan.firstNames());
    }

    private List<String> lines(RevokeMany.Plan plan, long revoked) {
        List<String> lines = new ArrayList<>();
        if (plan.hits() == 0) {
            lines.add(NOTHING + "no certificate is left to revoke");
        } else {
            lines.add((isDryRun ? WOULD + "revoke " + certificates(plan.hits()) : "revoked " + certificates(revoked))
                    + ": "
                    + String.join(", ", plan.firstNames())
                    + (plan.hits() > plan.firstNames().size() ? ", ..." : ""));
            if (!plan.ofSameKeys().isEmpty()) {
                lines.add("of these, " + plan.ofSameKeys().size() + " for the key of another");
            }
            lines.add("by CA: " + by(plan.hitsByCa()));
            lines.add("by profile: " + by(plan.hitsByProfile()));
        }
        Map<String, Long> rest = new LinkedHashMap<>();
        rest.put("revoked before", plan.revokedBefore());
        rest.put("not live", plan.notLive());
        rest.put("a CA or OCSP responder", plan.foundations());
        rest.put("unknown", plan.unknown());
        rest.values().removeIf(count -> count == 0);
        if (!rest.isEmpty()) {
            lines.add("left as they are: "
                    + rest.entrySet().stream()
                            .map(entry -> entry.getValue() + " " + entry.getKey())
                            .collect(Collectors.joining(", ")));
        }
        return lines(lines.toArray(String[]::new));
    }

    private static String certificates(long count) {
        return count + (count == 1 ? " certificate" : " certificates");
    }

    private static String by(Map<?, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
