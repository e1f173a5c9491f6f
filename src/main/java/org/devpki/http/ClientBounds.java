package org.devpki.http;

/**
 * How much a client may ask of a server.
 *
 * @param requestMillis to send a request's header, and as long again for its body, whole
 * @param idleMillis to begin a request, the first one or the next
 * @param connections at once; others wait until one is closed
 */
record ClientBounds(int requestMillis, int idleMillis, int connections) {
    static final ClientBounds STANDARD = new ClientBounds(10_000, 60_000, 8192);
}
