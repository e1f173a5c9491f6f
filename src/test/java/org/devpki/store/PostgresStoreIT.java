package org.devpki.store;

import java.nio.file.Path;
import java.time.Duration;
import org.devpki.model.Actor;
import org.devpki.testing.FixedClock;
import org.devpki.testing.PostgresServer;
import org.junit.jupiter.api.io.TempDir;

/** The contract in PostgreSQL, and what is PostgreSQL's alone. */
class PostgresStoreIT extends StoreContract {
    private static final Actor ACTOR = new Actor("tester@bench");

    @TempDir
    Path folder;

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.newPlace();

    private SqlStore.Place place(Duration timeout) {
        return new SqlStore.Place(url, folder, timeout);
    }

    @Override
    Store create(FixedClock at) {
        return SqlStore.create(place(Duration.ofSeconds(30)), at, ACTOR);
    }

    @Override
    Store another(FixedClock at, Duration lockTimeout) {
        return SqlStore.open(place(lockTimeout), at, ACTOR);
    }
}
