package org.devpki.http;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.devpki.model.DevpkiException;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.XnioExecutor;

/** A server that listens on one port, and what bounds its clients. */
final class Listening implements AutoCloseable {
    private final Undertow server;

    private Listening(Undertow server) {
        this.server = server;
    }

    /** A server without listeners yet. */
    static Undertow.Builder bounded(ClientBounds bounds, long mostBodyOctets, int mostHeaderOctets) {
        return Undertow.builder()
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, mostBodyOctets)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, mostHeaderOctets)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, bounds.requestMillis())
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, bounds.idleMillis())
                .setServerOption(UndertowOptions.URL_CHARSET, StandardCharsets.US_ASCII.name())
                .setSocketOption(Options.WRITE_TIMEOUT, bounds.requestMillis())
                .setSocketOption(Options.CONNECTION_HIGH_WATER, bounds.connections())
                .setSocketOption(Options.CONNECTION_LOW_WATER, bounds.connections());
    }

    /** @throws DevpkiException INVALID_INPUT if the address cannot be had */
    static Listening start(Undertow server, InetSocketAddress address) {
        try {
            server.start();
        } catch (RuntimeException e) {
            String why = e.getCause() instanceof BindException bind ? String.valueOf(bind.getMessage()) : e.toString();
            throw DevpkiException.invalid(
                            "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + why)
                    .causedBy(e);
        }
        return new Listening(server);
    }

    int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    /** For the server's own timeouts end with the header; one of the socket would begin anew with each octet, and end idleness too. */
    static void closeUnlessReceivedInTime(HttpServerExchange exchange, ClientBounds bounds) {
        if (exchange.isRequestComplete()) { // as a GET is
            return;
        }
        XnioExecutor.Key deadline = exchange.getIoThread()
                .executeAfter(
                        () -> {
                            if (!exchange.isRequestComplete()) {
                                IoUtils.safeClose(exchange.getConnection());
                            }
                        },
                        bounds.requestMillis(),
                        TimeUnit.MILLISECONDS);
        exchange.addExchangeCompleteListener((completed, next) -> {
            deadline.remove();
            next.proceed();
        });
    }

    @Override
    public void close() {
        server.stop();
    }
}
