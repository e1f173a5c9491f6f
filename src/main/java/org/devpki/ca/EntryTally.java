package org.devpki.ca;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import org.devpki.model.Bytes;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;

/** How many entries were told, and a hash of all that they said: two tellings are alike if their tallies are. */
public final class EntryTally {
    private final MessageDigest digest;
    private final ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES + 1);
    private long count;

    public EntryTally() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same entries, each noted here as it is told. */
    public RevokedEntries noting(RevokedEntries entries) {
        return consumer -> entries.each(entry -> {
            add(entry);
            consumer.accept(entry);
        });
    }

    public void add(RevokedEntry entry) {
        count++;
        byte[] serial = entry.serial().value().toByteArray();
        digest.update((byte) serial.length);
        digest.update(serial);
        numbers.clear();
        numbers.putLong(entry.at().getEpochSecond())
                .putLong(entry.invalidAt().map(Instant::getEpochSecond).orElse(Long.MIN_VALUE))
                .put((byte) entry.reason().code());
        digest.update(numbers.array());
    }

    public long count() {
        return count;
    }

    /** Of the entries so far; ends the tally. */
    public Bytes digest() {
        return Bytes.of(digest.digest());
    }
}
