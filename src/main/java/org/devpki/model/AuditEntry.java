package org.devpki.model;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * One line of the audit chain.
 *
 * @param sequence 1 for the first, without gaps
 * @param actor who ran the command
 * @param detail further facts, {@code key=value} separated by blanks; never a secret
 * @param previous the hash of the entry before, 32 zero octets for the first
 */
public record AuditEntry(
        long sequence, Instant at, String actor, String action, String subject, String detail, Bytes previous) {

    /** What the first entry has for the hash of its predecessor. */
    public static final Bytes GENESIS = Bytes.of(new byte[32]);

    /**
     * SHA-256 over the fields, each as decimal count of UTF-8 octets, a colon and the octets, so that no two entries
     * share an encoding.
     */
    public Bytes hash() {
        StringBuilder text = new StringBuilder();
        for (String field : List.of(
                Long.toString(sequence),
                Long.toString(at.toEpochMilli()),
                actor,
                action,
                subject,
                detail,
                previous.hex())) {
            text.append(field.getBytes(StandardCharsets.UTF_8).length)
                    .append(':')
                    .append(field);
        }
        return Bytes.utf8(text.toString()).sha256();
    }
}
