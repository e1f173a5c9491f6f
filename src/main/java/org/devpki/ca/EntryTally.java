package org.devpki.ca;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.devpki.model.Bytes;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;

/** How many entries were told, and a hash of all that they said: two tellings are alike if their tallies are. */
public final class EntryTally {
    private final MessageDigest digest;
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
        digest.update(entry.serial().value().toByteArray());
        String rest = " " + entry.at().getEpochSecond() + " " + entry.reason().code() + " "
                + entry.invalidAt().map(at -> at.getEpochSecond()).orElse(0L) + "\n";
        digest.update(rest.getBytes(StandardCharsets.US_ASCII));
    }

    public long count() {
        return count;
    }

    /** Of the entries so far; ends the tally. */
    public Bytes digest() {
        return Bytes.of(digest.digest());
    }
}
