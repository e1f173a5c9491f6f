package org.devpki.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.CaName;
import org.devpki.model.Flashed;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Revocation;

/** How a certificate of the ledger is printed. */
final class Certificates {
    private Certificates() {}

    static Fields fields(String schema, LedgerCertificate row, Instant now) {
        return members(Fields.schema(schema), row, now);
    }

    /** Without a schema, for lists. */
    static Fields members(Fields fields, LedgerCertificate row, Instant now) {
        Optional<Flashed> flashed = row.flashed();
        return fields.put("name", row.reservation().name())
                .put("serial", row.serial().hex())
                .put("ca", row.reservation().ca())
                .put("profile", row.reservation().profile())
                .put("batch", row.reservation().batch())
                .put("origin", origin(row))
                .put(
                        "follows",
                        row.reservation().renewal().map(renewal -> renewal.of().hex()))
                .put("status", row.standing(now))
                .put("life", row.life().text())
                .put("markedAt", row.markedAt())
                .put("notBefore", row.reservation().validity().notBefore())
                .put("notAfter", row.reservation().validity().notAfter())
                .put("reservedAt", row.reservedAt())
                .put("deliveredAt", row.deliveredAt())
                .put("keyMadeHere", row.reservation().isKeyMadeHere())
                .put("keySha256", row.reservation().keyHash().hex())
                .put("target", flashed.map(made -> made.chip().text()))
                .put("keyHome", flashed.map(made -> made.home().word()))
                .put("efuseKeyId", flashed.flatMap(made -> boxed(made.home().efuseKeyId())))
                .put("flavour", flashed.map(made -> made.flavour().word()))
                .put("nvsEfuseKeyId", flashed.flatMap(made -> boxed(made.nvsKeyId())))
                .put("revokedAt", row.revocation().map(Revocation::at))
                .put(
                        "reason",
                        row.revocation().map(revocation -> revocation.reason().text()))
                .put("invalidityDate", row.revocation().flatMap(Revocation::invalidAt))
                .put(
                        "sha256",
                        row.certificate().map(der -> der.octets().sha256().hex()));
    }

    /** All of a name. */
    static Fields history(String name, List<LedgerCertificate> rows, Instant now) {
        return Fields.schema("device-history/1")
                .put("name", name)
                .put(
                        "certificates",
                        rows.stream()
                                .map(row -> members(Fields.plain(), row, now).map())
                                .toList());
    }

    /** How it came about: {@code issued}, {@code renewed}, {@code rekeyed} or {@code replaced}. */
    static String origin(LedgerCertificate row) {
        return row.reservation().renewal().map(renewal -> renewal.kind().text()).orElse("issued");
    }

    private static Optional<Integer> boxed(OptionalInt number) {
        return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    /** One line of a table. */
    static String line(LedgerCertificate row, Instant now) {
        CaName ca = row.reservation().ca();
        return String.format(
                "%-24s %-8s %-14s %-12s %s  %s",
                row.reservation().name(),
                row.standing(now),
                row.reservation().profile(),
                ca,
                row.reservation().validity().notAfter(),
                row.serial());
    }

    static String heading() {
        return String.format(
                "%-24s %-8s %-14s %-12s %-20s  %s", "NAME", "STATUS", "PROFILE", "CA", "NOT AFTER", "SERIAL");
    }
}
