package org.devpki.http;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import org.devpki.app.AnswerOcsp;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.OcspResponse;
import org.xnio.Options;

/**
 * OCSP over HTTP (RFC 6960 appendix A) with the cache headers of RFC 5019 section 6.2. Requests are read without a thread
 * of their own, so slow clients cost a socket and nothing else.
 */
public final class OcspServer implements AutoCloseable {
    private static final String REQUEST_TYPE = "application/ocsp-request";
    private static final String RESPONSE_TYPE = "application/ocsp-response";
    private static final int MOST_HEADER_OCTETS = 96 * 1024; // a GET carries its request in the first line
    private static final int REQUEST_MILLIS = 10_000;
    private static final int IDLE_MILLIS = 60_000;

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final AnswerOcsp answers;
    private final Clock clock;
    private final String basePath;
    private final Undertow server;

    private OcspServer(AnswerOcsp answers, Clock clock, InetSocketAddress address, String basePath, int requestMillis) {
        this.answers = answers;
        this.clock = clock;
        this.basePath = basePath;
        this.server = Undertow.builder()
                .addHttpListener(address.getPort(), address.getHostString(), this::handle)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) AnswerOcsp.MOST_REQUEST_OCTETS)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MOST_HEADER_OCTETS)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, requestMillis)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
                .setServerOption(UndertowOptions.URL_CHARSET, StandardCharsets.US_ASCII.name())
                .setSocketOption(Options.READ_TIMEOUT, requestMillis)
                .setSocketOption(Options.WRITE_TIMEOUT, requestMillis)
                .build();
    }

    /**
     * Listens at once.
     *
     * @param address port 0 for any free one
     * @param basePath of the OCSP URL in certificates, such as {@code /ocsp}; empty for none
     * @throws DevpkiException INVALID_INPUT if the address cannot be had
     */
    public static OcspServer start(AnswerOcsp answers, Clock clock, InetSocketAddress address, String basePath) {
        return start(answers, clock, address, basePath, REQUEST_MILLIS);
    }

    /** @param requestMillis how long a client may take to send its request's header, or the next part of its body */
    static OcspServer start(
            AnswerOcsp answers, Clock clock, InetSocketAddress address, String basePath, int requestMillis) {
        OcspServer server = new OcspServer(answers, clock, address, basePath, requestMillis);
        try {
            server.server.start();
        } catch (RuntimeException e) {
            String why = e.getCause() instanceof BindException bind ? String.valueOf(bind.getMessage()) : e.toString();
            throw DevpkiException.invalid(
                            "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + why)
                    .causedBy(e);
        }
        return server;
    }

    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    private void handle(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().equals(Methods.POST)) {
            post(exchange);
        } else if (exchange.getRequestMethod().equals(Methods.GET)) {
            get(exchange);
        } else {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, POST");
            fail(exchange, StatusCodes.METHOD_NOT_ALLOWED, "OCSP requests come by GET or POST");
        }
    }

    private void post(HttpServerExchange exchange) {
        String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(REQUEST_TYPE)) {
            fail(exchange, StatusCodes.UNSUPPORTED_MEDIA_TYPE, "the content type of a request is " + REQUEST_TYPE);
            return;
        }
        exchange.getRequestReceiver()
                .receiveFullBytes(
                        (received, octets) -> received.dispatch(() -> answer(received, Bytes.of(octets))),
                        OcspServer::failReading);
    }

    private static void failReading(HttpServerExchange exchange, IOException e) {
        if (e instanceof Receiver.RequestToLargeException || e instanceof RequestTooBigException) {
            fail(
                    exchange,
                    StatusCodes.REQUEST_ENTITY_TOO_LARGE,
                    "a request has at most " + AnswerOcsp.MOST_REQUEST_OCTETS + " octets");
        } else {
            fail(exchange, StatusCodes.BAD_REQUEST, "the request did not arrive whole");
        }
    }

    /** The request is what follows the base path, base64 and then URL-encoded (RFC 6960 appendix A.1). */
    private void get(HttpServerExchange exchange) {
        String path = exchange.getRequestURI();
        String prefix = path.startsWith(basePath + "/") ? basePath + "/" : "/";
        byte[] request;
        try {
            // a plus sign stands for itself in a path
            String base64 =
                    URLDecoder.decode(path.substring(prefix.length()).replace("+", "%2B"), StandardCharsets.US_ASCII);
            request = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            fail(exchange, StatusCodes.BAD_REQUEST, "the path does not end in a base64-encoded request");
            return;
        }
        exchange.dispatch(() -> answer(exchange, Bytes.of(request)));
    }

    private void answer(HttpServerExchange exchange, Bytes request) {
        OcspResponse response = answers.run(request);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, RESPONSE_TYPE);
        response.freshness()
                .ifPresentOrElse(
                        freshness -> cacheable(exchange, response, freshness),
                        () -> exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store"));
        exchange.getResponseSender().send(ByteBuffer.wrap(response.der().toArray()));
    }

    private void cacheable(HttpServerExchange exchange, OcspResponse response, OcspResponse.Freshness freshness) {
        Instant now = clock.instant();
        long maxAge = Math.max(0, Duration.between(now, freshness.nextUpdate()).toSeconds());
        exchange.getResponseHeaders()
                .put(Headers.CACHE_CONTROL, "max-age=" + maxAge + ", public, no-transform, must-revalidate")
                .put(Headers.LAST_MODIFIED, HTTP_DATE.format(freshness.thisUpdate()))
                .put(Headers.EXPIRES, HTTP_DATE.format(freshness.nextUpdate()))
                .put(Headers.ETAG, '"' + response.der().sha256().hex() + '"');
    }

    private static void fail(HttpServerExchange exchange, int status, String sentence) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=us-ascii");
        exchange.getResponseSender().send(sentence + "\n");
    }

    @Override
    public void close() {
        server.stop();
    }
}
