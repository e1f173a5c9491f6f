package org.devpki.app;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Actor;
import org.devpki.model.AuditEntry;
import org.devpki.model.Bytes;
import org.devpki.model.Fault;
import org.devpki.store.SqlStore;
import org.devpki.store.Store;
import org.devpki.testing.FixedClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proof of the audit chain, against somebody who can write into the ledger. */
class CheckAuditTest {
    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void makesALedgerWithFiveEntries() {
        store = SqlStore.create(
                new SqlStore.Place("jdbc:sqlite:ledger.db", folder, Duration.ofSeconds(5)),
                FixedClock.at("2026-03-01T12:00:00Z"),
                new Actor("tester@bench"));
        for (int i = 2; i <= 5; i++) {
            store.audit("test.entry", "subject " + i, "number=" + i);
        }
    }

    @AfterEach
    void closes() {
        store.close();
    }

    private void tamper(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void assertBroken(String part) {
        assertFault(Fault.INTEGRITY, "the audit chain does not hold: " + part, () -> new CheckAudit(store).run());
    }

    @Test
    void aChainThatNobodyTouchedHolds() {
        CheckAudit.Proven proven = new CheckAudit(store).run();

        assertEquals(5, proven.entries());
        assertEquals(store.auditHead().hash(), proven.head());
    }

    @Test
    void aChangedEntryIsNamed() {
        tamper("UPDATE audit SET detail = 'number=33' WHERE sequence = 3");

        assertBroken("entry 3 (test.entry subject 3) was changed");
    }

    @Test
    void everyColumnOfAnEntryIsUnderItsHash() {
        List<String> changes = List.of(
                "at = at + 1",
                "actor = 'x'",
                "action = 'x'",
                "subject = 'x'",
                "detail = ''",
                "previous = zeroblob(32)",
                "hash = zeroblob(32)");
        for (String change : changes) {
            tamper("CREATE TABLE kept AS SELECT * FROM audit");
            tamper("UPDATE audit SET " + change + " WHERE sequence = 3");

            assertBroken("entry 3 ");

            tamper("DELETE FROM audit");
            tamper("INSERT INTO audit SELECT * FROM kept");
            tamper("DROP TABLE kept");
        }
        assertEquals(5, new CheckAudit(store).run().entries());
    }

    @Test
    void aRemovedEntryIsMissed() {
        tamper("DELETE FROM audit WHERE sequence = 3");

        assertBroken("entry 3 is missing");
    }

    @Test
    void aRemovedEntryIsMissedEvenWhenTheOthersAreRenumbered() {
        tamper("DELETE FROM audit WHERE sequence = 3");
        tamper("UPDATE audit SET sequence = 3 WHERE sequence = 4");
        tamper("UPDATE audit SET sequence = 4 WHERE sequence = 5");

        assertBroken("entry 3 does not follow the one before");
    }

    @Test
    void anEntryWithARightHashOfItsOwnCannotBePutBetween() {
        List<AuditEntry> entries = new ArrayList<>();
        store.eachAuditEntry((entry, hash) -> entries.add(entry));
        AuditEntry second = entries.get(1);
        AuditEntry forged = new AuditEntry(3, second.at(), "x", "y", "z", "", second.hash());
        tamper("UPDATE audit SET sequence = 6 WHERE sequence = 5");
        tamper("UPDATE audit SET sequence = 5 WHERE sequence = 4");
        tamper("UPDATE audit SET sequence = 4 WHERE sequence = 3");
        tamper("INSERT INTO audit VALUES (3, " + second.at().toEpochMilli() + ", 'x', 'y', 'z', '', x'"
                + second.hash().hex() + "', x'" + forged.hash().hex() + "')");

        assertBroken("entry 4 does not follow the one before");
    }

    @Test
    void aChainCutAtItsEndIsShorterThanTheLedgerNoted() {
        tamper("DELETE FROM audit WHERE sequence > 3");

        assertBroken("it ends with entry 3, but the ledger noted 5 entries");
    }

    @Test
    void aLastEntryThatWasReplacedWithARightHashIsNotTheNotedOne() {
        List<AuditEntry> entries = new ArrayList<>();
        store.eachAuditEntry((entry, hash) -> entries.add(entry));
        AuditEntry last = entries.get(4);
        Bytes hash = new AuditEntry(
                        5, last.at(), last.actor(), last.action(), "nothing happened", last.detail(), last.previous())
                .hash();
        tamper("UPDATE audit SET subject = 'nothing happened', hash = x'" + hash.hex() + "' WHERE sequence = 5");

        assertBroken("entry 5 is not the one that the ledger noted as its last");
    }

    @Test
    void anEmptiedAuditDoesNotHold() {
        tamper("DELETE FROM audit");

        assertBroken("it ends with entry 0, but the ledger noted 5 entries");
    }
}
