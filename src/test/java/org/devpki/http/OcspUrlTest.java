package org.devpki.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Bytes;
import org.devpki.model.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asking responders that answer in odd ways, or not at all. */
@Timeout(30)
class OcspUrlTest {
    private static final Duration PATIENCE = Duration.ofMillis(800);
    private static final Bytes REQUEST = Bytes.fromHex("fbefbe00ff");

    private ServerSocket listener;
    private volatile String asked = "";

    @BeforeEach
    void listens() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void closes() throws IOException {
        listener.close();
    }

    private OcspUrl url(String path) {
        return new OcspUrl("http://127.0.0.1:" + listener.getLocalPort() + path, PATIENCE);
    }

    /** Answers the next request with these parts, a pause after each but the first. */
    private void serve(byte[]... parts) {
        Thread server = new Thread(() -> {
            try (Socket socket = listener.accept()) {
                byte[] request = new byte[2000];
                asked = new String(
                        request, 0, Math.max(0, socket.getInputStream().read(request)), US_ASCII);
                for (byte[] part : parts) {
                    socket.getOutputStream().write(part);
                    socket.getOutputStream().flush();
                    TimeUnit.MILLISECONDS.sleep(parts.length > 1 ? 100 : 0);
                }
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt(); // the client has gone, as it should
            }
        });
        server.setDaemon(true);
        server.start();
    }

    private static byte[] response(String status, int length, byte[] body) {
        byte[] header = ("HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n\r\n").getBytes(US_ASCII);
        byte[] all = Arrays.copyOf(header, header.length + body.length);
        System.arraycopy(body, 0, all, header.length, body.length);
        return all;
    }

    @Test
    void theRequestIsInThePathBase64AndThenUrlEncoded() {
        serve(response("200 OK", 2, new byte[] {1, 2}));

        assertEquals(Bytes.fromHex("0102"), url("/ocsp/").answer(REQUEST));
        assertEquals(
                "GET /ocsp/%2B%2B%2B%2BAP8%3D HTTP/1.1",
                asked.lines().findFirst().orElse(""));
    }

    @Test
    void aStatusOtherThan200IsNoAnswer() {
        serve(response("404 Not Found", 0, new byte[0]));

        assertFault(Fault.NOT_FOUND, "answers with HTTP status 404", () -> url("").answer(REQUEST));
    }

    @Test
    void aPortThatNobodyListensOnIsNoAnswer() throws IOException {
        OcspUrl nobody = url("");
        listener.close();

        assertFault(Fault.NOT_FOUND, "cannot be reached", () -> nobody.answer(REQUEST));
    }

    @Test
    void anAnswerThatDripsOrBreaksOffOrHasNoEndIsNoAnswer() {
        byte[][] drips = new byte[100][];
        Arrays.fill(drips, new byte[] {0});
        drips[0] = response("200 OK", 1000, new byte[0]);
        serve(drips);
        assertFault(Fault.NOT_FOUND, "did not answer within", () -> url("").answer(REQUEST));

        serve(response("200 OK", 1000, new byte[10]));
        assertFault(Fault.NOT_FOUND, "broke off its answer", () -> url("").answer(REQUEST));

        serve(response("200 OK", 70_000, new byte[70_000]));
        assertFault(Fault.NOT_FOUND, "answers with more than 65536 octets", () -> url("").answer(REQUEST));
    }
}
