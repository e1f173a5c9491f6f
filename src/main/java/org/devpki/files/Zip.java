package org.devpki.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.devpki.model.OctetSource;
import org.devpki.model.SecretBytes;

/**
 * A zip archive (PKWARE's APPNOTE 6.3.10), deflated, with the modes of Unix, which the JDK's own writer cannot say; zip64
 * where there is much. The directory at its end waits on the disk, so that a hundred thousand devices take no memory.
 */
final class Zip {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_OCTETS = 22;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final short VERSION = 20;
    private static final short VERSION_64 = 45;
    private static final short MADE_BY_UNIX = 3 << 8 | VERSION_64;
    private static final short DEFLATED = 8;
    private static final int REGULAR_FILE = 0100000;
    private static final long MOST_32 = 0xffffffffL;
    private static final int MOST_16 = 0xffff;

    private final OutputStream out;
    private final OutputStream directory;
    private final int dosTime;
    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private long offset;
    private long files;

    private Zip(OutputStream out, OutputStream directory, Instant at) {
        this.out = out;
        this.directory = directory;
        this.dosTime = dosTime(at);
    }

    /** @param scratch a folder with room */
    static void write(OutputStream out, Path scratch, Instant at, Archive.Filling filling) throws IOException {
        long[] written = new long[2];
        try (ScratchFile directory = ScratchFile.in(scratch, kept -> {
            Zip zip = new Zip(out, kept, at);
            try {
                filling.into(zip::add);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            } finally {
                zip.deflater.end();
            }
            written[0] = zip.offset;
            written[1] = zip.files;
        })) {
            directory.copyTo(out);
            end(out, written[0], directory.size(), written[1]);
        }
    }

    private void add(String name, Modes mode, SecretBytes content) {
        byte[] octets = content.lend(byte[]::clone);
        byte[] packed = new byte[octets.length + octets.length / 1000 + 64];
        deflater.reset();
        deflater.setInput(octets);
        deflater.finish();
        int length = deflater.deflate(packed);
        if (!deflater.finished()) {
            throw new IllegalStateException("deflate needs more room than it may");
        }
        CRC32 crc = new CRC32();
        crc.update(octets);
        Arrays.fill(octets, (byte) 0);
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] header = new byte[30];
            ByteBuffer local = buffer(header).putInt(LOCAL).putShort(VERSION);
            shared(local, crc, length, octets.length, path.length).putShort((short) 0);
            out.write(header);
            out.write(path);
            out.write(packed, 0, length);
            boolean isFar = offset >= MOST_32;
            byte[] record = new byte[46 + path.length + (isFar ? 12 : 0)];
            ByteBuffer central =
                    buffer(record).putInt(CENTRAL).putShort(MADE_BY_UNIX).putShort(isFar ? VERSION_64 : VERSION);
            shared(central, crc, length, octets.length, path.length)
                    .putShort((short) (isFar ? 12 : 0))
                    .putShort((short) 0) // no comment
                    .putShort((short) 0) // the first disk
                    .putShort((short) 0) // no text
                    .putInt((REGULAR_FILE | (mode == Modes.SECRET_FILE ? 0600 : 0644)) << 16)
                    .putInt((int) Math.min(offset, MOST_32))
                    .put(path);
            if (isFar) {
                central.putShort((short) 1).putShort((short) 8).putLong(offset);
            }
            directory.write(record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Arrays.fill(packed, (byte) 0);
        offset += 30 + path.length + length;
        files++;
    }

    /** From the flags to the length of the name. */
    private ByteBuffer shared(ByteBuffer header, CRC32 crc, int packed, int size, int name) {
        return header.putShort((short) 0)
                .putShort(DEFLATED)
                .putInt(dosTime)
                .putInt((int) crc.getValue())
                .putInt(packed)
                .putInt(size)
                .putShort((short) name);
    }

    private static void end(OutputStream out, long at, long size, long files) throws IOException {
        if (files >= MOST_16 || at >= MOST_32 || size >= MOST_32) {
            byte[] record = new byte[56 + 20];
            buffer(record)
                    .putInt(END_64)
                    .putLong(44)
                    .putShort(MADE_BY_UNIX)
                    .putShort(VERSION_64)
                    .putInt(0)
                    .putInt(0)
                    .putLong(files)
                    .putLong(files)
                    .putLong(size)
                    .putLong(at)
                    .putInt(LOCATOR_64)
                    .putInt(0)
                    .putLong(at + size)
                    .putInt(1);
            out.write(record);
        }
        short count = (short) Math.min(files, MOST_16);
        byte[] record = new byte[END_OCTETS];
        buffer(record)
                .putInt(END)
                .putInt(0)
                .putShort(count)
                .putShort(count)
                .putInt((int) Math.min(size, MOST_32))
                .putInt((int) Math.min(at, MOST_32))
                .putShort((short) 0);
        out.write(record);
    }

    private static ByteBuffer buffer(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Date in the upper half, time in the lower; two seconds a step, from 1980 on. */
    private static int dosTime(Instant at) {
        ZonedDateTime utc = at.atZone(ZoneOffset.UTC);
        int date = (utc.getYear() - 1980) << 9 | utc.getMonthValue() << 5 | utc.getDayOfMonth();
        return date << 16 | utc.getHour() << 11 | utc.getMinute() << 5 | utc.getSecond() / 2;
    }

    /** @param in the same octets, from the first on; the directory at the end is for others, but must be whole */
    static void read(
            OctetSource file, InputStream in, Function<InputStream, InputStream> limited, Archive.Reader reader)
            throws IOException {
        int files = 0;
        try (ZipInputStream zip = new ZipInputStream(in, StandardCharsets.US_ASCII)) {
            InputStream unpacked = limited.apply(zip);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                reader.accept(entry.getName(), Archive.content(unpacked));
                files++;
            }
        } catch (IllegalArgumentException e) { // a name or an extra field that the JDK makes nothing of
            throw new IOException(e.getMessage(), e);
        }
        if (file.size() < END_OCTETS) {
            throw new IOException("it ends too early");
        }
        ByteBuffer end = buffer(
                file.slice(file.size() - END_OCTETS, END_OCTETS).toBytes().toArray());
        if (end.getInt() != END || Short.toUnsignedInt(end.getShort(10)) != Math.min(files, MOST_16)) {
            throw new IOException("its directory is not that of its files");
        }
    }
}
