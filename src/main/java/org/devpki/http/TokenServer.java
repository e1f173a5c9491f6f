package org.devpki.http;

import io.undertow.io.Receiver;
import io.undertow.io.Sender;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.devpki.app.ExchangeCertificate;
import org.devpki.app.ExchangeCertificate.Answer;
import org.devpki.app.ServerIdentity;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.xnio.Options;
import org.xnio.SslClientAuthMode;

/**
 * Access tokens over HTTPS: a device that shows its certificate posts to {@code /token} and gets one (RFC 6749 section 4.4,
 * RFC 8705 section 2). The key set is there for everybody, at {@code /jwks.json}. Requests are read without a thread of their
 * own and within bounds; they are answered by threads that may wait for the ledger.
 */
public final class TokenServer implements AutoCloseable {
    private static final int MOST_BODY_OCTETS = 4096;
    private static final int MOST_HEADER_OCTETS = 16 * 1024;
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Set<String> KEY_SETS = Set.of("/jwks.json", "/.well-known/jwks.json");

    private final ExchangeCertificate exchanges;
    private final ClientBounds bounds;
    private final Listening listening;

    private TokenServer(
            ExchangeCertificate exchanges, ServerIdentity identity, InetSocketAddress address, ClientBounds bounds) {
        this.exchanges = exchanges;
        this.bounds = bounds;
        this.listening = Listening.start(
                Listening.bounded(bounds, MOST_BODY_OCTETS, MOST_HEADER_OCTETS)
                        .addHttpsListener(
                                address.getPort(),
                                address.getHostString(),
                                MutualTls.context(identity, exchanges::trusted),
                                this::handle)
                        // not required: brokers that fetch the key set have none
                        .setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUESTED)
                        .build(),
                address);
    }

    /**
     * Listens at once.
     *
     * @param address port 0 for any free one
     * @throws DevpkiException INVALID_INPUT if the address cannot be had, KEY_UNAVAILABLE for a key that TLS cannot use
     */
    public static TokenServer start(ExchangeCertificate exchanges, ServerIdentity identity, InetSocketAddress address) {
        return start(exchanges, identity, address, ClientBounds.STANDARD);
    }

    static TokenServer start(
            ExchangeCertificate exchanges, ServerIdentity identity, InetSocketAddress address, ClientBounds bounds) {
        return new TokenServer(exchanges, identity, address, bounds);
    }

    public int port() {
        return listening.port();
    }

    private void handle(HttpServerExchange exchange) {
        Listening.closeUnlessReceivedInTime(exchange, bounds);
        String path = exchange.getRequestPath();
        HttpString wanted = path.equals("/token") ? Methods.POST : Methods.GET;
        if (!path.equals("/token") && !KEY_SETS.contains(path)) {
            fail(exchange, StatusCodes.NOT_FOUND, "invalid_request", "there are /token and /jwks.json");
        } else if (!exchange.getRequestMethod().equals(wanted)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, wanted.toString());
            fail(exchange, StatusCodes.METHOD_NOT_ALLOWED, "invalid_request", path + " is for " + wanted);
        } else if (wanted.equals(Methods.GET)) {
            exchange.dispatch((HttpHandler) this::keySet); // as a handler: what it throws ends the exchange
        } else {
            exchange.getRequestReceiver()
                    .receiveFullBytes(
                            (received, octets) ->
                                    received.dispatch((HttpHandler) waiting -> token(waiting, Bytes.of(octets))),
                            TokenServer::failReading);
        }
    }

    private static void failReading(HttpServerExchange exchange, IOException e) {
        boolean isTooBig = e instanceof Receiver.RequestToLargeException || e instanceof RequestTooBigException;
        fail(
                exchange,
                isTooBig ? StatusCodes.REQUEST_ENTITY_TOO_LARGE : StatusCodes.BAD_REQUEST,
                "invalid_request",
                isTooBig
                        ? "a request has at most " + MOST_BODY_OCTETS + " octets"
                        : "the request did not arrive whole");
    }

    private void keySet(HttpServerExchange exchange) {
        Bytes keys;
        try {
            keys = exchanges.jwks();
        } catch (DevpkiException e) {
            fail(exchange, StatusCodes.SERVICE_UNAVAILABLE, "temporarily_unavailable", "ask again");
            return;
        }
        exchange.getResponseHeaders()
                .put(Headers.CONTENT_TYPE, "application/jwk-set+json")
                .put(Headers.CACHE_CONTROL, "max-age=300, public");
        exchange.getResponseSender().send(ByteBuffer.wrap(keys.toArray()));
    }

    private void token(HttpServerExchange exchange, Bytes body) {
        Map<String, String> form;
        try {
            form = form(exchange, body);
        } catch (IllegalArgumentException e) {
            fail(exchange, StatusCodes.BAD_REQUEST, "invalid_request", "the body is not " + FORM);
            return;
        }
        if (!form.getOrDefault("grant_type", "client_credentials").equals("client_credentials")) {
            fail(exchange, StatusCodes.BAD_REQUEST, "unsupported_grant_type", "the grant is client_credentials");
            return;
        }
        Optional<CertificateDer> shown = shown(exchange);
        if (shown.isEmpty()) {
            fail(exchange, StatusCodes.UNAUTHORIZED, "invalid_client", "no client certificate was shown");
            return;
        }
        exchanges
                .run(shown.get(), Optional.ofNullable(form.get("client_id")))
                .<Runnable>match(
                        given -> () -> give(exchange, given),
                        refused -> () -> fail(exchange, StatusCodes.UNAUTHORIZED, "invalid_client", refused.sentence()),
                        unavailable -> () ->
                                fail(exchange, StatusCodes.SERVICE_UNAVAILABLE, "temporarily_unavailable", "ask again"))
                .run();
    }

    /** RFC 6749 section 5.1. */
    private static void give(HttpServerExchange exchange, Answer.Given given) {
        json(exchange)
                .send("{\"access_token\":\"" + given.text() + "\",\"token_type\":\"Bearer\",\"expires_in\":"
                        + given.expiresIn().toSeconds() + "}\n");
    }

    /** RFC 6749 section 5.2: no quotation mark and no backslash in a description. */
    private static void fail(HttpServerExchange exchange, int status, String error, String description) {
        exchange.setStatusCode(status);
        if (status == StatusCodes.SERVICE_UNAVAILABLE) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "5");
        }
        json(exchange)
                .send("{\"error\":\"" + error + "\",\"error_description\":\""
                        + description.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "'") + "\"}\n");
    }

    private static Sender json(HttpServerExchange exchange) {
        exchange.getResponseHeaders()
                .put(Headers.CONTENT_TYPE, "application/json")
                .put(Headers.CACHE_CONTROL, "no-store")
                .put(Headers.PRAGMA, "no-cache");
        return exchange.getResponseSender();
    }

    private static Optional<CertificateDer> shown(HttpServerExchange exchange) {
        try {
            Certificate leaf = exchange.getConnection().getSslSession().getPeerCertificates()[0];
            return Optional.of(new CertificateDer(Bytes.of(leaf.getEncoded())));
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalArgumentException for what is no form, or has a parameter twice (RFC 6749 section 3.2) */
    private static Map<String, String> form(HttpServerExchange exchange, Bytes body) {
        Map<String, String> form = new HashMap<>();
        if (body.length() == 0) {
            return form;
        }
        String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(FORM)) {
            throw new IllegalArgumentException("another content type");
        }
        for (String pair : body.asUtf8().strip().split("&", -1)) {
            String[] parts = pair.split("=", 2);
            String value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
            if (form.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), value) != null) {
                throw new IllegalArgumentException("a parameter twice");
            }
        }
        return form;
    }

    @Override
    public void close() {
        listening.close();
    }
}
