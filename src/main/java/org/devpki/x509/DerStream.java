package org.devpki.x509;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Values of DER, or nearly DER, read from a stream one header at a time, so that a structure may be larger than memory.
 * Lengths are definite; one that could be written shorter is read, remembered, and put right in what is handed out.
 */
final class DerStream implements AutoCloseable {
    private static final int BUFFER_OCTETS = 1 << 16;
    private static final int MULTI_OCTET_TAG = 0x1f;
    private static final int LONG_LENGTH = 0x80;

    /**
     * What a value begins with.
     *
     * @param length of the content
     * @param octets of the header itself
     */
    record Header(int tag, long length, int octets) {
        /** Header and content. */
        long size() {
            return octets + length;
        }
    }

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_OCTETS];
    private int from;
    private int to;
    private long position;
    private boolean isMinimal = true;

    DerStream(InputStream in) {
        this.in = in;
    }

    /** How many octets have been read. */
    long position() {
        return position;
    }

    /** Whether every length so far was written in the shortest way. */
    boolean isMinimal() {
        return isMinimal;
    }

    Header header() throws IOException {
        int tag = octet();
        if ((tag & MULTI_OCTET_TAG) == MULTI_OCTET_TAG) {
            throw new IOException("a tag of several octets");
        }
        int first = octet();
        if (first < LONG_LENGTH) {
            return new Header(tag, first, 2);
        }
        int count = first & 0x7f;
        if (count == 0 || count > 4) {
            throw new IOException("no definite length, or one of " + count + " octets");
        }
        long length = 0;
        for (int i = 0; i < count; i++) {
            length = (length << Byte.SIZE) | octet();
        }
        isMinimal &= length >= LONG_LENGTH && length >> (Byte.SIZE * (count - 1)) != 0;
        return new Header(tag, length, 2 + count);
    }

    /** A header that must have this tag. */
    Header header(int tag) throws IOException {
        Header header = header();
        if (header.tag() != tag) {
            throw new IOException("tag " + header.tag() + " where " + tag + " is right");
        }
        return header;
    }

    /** @param most octets that such a content can have */
    byte[] content(Header header, int most) throws IOException {
        if (header.length() > most) {
            throw new IOException("a value of " + header.length() + " octets, more than " + most);
        }
        byte[] content = new byte[(int) header.length()];
        for (int at = 0; at < content.length; ) {
            fill();
            int count = Math.min(content.length - at, to - from);
            System.arraycopy(buffer, from, content, at, count);
            from += count;
            at += count;
        }
        position += content.length;
        return content;
    }

    /** The value, header and all. */
    byte[] whole(Header header, int most) throws IOException {
        return whole(header, content(header, most));
    }

    static byte[] whole(Header header, byte[] content) {
        byte[] begin = Der.header(header.tag(), header.length()).toArray();
        byte[] whole = Arrays.copyOf(begin, begin.length + content.length);
        System.arraycopy(content, 0, whole, begin.length, content.length);
        return whole;
    }

    void skip(long count) throws IOException {
        for (long left = count; left > 0; ) {
            fill();
            int some = (int) Math.min(left, to - from);
            from += some;
            left -= some;
        }
        position += count;
    }

    private int octet() throws IOException {
        fill();
        position++;
        return buffer[from++] & 0xff;
    }

    private void fill() throws IOException {
        if (from == to) {
            from = 0;
            to = in.read(buffer);
            if (to <= 0) {
                to = 0;
                throw new EOFException("cut");
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
