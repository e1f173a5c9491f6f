package org.devpki.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A way to an HTTP server that notes what is asked, and can break off in the middle of a request's body. */
final class CutWire implements AutoCloseable {
    private record Cut(String request, int bodyOctets) {}

    private final ServerSocket listening;
    private final int target;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<ByteArrayOutputStream> asked = new ConcurrentLinkedQueue<>();
    private volatile Optional<Cut> cut = Optional.empty();

    private CutWire(ServerSocket listening, int target) {
        this.listening = listening;
        this.target = target;
    }

    static CutWire to(int port) {
        try {
            CutWire wire = new CutWire(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            wire.threads.execute(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** From now on, requests that begin so end after this much of their body. */
    void cutting(String request, int bodyOctets) {
        cut = Optional.of(new Cut(request, bodyOctets));
    }

    void mended() {
        cut = Optional.empty();
    }

    /** How often something was asked that begins so. */
    int count(String request) {
        return asked.stream()
                .mapToInt(sent -> text(sent).split(request, -1).length - 1)
                .sum();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            threads.execute(() -> answer(server, client));
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            asked.add(request);
            byte[] chunk = new byte[1 << 16];
            InputStream in = client.getInputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                int before = request.size();
                request.write(chunk, 0, length);
                int end = end(text(request));
                server.getOutputStream().write(chunk, 0, Math.min(length, Math.max(0, end - before)));
                if (end < request.size()) {
                    return;
                }
            }
        } catch (IOException e) {
            // one side is gone, and so the other goes too
        }
    }

    private void answer(Socket server, Socket client) {
        try {
            server.getInputStream().transferTo(client.getOutputStream());
            client.close();
        } catch (IOException e) {
            // likewise
        }
    }

    private static String text(ByteArrayOutputStream sent) {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    private int end(String sent) {
        return cut.map(where -> {
                    int request = sent.indexOf(where.request());
                    int body = request < 0 ? -1 : sent.indexOf("\r\n\r\n", request);
                    return body < 0 ? Integer.MAX_VALUE : body + 4 + where.bodyOctets();
                })
                .orElse(Integer.MAX_VALUE);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        threads.shutdownNow();
    }
}
