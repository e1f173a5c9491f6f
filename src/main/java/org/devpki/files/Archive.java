package org.devpki.files;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/**
 * One file that holds many, each whole in memory and the archive never. What is written is the same octet for octet for
 * the same files: one time for all, nobody's, in their order. What is read is as it was written, and nothing else: no
 * folders, no links, no name that leads elsewhere.
 */
public final class Archive {
    /** As much as a bundle's file has. */
    private static final int MOST_FILE_OCTETS = 1 << 24;

    /** How many octets come of one, at most; certificates and keys give about three, CA certificates over and over 50. */
    private static final long MOST_GROWTH = 1000;

    private static final long LEAST_LIMIT_OCTETS = 1 << 26;
    private static final Pattern NAME =
            Pattern.compile("(?:[A-Za-z0-9_%][A-Za-z0-9._+%-]*/)?[A-Za-z0-9_][A-Za-z0-9._+-]*");

    /** The kinds of archive, by how their names end. */
    private enum Format {
        TAR_ZST(".tar.zst"),
        ZIP(".zip");

        private final String ending;

        Format(String ending) {
            this.ending = ending;
        }
    }

    /** Takes the files of an archive that is written. */
    @FunctionalInterface
    public interface Sink {
        /** @param name {@code FILE} or {@code FOLDER/FILE}, of {@code A-Z a-z 0-9 . _ + % -} */
        void add(String name, Modes mode, SecretBytes content);
    }

    /** Writes the files of an archive. */
    @FunctionalInterface
    public interface Filling {
        void into(Sink sink);
    }

    /** Is handed the files of an archive that is read. */
    @FunctionalInterface
    public interface Reader {
        void accept(String name, SecretBytes content);
    }

    private final Path file;
    private final Format format;

    private Archive(Path file, Format format) {
        this.file = file;
        this.format = format;
    }

    /** Empty if the name does not end as that of an archive. */
    public static Optional<Archive> ifNamedSo(Path file) {
        return Arrays.stream(Format.values())
                .filter(format -> file.toString().endsWith(format.ending))
                .findFirst()
                .map(format -> new Archive(file, format));
    }

    /** @throws DevpkiException INVALID_INPUT if the name does not end as that of an archive */
    public static Archive named(Path file) {
        return ifNamedSo(file)
                .orElseThrow(() -> DevpkiException.invalid(
                        "archive " + file + " is of no known kind; a name that ends in .tar.zst or .zip is right"));
    }

    public Path file() {
        return file;
    }

    /** Writes it beside its place, whole, synced and 0600, to be looked at and then settled. */
    public StagedFile stage(Instant at, Filling filling) {
        Filling checked = sink -> filling.into((name, mode, content) -> {
            if (!NAME.matcher(name).matches()) {
                throw DevpkiException.invalid("no file of an archive is called " + Quoted.of(name)
                        + "; letters, digits and . _ + - are right");
            }
            sink.add(name, mode, content);
        });
        return WholeFiles.stage(file, Modes.SECRET_FILE, out -> {
            switch (format) {
                case TAR_ZST -> TarZst.write(out, at, checked);
                case ZIP -> Zip.write(out, scratchFolder(), at, checked);
            }
        });
    }

    private Path scratchFolder() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /**
     * Hands over every file, in order.
     *
     * @throws DevpkiException INTEGRITY if it is cut or damaged, or has in it what {@link #stage} never writes
     */
    public void read(Reader reader) {
        long limit = Math.max(
                LEAST_LIMIT_OCTETS, MOST_GROWTH * WholeFiles.source(file).size());
        Reader checked = (name, content) -> {
            if (!NAME.matcher(name).matches()) {
                throw foreign("a name that leads elsewhere");
            }
            reader.accept(name, content);
        };
        OctetSource octets = WholeFiles.source(file);
        try (InputStream in = octets.open()) {
            Function<InputStream, InputStream> limited = unpacked -> new Unpacked(unpacked, limit);
            switch (format) {
                case TAR_ZST -> TarZst.read(in, limited, checked);
                case ZIP -> Zip.read(octets, in, limited, checked);
            }
        } catch (Foreign e) {
            throw foreign(e.what).causedBy(e);
        } catch (IOException e) {
            throw DevpkiException.integrity("archive " + file + " is cut or damaged: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private DevpkiException foreign(String what) {
        return DevpkiException.integrity(
                        "archive " + file + " has in it " + what + ", which batch archive never writes")
                .hint("if you trust it, unpack it and open the folder");
    }

    /** Something in an archive that a stranger put there. */
    static final class Foreign extends IOException {
        private static final long serialVersionUID = 1L;

        private final String what;

        Foreign(String what) {
            super(what);
            this.what = what;
        }
    }

    /** All octets of one file of an archive. */
    static SecretBytes content(InputStream in, long size) throws IOException {
        if (size > MOST_FILE_OCTETS) {
            throw new Foreign("a file of more than " + MOST_FILE_OCTETS + " octets");
        }
        byte[] octets = in.readNBytes((int) size);
        if (octets.length < size) {
            throw new IOException("it ends within a file");
        }
        return SecretBytes.taking(octets);
    }

    /** The same where the number is not known before. */
    static SecretBytes content(InputStream in) throws IOException {
        byte[] octets = in.readNBytes(MOST_FILE_OCTETS + 1);
        if (octets.length > MOST_FILE_OCTETS) {
            throw new Foreign("a file of more than " + MOST_FILE_OCTETS + " octets");
        }
        return SecretBytes.taking(octets);
    }

    /** Refuses to become more than anybody packs. */
    private static final class Unpacked extends FilterInputStream {
        private long left;

        Unpacked(InputStream in, long limit) {
            super(in);
            this.left = limit;
        }

        private int counted(int count) throws IOException {
            left -= Math.max(count, 0);
            if (left < 0) {
                throw new Foreign("more than " + MOST_GROWTH + " times its own octets");
            }
            return count;
        }

        @Override
        public int read() throws IOException {
            int octet = super.read();
            counted(octet < 0 ? 0 : 1);
            return octet;
        }

        @Override
        public int read(byte[] octets, int from, int length) throws IOException {
            return counted(super.read(octets, from, length));
        }

        @Override
        public long skip(long count) throws IOException {
            return counted((int) super.skip(Math.min(count, Integer.MAX_VALUE)));
        }
    }

    /** What is closed with the compressor, so that the file below stays open to be synced. */
    static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            out.write(octets, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
