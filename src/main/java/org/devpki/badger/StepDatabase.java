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
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * What step-ca knows of X.509 certificates, by serial: two buckets, whose names stand before each key (smallstep/certificates,
 * {@code db/db.go}; smallstep/nosql, {@code badger/v2}).
 *
 * @param certificates those that were issued, in DER
 * @param revocations of those that were revoked, in JSON
 */
public record StepDatabase(Map<BigInteger, Bytes> certificates, Map<BigInteger, Bytes> revocations) {
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
        return new StepDatabase(values(found, CERTIFICATES), values(found, REVOCATIONS));
    }

    /** A name with its length before it. */
    private static String bucket(String name) {
        ByteBuffer octets = ByteBuffer.allocate(Short.BYTES + name.length()).order(ByteOrder.LITTLE_ENDIAN);
        octets.putShort((short) name.length()).put(name.getBytes(ISO_8859_1));
        return new String(octets.array(), ISO_8859_1);
    }

    private static SortedMap<BigInteger, Bytes> values(SortedMap<String, Bytes> found, String bucket) {
        SortedMap<BigInteger, Bytes> values = new TreeMap<>();
        found.forEach((key, value) -> {
            if (key.startsWith(bucket) && key.length() > bucket.length() + Short.BYTES) { // else the bucket itself
                values.putIfAbsent(serial(key.substring(bucket.length() + Short.BYTES)), value);
            }
        });
        return values;
    }

    /** In decimal; who revoked one by hand may have written it in hex. */
    private static BigInteger serial(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        try {
            return lower.startsWith("0x") ? new BigInteger(lower.substring(2), 16) : new BigInteger(lower);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid("serial " + Quoted.of(text) + " in step-ca's database is no decimal number")
                    .causedBy(e);
        }
    }
}
