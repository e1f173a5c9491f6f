package org.devpki.store;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Locks on words, as PostgreSQL's advisory locks of the session that writes: the server gives them back when the session
 * ends, however it ends, and nothing can be written without them. Two words may share a number, and two ledgers in
 * schemas of one database have numbers of their own.
 */
final class AdvisoryLocks implements Dialect.Locks {
    private static final String NUMBER = "(hashtextextended('devpki ' || current_schema() || ' ' || ?, 0))";

    private final Database db;
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    AdvisoryLocks(Database db) {
        this.db = db;
    }

    @Override
    public Optional<Store.Held> tryLock(String word) {
        if (!held.add(word)) { // the server would let this session have it again
            return Optional.empty();
        }
        boolean isOurs = false;
        try {
            isOurs = db.read(() -> take(word));
        } finally {
            if (!isOurs) {
                held.remove(word);
            }
        }
        return isOurs ? Optional.of(() -> release(word)) : Optional.empty();
    }

    private boolean take(String word) throws java.sql.SQLException {
        boolean isOurs = db.query("SELECT pg_try_advisory_lock" + NUMBER, row -> row.getBoolean(1), word)
                .get(0);
        if (isOurs) {
            db.hold();
        }
        return isOurs;
    }

    private void release(String word) {
        try {
            db.letGo(() -> db.query("SELECT pg_advisory_unlock" + NUMBER, row -> row.getBoolean(1), word));
        } finally {
            held.remove(word);
        }
    }

    @Override
    public void close() {
        // the connection's end gives back what is left
    }
}
