package org.devpki.esp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * The esp_secure_cert partition in its TLV flavour: entries from offset 0 without gaps, erased flash behind them.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">layout, and the tool version it was checked against</a>
 */
public final class SecureCertPartition {
    /** Where the customary partition table line puts it. */
    public static final int OFFSET = 0xD000;

    static final int MAGIC = 0xBA5EBA11;
    private static final byte ERASED = (byte) 0xff;
    private static final int FLAGS_OFFSET = 4;
    private static final int TYPE_OFFSET = 8;
    private static final int LENGTH_OFFSET = 10;
    private static final int MOST_INTEGRITY_ENTRIES = 16;
    private static final int MOST_SIGNERS = 3;

    private SecureCertPartition() {}

    /**
     * An entry where it was found.
     *
     * @param offset of its header
     */
    public record Placed(int offset, TlvEntry entry) {}

    /**
     * An image, read.
     *
     * @param usedOctets from offset 0 to the end of the last entry
     * @param sizeOctets of the whole image
     * @param faults what firmware or people would stumble over, each a sentence; empty when there is nothing
     */
    public record Image(List<Placed> entries, int usedOctets, int sizeOctets, List<String> faults) {
        public Image {
            entries = List.copyOf(entries);
            faults = List.copyOf(faults);
        }

        /** The entries of the type with other subtypes, the lowest first. */
        Stream<TlvEntry> behind(TlvType type) {
            return entries.stream()
                    .map(Placed::entry)
                    .filter(entry -> entry.is(type) && entry.subtype() > 0)
                    .sorted(Comparator.comparing(TlvEntry::subtype));
        }

        /** The entry that firmware finds: subtype 0 of the type. */
        public Optional<TlvEntry> first(TlvType type) {
            return entries.stream()
                    .map(Placed::entry)
                    .filter(entry -> entry.is(type) && entry.subtype() == 0)
                    .findFirst();
        }
    }

    /**
     * The entries, behind them a signature of each key, and an INTEGRITY entry, padded with erased flash.
     *
     * @param signers keys of Secure Boot, at most 3
     * @throws DevpkiException REFUSED if they do not fit, or a key is of a kind that does not sign images
     */
    public static SecretBytes write(List<TlvEntry> entries, List<DeviceKey> signers, int sizeOctets) {
        if (signers.size() > MOST_SIGNERS) {
            throw DevpkiException.invalid(
                    "an image has at most " + MOST_SIGNERS + " signatures, not " + signers.size());
        }
        List<TlvEntry> all = new ArrayList<>(entries);
        byte[] signed = packed(entries);
        for (int i = 0; i < signers.size(); i++) {
            all.add(TlvEntry.of(TlvType.SIGNATURE_BLOCK, i, SignatureBlock.sign(signed, signers.get(i))));
        }
        all.add(integrity(all));
        Arrays.fill(signed, (byte) 0);
        return image(all, sizeOctets);
    }

    /**
     * The entries alone, padded with erased flash.
     *
     * @throws DevpkiException INVALID_INPUT if two have the same type and subtype, REFUSED if they do not fit
     */
    static SecretBytes image(List<TlvEntry> entries, int sizeOctets) {
        Set<List<Integer>> seen = new HashSet<>();
        for (TlvEntry entry : entries) {
            if (!seen.add(List.of(entry.type(), entry.subtype()))) {
                throw DevpkiException.invalid(
                        "two entries are " + entry.name() + " with subtype " + entry.subtype() + "; each must be one");
            }
        }
        int used = entries.stream().mapToInt(TlvEntry::sizeOctets).sum();
        if (used > sizeOctets) {
            throw DevpkiException.refused("the esp_secure_cert entries take " + used + " octets, but the partition has "
                    + sizeOctets + ": " + shares(entries));
        }
        byte[] image = new byte[sizeOctets];
        Arrays.fill(image, ERASED);
        byte[] packed = packed(entries);
        System.arraycopy(packed, 0, image, 0, packed.length);
        Arrays.fill(packed, (byte) 0);
        return SecretBytes.taking(image);
    }

    /** What takes how much, for sentences: {@code DEV_CERT 1200, PRIV_KEY 256}. */
    private static String shares(List<TlvEntry> entries) {
        return String.join(
                ", ",
                entries.stream()
                        .map(entry -> entry.name() + " " + entry.sizeOctets())
                        .toList());
    }

    /** The entry that vouches for all before it. */
    private static TlvEntry integrity(List<TlvEntry> entries) {
        byte[] packed = packed(entries);
        try {
            return TlvEntry.of(TlvType.INTEGRITY, SecretBytes.taking(sha256(packed, packed.length)));
        } finally {
            Arrays.fill(packed, (byte) 0);
        }
    }

    private static byte[] packed(List<TlvEntry> entries) {
        ByteBuffer packed = ByteBuffer.allocate(
                        entries.stream().mapToInt(TlvEntry::sizeOctets).sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (TlvEntry entry : entries) {
            int start = packed.position();
            packed.putInt(MAGIC).put((byte) entry.flags());
            packed.position(start + TYPE_OFFSET);
            packed.put((byte) entry.type()).put((byte) entry.subtype());
            packed.putShort((short) entry.value().length());
            entry.value().lend(packed::put);
            int end = start + entry.sizeOctets() - TlvEntry.CRC_OCTETS;
            packed.position(end);
            packed.putInt(EspCrc.of(packed.array(), start, end));
        }
        return packed.array();
    }

    /**
     * Reads an image, or the beginning of one. An entry that is cut or whose CRC is wrong ends the reading, as firmware
     * ends it, and is a fault.
     *
     * @throws DevpkiException INVALID_INPUT if the octets do not begin with an entry
     */
    public static Image read(SecretBytes image) {
        return image.lend(octets -> {
            if (octets.length < Integer.BYTES
                    || ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).getInt() != MAGIC) {
                throw DevpkiException.invalid(
                        "this is no esp_secure_cert image: it does not begin with the magic 11 ba 5e ba");
            }
            return new Reader(octets).read();
        });
    }

