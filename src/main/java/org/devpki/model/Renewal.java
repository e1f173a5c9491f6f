package org.devpki.model;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * How a certificate follows another one of its name. It stands in the ledger behind the hash of the order that made it:
 * 32 octets of hash, an octet of kind, the serial's octets. So it goes wherever a certificate's row goes.
 *
 * @param of the certificate that is followed
 */
public record Renewal(Kind kind, SerialNumber of) {
    private static final int HASH_OCTETS = 32;

    /** What is new beside the certificate. */
    public enum Kind {
        /** Nothing: the key stays. */
        RENEWED('n'),
        /** The key. */
        REKEYED('k'),
        /** The device too. */
        REPLACED('d');

        private final byte octet;

        Kind(char octet) {
            this.octet = (byte) octet;
        }

        public String text() {
            return switch (this) {
                case RENEWED -> "renewed";
                case REKEYED -> "rekeyed";
                case REPLACED -> "replaced";
            };
        }

        private static Kind of(byte octet) {
            return Arrays.stream(values())
                    .filter(kind -> kind.octet == octet)
                    .findFirst()
                    .orElseThrow(() -> DevpkiException.integrity(
                            "the ledger has a certificate that follows another one in a way that is not known"));
        }
    }

    /** The order's hash, and behind it this. */
    public Bytes mark(Bytes orderHash) {
        byte[] serial = Bytes.fromHex(of.hex()).toArray();
        byte[] marked = Arrays.copyOf(orderHash.toArray(), HASH_OCTETS + 1 + serial.length);
        marked[HASH_OCTETS] = kind.octet;
        System.arraycopy(serial, 0, marked, HASH_OCTETS + 1, serial.length);
        return Bytes.of(marked);
    }

    /** What {@link #mark} put there; empty behind the hash of an order that follows no certificate. */
    static Optional<Renewal> ofMarked(Bytes orderHash) {
        if (orderHash.length() <= HASH_OCTETS + 1) {
            return Optional.empty();
        }
        byte[] octets = orderHash.toArray();
        BigInteger serial = new BigInteger(1, Arrays.copyOfRange(octets, HASH_OCTETS + 1, octets.length));
        return Optional.of(new Renewal(Kind.of(octets[HASH_OCTETS]), new SerialNumber(serial)));
    }
}
