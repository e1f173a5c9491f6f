package org.devpki.x509;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import org.devpki.model.OctetSource;

/** Octets as one PEM block: LF only, lines of 64, one final newline; encoded while they are read. */
final class PemSource implements OctetSource {
    private static final int LINE_CHARACTERS = 64;
    private static final int LINE_OCTETS = 48;
    private static final int LINES_AT_ONCE = 1024;

    private final byte[] begin;
    private final byte[] end;
    private final OctetSource content;

    PemSource(String label, OctetSource content) {
        this.begin = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
        this.end = ("-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
        this.content = content;
    }

    @Override
    public long size() {
        long whole = content.size() / LINE_OCTETS * (LINE_CHARACTERS + 1);
        long rest = content.size() % LINE_OCTETS;
        return begin.length + whole + (rest == 0 ? 0 : (rest + 2) / 3 * 4 + 1) + end.length;
    }

    @Override
    public InputStream open() throws IOException {
        return new SequenceInputStream(Collections.enumeration(Arrays.asList(
                new ByteArrayInputStream(begin), new Body(content.open()), new ByteArrayInputStream(end))));
    }

    /** The lines between the marks. */
    private static final class Body extends InputStream {
        private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'});

        private final InputStream in;
        private ByteArrayInputStream lines = new ByteArrayInputStream(new byte[0]);

        Body(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] octets, int from, int length) throws IOException {
            if (lines.available() == 0) {
                byte[] some = in.readNBytes(LINE_OCTETS * LINES_AT_ONCE);
                if (some.length == 0) {
                    return -1;
                }
                byte[] encoded = ENCODER.encode(some);
                byte[] ended = Arrays.copyOf(encoded, encoded.length + 1);
                ended[encoded.length] = '\n';
                lines = new ByteArrayInputStream(ended);
            }
            return lines.read(octets, from, length);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