    /** Whether the octets begin as an image does. */
    public static boolean isImage(Bytes octets) {
        return octets.length() >= Integer.BYTES && octets.hex().startsWith("11ba5eba");
    }

    /** One reading. */
    private static final class Reader {
        private final byte[] octets;
        private final ByteBuffer buffer;
        private final List<Placed> entries = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();
        private int at;

        Reader(byte[] octets) {
            this.octets = octets;
            this.buffer = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        }

        Image read() {
            while (at + Integer.BYTES <= octets.length && buffer.getInt(at) == MAGIC) {
                Optional<TlvEntry> entry = entry();
                if (entry.isEmpty()) {
                    return image();
                }
                if (entries.stream().anyMatch(placed -> isSame(placed.entry(), entry.get()))) {
                    faults.add(entry.get().name() + " with subtype "
                            + entry.get().subtype() + " is there twice; firmware finds the first");
                }
                checkIntegrity(entry.get());
                checkSignature(entry.get());
                entries.add(new Placed(at, entry.get()));
                at += entry.get().sizeOctets();
            }
            lookBehind();
            return image();
        }

        private static boolean isSame(TlvEntry one, TlvEntry other) {
            return one.type() == other.type() && one.subtype() == other.subtype();
        }

        private Image image() {
            return new Image(entries, at, octets.length, faults);
        }

        private Optional<TlvEntry> entry() {
            if (octets.length - at < TlvEntry.HEADER_OCTETS) {
                faults.add("the entry at offset " + at + " is cut in its header");
                return Optional.empty();
            }
            int flags = flags();
            int type = octets[at + TYPE_OFFSET] & 0xff;
            int subtype = octets[at + TYPE_OFFSET + 1] & 0xff;
            int length = buffer.getShort(at + LENGTH_OFFSET) & 0xffff;
            int crcAt = at + TlvEntry.HEADER_OCTETS + TlvEntry.padded(length);
            if (octets.length - crcAt < TlvEntry.CRC_OCTETS) {
                faults.add("the entry at offset " + at + " says that it has " + length
                        + " octets, and reaches past the end");
                return Optional.empty();
            }
            if (buffer.getInt(crcAt) != EspCrc.of(octets, at, crcAt)) {
                faults.add("the CRC of the entry at offset " + at + " does not hold; firmware reads no further");
                return Optional.empty();
            }
            try {
                int start = at + TlvEntry.HEADER_OCTETS;
                return Optional.of(new TlvEntry(
                        flags, type, subtype, SecretBytes.taking(Arrays.copyOfRange(octets, start, start + length))));
            } catch (DevpkiException e) {
                faults.add("at offset " + at + ": " + e.sentence());
                return Optional.empty();
            }
        }

        /** The first TLV tools left flags and reserved octets erased, which firmware takes for none. */
        private int flags() {
            boolean isErased = buffer.getInt(at + FLAGS_OFFSET) == -1;
            return isErased ? 0 : octets[at + FLAGS_OFFSET] & 0xff;
        }

        private void checkIntegrity(TlvEntry entry) {
            if (!entry.is(TlvType.INTEGRITY)) {
                return;
            }
            if (entry.subtype() >= MOST_INTEGRITY_ENTRIES) {
                faults.add("INTEGRITY has subtype " + entry.subtype() + "; firmware looks at 0 to "
                        + (MOST_INTEGRITY_ENTRIES - 1));
            }
            byte[] expected = sha256(octets, at);
            boolean holds = entry.value().lend(found -> MessageDigest.isEqual(found, expected));
            if (!holds) {
                faults.add("the INTEGRITY entry at offset " + at + " does not hold for what is before it");
            }
        }

        private void checkSignature(TlvEntry entry) {
            if (!entry.is(TlvType.SIGNATURE_BLOCK)) {
                return;
            }
            int signed = entries.stream()
                    .filter(placed -> placed.entry().is(TlvType.SIGNATURE_BLOCK))
                    .mapToInt(Placed::offset)
                    .findFirst()
                    .orElse(at);
            try {
                if (!entry.value().lend(block -> SignatureBlock.verify(octets, signed, block))) {
                    faults.add("the SIGNATURE_BLOCK at offset " + at + " does not verify over what is before it");
                }
            } catch (DevpkiException e) {
                faults.add("at offset " + at + ": " + e.sentence());
            }
        }

        /** Left-overs of an older, longer image would be read as entries if the gap before them closed. */
        private void lookBehind() {
            for (int i = at; i + Integer.BYTES <= octets.length; i += TlvEntry.UNIT_OCTETS) {
                if (buffer.getInt(i) == MAGIC) {
                    faults.add("there is an entry at offset " + i + ", behind the end at " + at
                            + ", which firmware does not find");
                    return;
                }
            }
        }
    }

    private static byte[] sha256(byte[] octets, int length) {
        return Bytes.of(Arrays.copyOf(octets, length)).sha256().toArray();
    }
}
