package org.devpki.files;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * A tar archive in its ustar form (POSIX.1-1988, IEEE Std 1003.1 "pax", ustar Interchange Format) within one Zstandard
 * frame (RFC 8878) that has a checksum. Each file is a header of 512 octets and its content, filled up with zeros to a
 * multiple of 512; two blocks of zeros end it.
 */
final class TarZst {
    private static final int BLOCK = 512;
    private static final int LEVEL = 3;
    private static final int NAME = 0;
    private static final int NAME_OCTETS = 100;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int TIME = 136;
    private static final int SUM = 148;
    private static final int SUM_OCTETS = 8;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int DEVICE_MAJOR = 329;
    private static final int DEVICE_MINOR = 337;
    private static final int PREFIX = 345;
    private static final int PREFIX_OCTETS = 155;
    private static final byte FILE = '0';
    private static final byte[] USTAR = "ustar\00000".getBytes(StandardCharsets.US_ASCII);

    private TarZst() {}

    static void write(OutputStream file, Instant at, Archive.Filling filling) throws IOException {
        try (ZstdOutputStreamNoFinalizer out =
                loaded(() -> new ZstdOutputStreamNoFinalizer(new Archive.Unclosed(file), LEVEL))) {
            out.setChecksum(true);
            try {
                filling.into((name, mode, content) -> {
                    try {
                        out.write(header(name, mode, content.length(), at));
                        byte[] padding = new byte[padding(content.length())];
                        byte[] octets = content.lend(byte[]::clone);
                        out.write(octets);
                        Arrays.fill(octets, (byte) 0);
                        out.write(padding);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            out.write(new byte[2 * BLOCK]);
        }
    }

    /** Something that needs the native library. */
    @FunctionalInterface
    private interface Loading<T> {
        T load() throws IOException;
    }

    private static <T> T loaded(Loading<T> loading) throws IOException {
        try {
            return loading.load();
        } catch (LinkageError e) { // no folder to unpack it into, or none that programs may run from
            throw DevpkiException.storeFailed("the library of Zstandard cannot be loaded, which .tar.zst needs")
                    .hint(
                            ".zip needs none; DEVPKI_JAVA_OPTS=-Djava.io.tmpdir=FOLDER names a folder that it may be put in")
                    .causedBy(e);
        }
    }

    private static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private static byte[] header(String name, Modes mode, long size, Instant at) {
        int slash = name.length() > NAME_OCTETS ? name.indexOf('/') : -1;
        String last = name.substring(slash + 1);
        String prefix = slash < 0 ? "" : name.substring(0, slash);
        if (last.length() > NAME_OCTETS || prefix.length() > PREFIX_OCTETS) {
            throw DevpkiException.invalid("the name " + name + " is too long for a tar archive; .zip takes it");
        }
        byte[] header = new byte[BLOCK];
        text(header, NAME, last);
        number(header, MODE, 7, mode == Modes.SECRET_FILE ? 0600 : 0644);
        number(header, UID, 7, 0);
        number(header, GID, 7, 0);
        number(header, SIZE, 11, size);
        number(header, TIME, 11, at.getEpochSecond());
        header[TYPE] = FILE;
        System.arraycopy(USTAR, 0, header, MAGIC, USTAR.length);
        number(header, DEVICE_MAJOR, 7, 0);
        number(header, DEVICE_MINOR, 7, 0);
        text(header, PREFIX, prefix);
        number(header, SUM, 6, sum(header));
        header[SUM + 7] = ' ';
        return header;
    }

    private static void text(byte[] header, int at, String text) {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octets, 0, header, at, octets.length);
    }

    /** Octal digits and a NUL. */
    private static void number(byte[] header, int at, int digits, long value) {
        text(header, at, String.format(Locale.ROOT, "%0" + digits + "o", value));
        header[at + digits] = 0;
    }

    /** Of all octets, its own field taken as blanks. */
    private static int sum(byte[] header) {
        int sum = SUM_OCTETS * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= SUM && i < SUM + SUM_OCTETS ? 0 : header[i] & 0xff;
        }
        return sum;
    }

    static void read(InputStream file, Function<InputStream, InputStream> limited, Archive.Reader reader)
            throws IOException {
        try (InputStream in = limited.apply(loaded(() -> new ZstdInputStreamNoFinalizer(file)))) {
            byte[] header = block(in);
            while (!isZero(header)) {
                long size = size(header);
                String name = name(header);
                SecretBytes content = Archive.content(in, size);
                in.skipNBytes(padding(size));
                reader.accept(name, content);
                header = block(in);
            }
            if (!isZero(block(in)) || in.read() >= 0) {
                throw new IOException("it goes on after its end");
            }
        }
    }

    private static byte[] block(InputStream in) throws IOException {
        byte[] block = in.readNBytes(BLOCK);
        if (block.length < BLOCK) {
            throw new IOException("it ends too early");
        }
        return block;
    }

    private static boolean isZero(byte[] block) {
        return Arrays.equals(block, new byte[BLOCK]);
    }

    private static String name(byte[] header) throws IOException {
        if (octal(header, SUM, 6) != sum(header)) {
            throw new IOException("a header's sum is not its own");
        }
        if (!Arrays.equals(Arrays.copyOfRange(header, MAGIC, MAGIC + USTAR.length), USTAR)) {
            throw new Archive.Foreign("a header of another kind of tar");
        }
        if (header[TYPE] != FILE) {
            throw new Archive.Foreign("a link, a folder or another thing that is no file");
        }
        String prefix = text(header, PREFIX, PREFIX_OCTETS);
        return (prefix.isEmpty() ? "" : prefix + "/") + text(header, NAME, NAME_OCTETS);
    }

    private static long size(byte[] header) throws IOException {
        return octal(header, SIZE, 11);
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.ISO_8859_1);
    }

    private static long octal(byte[] header, int at, int digits) throws IOException {
        String text = text(header, at, digits);
        if (!text.matches("[0-7]+")) {
            throw new IOException("a header has a number that is none");
        }
        return Long.parseLong(text, 8);
    }
}
