package org.devpki.app;

import java.util.Optional;
import org.devpki.config.SettingsFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint.Step;
import org.devpki.model.DevpkiException;
import org.devpki.store.SqlStore;
import org.devpki.store.Store;

/**
 * Moves the ledger to another database: it is copied and proven there, closed where it was, and then {@code devpki.yaml}
 * names the new place. Cut short anywhere, the same order ends it.
 */
public final class MigrateStore {
    private static final String LOCK = "moving the ledger";

    /**
     * Where the ledger was and is.
     *
     * @param hasChanged false if it was there already, or the order was to look only
     */
    public record Migrated(String from, String to, boolean hasChanged, long certificates, long auditEntries) {}

    private final Surroundings surroundings;

    public MigrateStore(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * @param isLookingOnly whether nothing is changed, and it is told what would be moved
     * @throws DevpkiException CONFLICT if another ledger is there, or the ledger has moved elsewhere; INTEGRITY if its audit
     *     does not hold
     */
    public Migrated run(String to, boolean isLookingOnly) {
        SqlStore.Place from = Workshop.place(Workshop.settings(surroundings), surroundings);
        SqlStore.Place target = from.at(SettingsFile.ledger(to));
        if (from.equals(target)) {
            return told(from, from, target, false);
        }
        Optional<String> movedTo = SqlStore.movedTo(from, surroundings.clock(), surroundings.actor());
        if (movedTo.filter(place -> !place.equals(to)).isPresent()) {
            throw DevpkiException.conflict("the ledger has moved to " + movedTo.get() + " already, not to " + to)
                    .hint("devpki store migrate --to " + movedTo.get());
        }
        if (movedTo.isEmpty()) {
            move(from, target, isLookingOnly);
        }
        if (isLookingOnly) {
            return told(movedTo.isEmpty() ? from : target, from, target, false);
        }
        try (SqlStore there = open(target)) {
            there.audit("store.move", "ledger", "from=" + from.url() + " to=" + to);
        }
        surroundings.checkpoint().reached(Step.MIGRATE_4_NOTED);
        nameInSettings(to);
        return told(target, from, target, true);
    }

    private void move(SqlStore.Place from, SqlStore.Place target, boolean isLookingOnly) {
        try (SqlStore here = open(from);
                Store.Held held = here.lock(LOCK)) {
            new CheckAudit(here).run();
            if (isLookingOnly) {
                here.proveRoomAt(target);
                return;
            }
            here.moveTo(
                    target,
                    copy -> {
                        new CheckAudit(copy).run();
                        surroundings.checkpoint().reached(Step.MIGRATE_1_PROVEN);
                    },
                    () -> surroundings.checkpoint().reached(Step.MIGRATE_2_COPIED));
            surroundings.checkpoint().reached(Step.MIGRATE_3_CLOSED);
        }
    }

    private void nameInSettings(String url) {
        String origin = new StoreFolder(surroundings.store()).settings().toString();
        String text = SettingsFile.withLedger(Workshop.settingsText(surroundings), origin, url);
        WholeFiles.write(new StoreFolder(surroundings.store()).settings(), Bytes.utf8(text), Modes.PUBLIC_FILE);
    }

    private Migrated told(SqlStore.Place counted, SqlStore.Place from, SqlStore.Place to, boolean hasChanged) {
        try (SqlStore store = open(counted)) {
            return new Migrated(
                    from.url(),
                    to.url(),
                    hasChanged,
                    store.count(Store.Filter.all()),
                    store.auditHead().entries());
        }
    }

    private SqlStore open(SqlStore.Place place) {
        return SqlStore.open(place, surroundings.clock(), surroundings.actor());
    }
}
