package org.devpki.http;

import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.DateUtils;
import io.undertow.util.ETag;
import io.undertow.util.ETagUtils;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import org.devpki.app.AnswerOcsp;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.OcspResponse;

/**
 * OCSP over HTTP (RFC 6960 appendix A) with the cache headers of RFC 5019 section 6.2. Requests are read without a thread
 * of their own, so slow clients cost a socket and nothing else, for a bounded time; sockets are bounded too. The threads
 * that read answer too: that takes less than to hand it to others, and all wait for the one connection to the ledger anyway.
 */
public final class OcspServer implements AutoCloseable {
    private static final String REQUEST_TYPE = "application/ocsp-request";
    private static final String RESPONSE_TYPE = "application/ocsp-response";
    private static final int MOST_HEADER_OCTETS = 96 * 1024; // a GET carries its request in the first line

    private final AnswerOcsp answers;
    private final Clock clock;
    private final String basePath;
    private final ClientBounds bounds;
    private final Listening listening;

    private OcspServer(
            AnswerOcsp answers, Clock clock, InetSocketAddress address, String basePath, ClientBounds bounds) {
        this.answers = answers;
        this.clock = clock;
        this.basePath = basePath;
        this.bounds = bounds;
        this.listening = Listening.start(
                Listening.bounded(bounds, AnswerOcsp.MOST_REQUEST_OCTETS, MOST_HEADER_OCTETS)
                        .addHttpListener(address.getPort(), address.getHostString(), this::handle)
                        .build(),
                address);
    }

    /**
     * Listens at once.
     *
     * @param address port 0 for any free one
     * @param basePath of the OCSP URL in certificates, such as {@code /ocsp}; empty for none
     * @throws DevpkiException INVALID_INPUT if the address cannot be had
     */
    public static OcspServer start(AnswerOcsp answers, Clock clock, InetSocketAddress address, String basePath) {
        return start(answers, clock, address, basePath, ClientBounds.STANDARD);
    }

    static OcspServer start(
            AnswerOcsp answers, Clock clock, InetSocketAddress address, String basePath, ClientBounds bounds) {
        return new OcspServer(answers, clock, address, basePath, bounds);
    }

    public int port() {
        return listening.port();
    }

    private void handle(HttpServerExchange exchange) {
        Listening.closeUnlessReceivedInTime(exchange, bounds);
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
                .receiveFullBytes((received, octets) -> answer(received, Bytes.of(octets)), OcspServer::failReading);
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
        answer(exchange, Bytes.of(request));
    }

    private void answer(HttpServerExchange exchange, Bytes request) {
        OcspResponse response = answers.run(request);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, RESPONSE_TYPE);
        response.freshness()
                .ifPresentOrElse(
                        freshness -> cacheable(exchange, response, freshness),
                        () -> exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store"));
        if (exchange.getStatusCode() == StatusCodes.NOT_MODIFIED) {
            exchange.endExchange();
        } else {
            exchange.getResponseSender().send(ByteBuffer.wrap(response.der().toArray()));
        }
    }

    private void cacheable(HttpServerExchange exchange, OcspResponse response, OcspResponse.Freshness freshness) {
        long maxAge = Math.max(
                0, Duration.between(clock.instant(), freshness.nextUpdate()).toSeconds());
        ETag tag = new ETag(false, response.der().sha256().hex());
        Date modified = Date.from(freshness.thisUpdate());
        exchange.getResponseHeaders()
                .put(Headers.CACHE_CONTROL, "max-age=" + maxAge + ", public, no-transform, must-revalidate")
                .put(Headers.LAST_MODIFIED, DateUtils.toDateString(modified))
                .put(Headers.EXPIRES, DateUtils.toDateString(Date.from(freshness.nextUpdate())))
                .put(Headers.ETAG, tag.toString());
        if (exchange.getRequestMethod().equals(Methods.GET) && isHeld(exchange, tag, modified)) {
            exchange.setStatusCode(StatusCodes.NOT_MODIFIED);
        }
    }

    /** Whether the client has this answer already; a tag tells better than a time (RFC 9110 section 13.2.2). */
    private static boolean isHeld(HttpServerExchange exchange, ETag tag, Date modified) {
        return exchange.getRequestHeaders().contains(Headers.IF_NONE_MATCH)
                ? !ETagUtils.handleIfNoneMatch(exchange, tag, true)
                : !DateUtils.handleIfModifiedSince(exchange, modified);
    }

    private static void fail(HttpServerExchange exchange, int status, String sentence) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=us-ascii");
        exchange.getResponseSender().send(sentence + "\n");
    }

    @Override
    public void close() {
        listening.close();
    }
}
