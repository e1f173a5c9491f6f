package org.devpki.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Octets that can be read from their start again and again, wherever they are, and do not change meanwhile. */
public interface OctetSource {
    /** How many at a time are in memory. */
    int CHUNK_OCTETS = 1 << 16;

    /** How many octets there are. */
    long size();

    /** Reads them from the first one on. */
    InputStream open() throws IOException;

    /** What is done with a part of the octets. */
    @FunctionalInterface
    interface ChunkConsumer {
        void accept(byte[] octets, int length) throws IOException;
    }

    /** Hands over all octets, part by part. */
    default void eachChunk(ChunkConsumer consumer) throws IOException {
        byte[] chunk = new byte[(int) Math.max(1, Math.min(CHUNK_OCTETS, size()))];
        try (InputStream in = open()) {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                consumer.accept(chunk, length);
            }
        }
    }

    default void copyTo(OutputStream out) throws IOException {
        eachChunk((octets, length) -> out.write(octets, 0, length));
    }

    /** 32 octets. */
    default Bytes sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            eachChunk((octets, length) -> digest.update(octets, 0, length));
            return Bytes.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** All of them in memory. */
    default Bytes toBytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            copyTo(all);
        } catch (IOException e) {
            throw unreadable(e);
        }
        return Bytes.of(all.toByteArray());
    }

    default boolean hasOctetsOf(OctetSource other) {
        if (size() != other.size()) {
            return false;
        }
        try (InputStream mine = open();
                InputStream others = other.open()) {
            byte[] chunk;
            do {
                chunk = mine.readNBytes(CHUNK_OCTETS);
                if (!Arrays.equals(chunk, others.readNBytes(CHUNK_OCTETS))) {
                    return false;
                }
            } while (chunk.length > 0);
            return true;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** A part of them. */
    default OctetSource slice(long from, long length) {
        OctetSource whole = this;
        return new OctetSource() {
            @Override
            public long size() {
                return length;
            }

            @Override
            public InputStream open() throws IOException {
                InputStream in = whole.open();
                in.skipNBytes(from);
                return new LimitedInputStream(in, length);
            }
        };
    }

    /** One after the other. */
    static OctetSource concat(OctetSource... parts) {
        List<OctetSource> all = List.of(parts);
        return new OctetSource() {
            @Override
            public long size() {
                return all.stream().mapToLong(OctetSource::size).sum();
            }

            @Override
            public InputStream open() throws IOException {
                InputStream[] streams = new InputStream[all.size()];
                for (int i = 0; i < streams.length; i++) {
                    streams[i] = all.get(i).open();
                }
                return new SequenceInputStream(Collections.enumeration(Arrays.asList(streams)));
            }
        };
    }

    private static DevpkiException unreadable(IOException e) {
        return DevpkiException.storeFailed("octets cannot be read: " + e.getMessage())
                .causedBy(e);
    }
}
