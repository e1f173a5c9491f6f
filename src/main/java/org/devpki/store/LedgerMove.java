package org.devpki.store;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * Moves a ledger to another database. What it was stays behind under other names, so that nothing that opens it takes it for a
 * ledger.
 */
final class LedgerMove {
    private static final String ASIDE = "moved_";

    private final Database from;
    private final AuditChain audit;
    private final Database to;

    LedgerMove(Database from, AuditChain audit, Database to) {
        this.from = from;
        this.audit = audit;
        this.to = to;
    }

    /** @see SqlStore#moveTo */
    void run(String url, Runnable proof, Runnable copied) {
        to.look(to::expectCopy);
        from.change(() -> {
            to.change(() -> {
                to.drop(replaceable());
                new LedgerCopy(from, to).run();
                proof.run();
            });
            copied.run();
            for (String table : from.tables()) {
                if (!table.equals("note")) {
                    from.execute("ALTER TABLE " + table + " RENAME TO " + ASIDE + table);
                }
            }
            from.putNote(Database.MOVED_TO, url);
            from.setVersion(Migrations.MOVED);
        });
    }

    /**
     * The tables of an earlier state of this ledger; none where there is nothing. A step of a transaction on either side.
     *
     * @throws DevpkiException CONFLICT if somebody else's tables, or another ledger, are there
     */
    List<String> replaceable() throws SQLException {
        List<String> tables = to.tables();
        if (tables.isEmpty()) {
            return tables;
        }
        int version = to.version();
        Set<String> ours = new HashSet<>();
        for (String table : from.tables()) {
            ours.add(version == Migrations.MOVED && !table.equals("note") ? ASIDE + table : table);
        }
        if (version == 0 || !ours.containsAll(tables)) {
            throw DevpkiException.conflict("there are tables already that are not of this ledger: "
                    + tables.stream()
                            .filter(table -> version == 0 || !ours.contains(table))
                            .toList());
        }
        boolean isEarlier = Database.first(to.query(
                        "SELECT sequence, hash FROM " + (version == Migrations.MOVED ? ASIDE : "")
                                + "audit ORDER BY sequence DESC LIMIT 1",
                        row -> new Store.AuditHead(row.getLong(1), Bytes.of(row.getBytes(2)))))
                .filter(audit::passed)
                .isPresent();
        if (!isEarlier) {
            throw DevpkiException.conflict("there is another ledger already, or what this one became later");
        }
        return tables;
    }
}
