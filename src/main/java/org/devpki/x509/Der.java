package org.devpki.x509;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/** The edge of the ASN.1 library: encodes, and turns whatever it throws on broken input into one sentence. */
final class Der {
    /** Something read from octets. */
    @FunctionalInterface
    interface Reading<T> {
        T read() throws IOException;
    }

    private Der() {}

    static byte[] encode(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Bytes bytes(ASN1Encodable value) {
        return Bytes.of(encode(value));
    }

    /**
     * @param what the thing that is read, for the message: {@code certificate}
     * @throws DevpkiException INVALID_INPUT whatever the library makes of the octets
     */
    static <T> T reading(String what, Reading<T> reading) {
        try {
            return reading.read();
        } catch (DevpkiException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw DevpkiException.invalid("the " + what + " is not well-formed DER")
                    .causedBy(e);
        }
    }

    /** Something read once more from octets that were well-formed before; only their place can fail. */
    static <T> T still(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw DevpkiException.storeFailed("a CRL can no longer be read: " + e.getMessage())
                    .causedBy(e);
        }
    }

    /** What a value of this tag and length begins with; the length in its shortest form (X.690 section 10.1). */
    static Bytes header(int tag, long length) {
        if (length < 0x80) {
            return Bytes.of(new byte[] {(byte) tag, (byte) length});
        }
        int count = (Long.SIZE - Long.numberOfLeadingZeros(length) + Byte.SIZE - 1) / Byte.SIZE;
        byte[] header = new byte[2 + count];
        header[0] = (byte) tag;
        header[1] = (byte) (0x80 | count);
        for (int i = 0; i < count; i++) {
            header[1 + count - i] = (byte) (length >> (Byte.SIZE * i));
        }
        return Bytes.of(header);
    }

    /** The members, as they stand, in a value of this tag. */
    static Bytes wrap(int tag, Bytes... members) {
        int length = Arrays.stream(members).mapToInt(Bytes::length).sum();
        ByteArrayOutputStream value = new ByteArrayOutputStream(length + 6);
        value.writeBytes(header(tag, length).toArray());
        for (Bytes member : members) {
            value.writeBytes(member.toArray());
        }
        return Bytes.of(value.toByteArray());
    }

    /** Whether the octets are one DER value, encoded in the one way that DER allows. */
    static boolean isCanonical(byte[] octets) {
        try {
            return Arrays.equals(octets, ASN1Primitive.fromByteArray(octets).getEncoded(ASN1Encoding.DER));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** The members of a SEQUENCE or SET as they stand, header and all; definite lengths only. */
    static List<byte[]> members(byte[] octets) throws IOException {
        int[] outer = header(octets, 0);
        if (outer[1] != octets.length) {
            throw new IOException("octets after the end");
        }
        List<byte[]> members = new ArrayList<>();
        for (int at = outer[0]; at < outer[1]; ) {
            int end = header(octets, at)[1];
            if (end > outer[1]) {
                throw new IOException("a member reaches past its sequence");
            }
            members.add(Arrays.copyOfRange(octets, at, end));
            at = end;
        }
        return members;
    }

    /** Where the content of the value at {@code from} begins and ends. */
    private static int[] header(byte[] octets, int from) throws IOException {
        if (octets.length - from < 2 || (octets[from] & 0x1f) == 0x1f) {
            throw new IOException("no header at " + from);
        }
        int length = octets[from + 1] & 0xff;
        int content = from + 2;
        if (length >= 0x80) {
            int count = length & 0x7f;
            if (count == 0 || count > 4 || octets.length - content < count) {
                throw new IOException("no definite length at " + from);
            }
            long large = 0;
            for (int i = 0; i < count; i++) {
                large = (large << 8) | (octets[content++] & 0xff);
            }
            if (large > octets.length) {
                throw new IOException("length " + large + " at " + from);
            }
            length = (int) large;
        }
        if (length > octets.length - content) {
            throw new IOException("value at " + from + " is cut");
        }
        return new int[] {content, content + length};
    }
}
