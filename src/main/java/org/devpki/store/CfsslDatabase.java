package org.devpki.store;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.devpki.model.DevpkiException;
import org.devpki.model.OldCertificate;
import org.devpki.model.Quoted;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** The ledger of cfssl in an SQLite file, its table {@code certificates}; only read. */
public final class CfsslDatabase {
    /** A row, with its certificate as PEM, for others to read. */
    public record Row(OldCertificate certificate, String pem) {}

    private static final Pattern OFFSET = Pattern.compile("(?:Z|[+-][0-9]{2}:[0-9]{2})$");

    private CfsslDatabase() {}

    /** @throws DevpkiException INVALID_INPUT if it is no such database, or a row makes no sense */
    public static List<Row> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw DevpkiException.notFound("there is no database " + file);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        SqliteLibrary.load();
        List<Row> rows = new ArrayList<>();
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT serial_number, status, reason, expiry, revoked_at, pem FROM certificates ORDER BY rowid")) {
            while (found.next()) {
                rows.add(row(found, file.getFileName() + " row " + (rows.size() + 1)));
            }
        } catch (SQLException e) {
            throw DevpkiException.invalid(file + " is no certificate database of cfssl in SQLite")
                    .causedBy(e);
        }
        return rows;
    }

    private static Row row(ResultSet row, String place) throws SQLException {
        String status = text(row, "status");
        boolean isRevoked =
                switch (status) {
                    case "revoked" -> true;
                    case "good" -> false;
                    default ->
                        throw DevpkiException.invalid(
                                place + " has status " + Quoted.of(status) + "; good and revoked are known");
                };
        Optional<Revocation> revocation = isRevoked
                ? Optional.of(new Revocation(
                        time(text(row, "revoked_at"), place), RevocationReason.ofCode(row.getInt("reason"))))
                : Optional.empty();
        OldCertificate certificate = new OldCertificate(
                place,
                serial(text(row, "serial_number"), place),
                Optional.of(time(text(row, "expiry"), place)),
                Optional.empty(),
                revocation);
        return new Row(certificate, text(row, "pem"));
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).orElse("");
    }

    /** In decimal, as cfssl writes it. */
    private static BigInteger serial(String decimal, String place) {
        try {
            return new BigInteger(decimal);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid(place + " has serial " + Quoted.of(decimal) + ", which is no decimal number")
                    .causedBy(e);
        }
    }

    /** {@code 2026-11-27 12:00:00+00:00}; {@code cfssl revoke} writes it without the offset, and means UTC. */
    private static Instant time(String text, String place) {
        String iso = text.strip().replace(' ', 'T');
        try {
            return OFFSET.matcher(iso).find()
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw DevpkiException.invalid(place + " has time " + Quoted.of(text) + "; 2026-11-27 12:00:00+00:00 is one")
                    .causedBy(e);
        }
    }
}
