package org.devpki.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.devpki.model.OctetSource;
import org.devpki.model.Spool;

/** Octets on the disk under no name: nobody else sees them, and they are gone with the process, however it ends. */
public final class ScratchFile implements OctetSource, AutoCloseable {
    private static final Set<StandardOpenOption> NAMELESS = Set.of(
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.DELETE_ON_CLOSE); // at once, on every Unix: an open file needs no name

    private final FileChannel channel;
    private final long size;

    private ScratchFile(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
    }

    /** @param folder which must be there, and have room */
    public static ScratchFile in(Path folder, Spool.Filling filling) {
        try {
            FileChannel channel = FileChannel.open(
                    WholeFiles.beside(folder.resolve("scratch")),
                    NAMELESS,
                    PosixFilePermissions.asFileAttribute(Modes.SECRET_FILE.permissions()));
            boolean isFilled = false;
            try {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK_OCTETS);
                filling.into(out);
                out.flush();
                isFilled = true;
                return new ScratchFile(channel, channel.size());
            } finally {
                if (!isFilled) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw WholeFiles.failed("cannot write a file in " + folder, e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream open() {
        return new InputStream() {
            private long position = 0;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
            }

            @Override
            public int read(byte[] octets, int offset, int length) throws IOException {
                int count = channel.read(ByteBuffer.wrap(octets, offset, length), position);
                position += Math.max(count, 0);
                return count;
            }

            @Override
            public long skip(long count) {
                long skipped = Math.max(0, Math.min(count, size - position));
                position += skipped;
                return skipped;
            }
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw WholeFiles.failed("cannot close a scratch file", e);
        }
    }
}
