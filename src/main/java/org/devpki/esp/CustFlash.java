package org.devpki.esp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.SecretBytes;

/**
 * The {@code cust_flash} flavour: 64 octets of metadata, then each part at its own offset, in 0x6000 octets of erased
 * flash. PEM texts have their NUL.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">layout, and the tool version it was checked against</a>
 */
final class CustFlash {
    private static final int SIZE_OCTETS = Flavour.CUST_FLASH.sizeOctets();

    private static final int MAGIC = 0x12345678;
    private static final int METADATA_OCTETS = 64;
    private static final Part CERTIFICATE = new Part("certificate", 0, 64, 2048);
    private static final Part CA = new Part("CA certificate", 8, 2112, 4096);
    private static final Part KEY = new Part("key", 16, 6208, 4096);
    private static final int MAGIC_AT = 24;
    private static final int DS_MAGIC_AT = 36;
    private static final int IV_OCTETS = 16;

    /**
     * A part of the image.
     *
     * @param metadataAt where CRC and length stand
     * @param offset where it begins
     */
    private record Part(String what, int metadataAt, int offset, int mostOctets) {}

    private CustFlash() {}

    static SecretBytes encode(LegacyImage parts) {
        ByteBuffer image = ByteBuffer.allocate(SIZE_OCTETS).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(image.array(), METADATA_OCTETS, SIZE_OCTETS, (byte) 0xff);
        put(image, CERTIFICATE, parts.certificate().toArray());
        parts.ca().ifPresent(octets -> put(image, CA, octets.toArray()));
        parts.key().ifPresent(secret -> {
            secret.lend(octets -> put(image, KEY, octets));
            image.putInt(MAGIC_AT, MAGIC);
        });
        parts.ds().ifPresent(digitalSignature -> {
            byte[] c = digitalSignature.blob().ciphertext().toArray();
            byte[] iv = digitalSignature.blob().iv().toArray();
            put(image, KEY, c);
            image.putInt(MAGIC_AT, EspCrc.of(iv)).putShort(MAGIC_AT + 4, (short) iv.length);
            image.putShort(MAGIC_AT + 6, (short) digitalSignature.blob().rsaBits());
            image.put(MAGIC_AT + 8, (byte) digitalSignature.keyId());
            image.putInt(DS_MAGIC_AT, MAGIC);
            image.put(KEY.offset() + c.length + IV_OCTETS, iv);
        });
        return SecretBytes.taking(image.array());
    }

    private static boolean put(ByteBuffer image, Part part, byte[] octets) {
        if (octets.length > part.mostOctets()) {
            throw DevpkiException.refused("a " + part.what() + " of " + octets.length
                    + " octets does not fit the cust_flash layout; " + part.mostOctets() + " do");
        }
        image.putInt(part.metadataAt(), EspCrc.of(octets)).putShort(part.metadataAt() + 4, (short) octets.length);
        image.put(part.offset(), octets);
        return true;
    }

    /** Whether the octets have the layout's magic. */
    static boolean isImage(Bytes octets) {
        if (octets.length() < SIZE_OCTETS) {
            return false;
        }
        ByteBuffer image = ByteBuffer.wrap(octets.toArray()).order(ByteOrder.LITTLE_ENDIAN);
        return image.getInt(MAGIC_AT) == MAGIC || image.getInt(DS_MAGIC_AT) == MAGIC;
    }

    /** @throws DevpkiException INVALID_INPUT if it is none, INTEGRITY if a CRC does not hold */
    static LegacyImage decode(SecretBytes octets) {
        return octets.lend(all -> {
            if (!isImage(Bytes.of(all))) {
                throw DevpkiException.invalid("this is no cust_flash image: its metadata has no magic 78 56 34 12");
            }
            ByteBuffer image = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
            Bytes certificate = Bytes.of(get(image, CERTIFICATE));
            Optional<Bytes> ca =
                    image.getShort(CA.metadataAt() + 4) == 0 ? Optional.empty() : Optional.of(Bytes.of(get(image, CA)));
            byte[] key = get(image, KEY);
            if (image.getInt(DS_MAGIC_AT) != MAGIC) {
                return new LegacyImage(certificate, ca, Optional.of(SecretBytes.taking(key)), Optional.empty());
            }
            byte[] iv = new byte[IV_OCTETS];
            image.get(KEY.offset() + key.length + IV_OCTETS, iv);
            if (image.getShort(MAGIC_AT + 4) != IV_OCTETS || image.getInt(MAGIC_AT) != EspCrc.of(iv)) {
                throw DevpkiException.integrity(
                        "the IV of the cust_flash image does not hold: its length or CRC is wrong");
            }
            int bits = image.getShort(MAGIC_AT + 6) & 0xffff;
            return new LegacyImage(
                    certificate,
                    ca,
                    Optional.empty(),
                    Optional.of(new LegacyImage.Ds(DsBlob.of(bits, iv, key), image.get(MAGIC_AT + 8) & 0xff)));
        });
    }

    private static byte[] get(ByteBuffer image, Part part) {
        int length = image.getShort(part.metadataAt() + 4) & 0xffff;
        if (length > part.mostOctets()) {
            throw DevpkiException.integrity(
                    "the " + part.what() + " of the cust_flash image says that it has " + length + " octets");
        }
        byte[] octets = new byte[length];
        image.get(part.offset(), octets);
        if (EspCrc.of(octets) != image.getInt(part.metadataAt())) {
            throw DevpkiException.integrity("the CRC of the " + part.what() + " in the cust_flash image does not hold");
        }
        return octets;
    }
}
