package org.devpki.badger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * What step-ca knows of X.509 certificates, by serial: two buckets, whose names stand before each key (smallstep/certificates,
 * {@code db/db.go}; smallstep/nosql, {@code badger/v2}).
 *
 * @param certificates those that were issued, in DER
 * @param revocations of those that were revoked, in JSON
 * @param misnamed revocations under what is no number, which step-ca takes from who types it, and then finds for no certificate
 */
public record StepDatabase(
        Map<BigInteger, Bytes> certificates, Map<BigInteger, Bytes> revocations, Map<String, Bytes> misnamed) {
    private static final String CERTIFICATES = bucket("x509_certs");
    private static final String REVOCATIONS = bucket("revoked_x509_certs");

    /**
     * @param place the database's folder, or step-ca's own with {@code db} in it
     * @throws DevpkiException NOT_FOUND if there is none; CONFLICT if step-ca is at work; INVALID_INPUT if it is not badger 2, or
     *     not step-ca's; INTEGRITY if it is damaged
     */
    public static StepDatabase read(Path place) {
        if (Files.isRegularFile(place)) {
            throw DevpkiException.invalid(place
                            + " is a file; step-ca's folder of badger is right, which ca.json names as dataSource")
                    .hint("of bbolt or a database server: a folder of certificates, and the CRL by ca import --crl");
        }
        Path below = place.resolve("db");
        SortedMap<String, Bytes> found =
                Database.read(Files.isDirectory(below) ? below : place, List.of(CERTIFICATES, REVOCATIONS));
        if (!found.containsKey(CERTIFICATES)) {
            throw DevpkiException.invalid("the database " + place + " is not step-ca's: it has no bucket x509_certs");
        }
        StepDatabase database = new StepDatabase(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        found.forEach((key, value) -> database.add(key, value));
        return database;
    }

    private void add(String key, Bytes value) {
        String bucket = key.startsWith(CERTIFICATES) ? CERTIFICATES : REVOCATIONS;
        if (key.equals(bucket)) {
            return;
        }
        String text = key.substring(bucket.length() + Short.BYTES);
        Optional<BigInteger> serial = serial(text);
        if (serial.isEmpty()) {
            misnamed.put(text, value);
        } else {
            (bucket.equals(CERTIFICATES) ? certificates : revocations).putIfAbsent(serial.get(), value);
        }
    }

    /** A name with its length before it. */
    private static String bucket(String name) {
        ByteBuffer octets = ByteBuffer.allocate(Short.BYTES + name.length()).order(ByteOrder.LITTLE_ENDIAN);
        octets.putShort((short) name.length()).put(name.getBytes(ISO_8859_1));
        return new String(octets.array(), ISO_8859_1);
    }

    /** In decimal, or in hex behind 0x. */
    private static Optional<BigInteger> serial(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        try {
            return Optional.of(lower.startsWith("0x") ? new BigInteger(lower.substring(2), 16) : new BigInteger(lower));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
