package org.devpki.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a factory may issue, as headquarters signed it; docs/formats/line-token.md.
 *
 * @param id 32 hexadecimal digits, random
 * @param devices how many certificates, 1 to 1,000,000,000
 * @param profiles that they are of; at least one
 * @param batch the only one that they may be ordered in; any, or none, when absent
 * @param until from this moment on nothing is issued
 */
public record LineToken(
        String id,
        CaName ca,
        long devices,
        NamePattern name,
        List<String> profiles,
        Optional<BatchId> batch,
        Instant until,
        Instant issuedAt) {
    private static final long MOST_DEVICES = 1_000_000_000L;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    public LineToken {
        profiles = profiles.stream().distinct().sorted().toList();
        if (!ID.matcher(id).matches()) {
            throw DevpkiException.invalid("line token ID " + Quoted.of(id) + " is not 32 hexadecimal digits");
        }
        if (devices < 1 || devices > MOST_DEVICES) {
            throw DevpkiException.invalid(
                    "a line token for " + devices + " devices is not one for 1 to " + MOST_DEVICES);
        }
        if (profiles.isEmpty()) {
            throw DevpkiException.invalid("a line token allows at least one profile");
        }
        if (!until.isAfter(issuedAt)) {
            throw DevpkiException.invalid("a line token until " + until + " has ended already; it is " + issuedAt);
        }
    }

    /** Whether another allows the same, whatever their IDs and dates of issue. */
    public boolean allowsTheSameAs(LineToken other) {
        return equals(new LineToken(
                id, other.ca, other.devices, other.name, other.profiles, other.batch, other.until, issuedAt));
    }
}
