package org.devpki.store;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Fault;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CfsslDatabaseTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void aDatabase() {
        file = folder.resolve("certs.db");
        run(
                "CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, ca_label blob,"
                        + " status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp, pem blob NOT NULL,"
                        + " PRIMARY KEY(serial_number, authority_key_identifier))");
    }

    private void run(String sql) {
        SqliteLibrary.load(); // as the program does first: the driver must not bring another one
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void add(String serial, String status, String expiry, String revokedAt) {
        run("INSERT INTO certificates VALUES ('" + serial + "', 'a1', '', '" + status + "', 4, '" + expiry + "', '"
                + revokedAt + "', 'PEM')");
    }

    private void assertInvalid(String part) {
        assertFault(Fault.INVALID_INPUT, part, () -> CfsslDatabase.read(file));
    }

    @Test
    void bothWaysInWhichCfsslWritesTimesAreRead() throws IOException {
        // given what cfssl sign and cfssl revoke write, which give an offset and none
        add("71", "good", "2029-03-09 13:34:00+00:00", "0001-01-01 00:00:00+00:00");
        add("72", "revoked", "2029-03-09 13:34:00.5+00:00", "2026-11-27 05:40:19");
        byte[] before = Files.readAllBytes(file);

        // when
        List<CfsslDatabase.Row> rows = CfsslDatabase.read(file);

        // then
        assertEquals("certs.db row 1", rows.get(0).certificate().place());
        assertEquals(71, rows.get(0).certificate().serial().intValueExact());
        assertEquals(
                Optional.of(Instant.parse("2029-03-09T13:34:00Z")),
                rows.get(0).certificate().end());
        assertTrue(rows.get(0).certificate().revocation().isEmpty());
        assertEquals("PEM", rows.get(0).pem());
        assertEquals(
                Optional.of(new Revocation(Instant.parse("2026-11-27T05:40:19Z"), RevocationReason.SUPERSEDED)),
                rows.get(1).certificate().revocation());
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void aRowThatMakesNoSenseIsTold() {
        add("71", "lost", "2029-03-09 13:34:00+00:00", "");
        assertInvalid("certs.db row 1 has status \"lost\"");
        run("UPDATE certificates SET status = 'good', serial_number = '7a'");
        assertInvalid("serial \"7a\"");
        run("UPDATE certificates SET serial_number = '71', expiry = 'soon'");
        assertInvalid("time \"soon\"");
        run("UPDATE certificates SET expiry = '2029-03-09 13:34:00Z', status = 'revoked', reason = 7,"
                + " revoked_at = '2026-11-27 05:40:19'");
        assertInvalid("CRLReason 7");
    }

    @Test
    void aFileThatIsCutOrAnotherDatabaseIsToldAndAMissingOneIsNotMade() throws IOException {
        add("71", "good", "2029-03-09 13:34:00+00:00", "");
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {1, 100, 5000}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertInvalid("no certificate database of cfssl");
        }
        Files.write(file, whole);
        run("DROP TABLE certificates");
        assertInvalid("no certificate database of cfssl");
        Path missing = folder.resolve("missing.db");
        assertFault(Fault.NOT_FOUND, "there is no database", () -> CfsslDatabase.read(missing));
        assertTrue(Files.notExists(missing));
    }
}
