package org.devpki.app;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.devpki.model.Alarm;
import org.devpki.model.AuditEntry;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.store.Store;

/** Walks the audit chain from its first entry to its last. */
public final class CheckAudit {
    /** The chain's end; write it down elsewhere, and a later chain that lost entries can be told. */
    public record Proven(long entries, Bytes head) {}

    private final Store store;
    private Store.AuditHead head = new Store.AuditHead(0, AuditEntry.GENESIS);
    private Bytes expected = AuditEntry.GENESIS;
    private long sequence;
    private Optional<String> fault = Optional.empty();

    CheckAudit(Store store) {
        this.store = store;
    }

    /** @throws DevpkiException INTEGRITY naming the first entry that does not hold */
    public Proven run() {
        head = store.auditHead(); // first: others may append meanwhile, and what they append has to chain
        store.eachAuditEntry(this::look);
        if (fault.isEmpty() && sequence < head.entries()) {
            fault = Optional.of("it ends with entry " + sequence + ", but the ledger noted " + head.entries()
                    + " entries: the last were taken away");
        }
        if (fault.isPresent()) {
            throw DevpkiException.integrity("the audit chain does not hold: " + fault.get());
        }
        return new Proven(sequence, expected);
    }

    /** Every entry, first to last, proven or not. */
    public void each(Consumer<AuditEntry> consumer) {
        store.eachAuditEntry((entry, hash) -> consumer.accept(entry));
    }

    /** Alarms, the oldest first. */
    public List<Alarm> alarms(boolean isOpenOnly) {
        return store.alarms(isOpenOnly);
    }

    /**
     * Notes that somebody looked at an alarm.
     *
     * @return the alarm as it was
     * @throws DevpkiException NOT_FOUND
     */
    public Alarm closeAlarm(long id, String why) {
        if (why.isBlank()) {
            throw DevpkiException.invalid("an alarm is closed with a reason; say what was found");
        }
        return store.closeAlarm(id, why);
    }

    private void look(AuditEntry entry, Bytes hash) {
        if (fault.isPresent()) {
            return;
        }
        sequence++;
        if (entry.sequence() != sequence) {
            fault = Optional.of("entry " + sequence + " is missing");
        } else if (!entry.previous().equals(expected)) {
            fault = Optional.of("entry " + sequence + " does not follow the one before");
        } else if (!entry.hash().equals(hash)) {
            fault = Optional.of("entry " + sequence + " (" + entry.action() + " " + entry.subject() + ") was changed");
        }
        if (fault.isEmpty() && sequence == head.entries() && !hash.equals(head.hash())) {
            fault = Optional.of("entry " + sequence + " is not the one that the ledger noted as its last");
        }
        expected = hash;
    }
}
