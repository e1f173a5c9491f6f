package org.devpki.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a broker listens.
 *
 * @param host an IPv4 address or a name; {@code 0.0.0.0} for all of the machine's addresses
 * @param port 1 to 65534, so that there is one behind it
 */
public record ListenAddress(String host, int port) {
    private static final Pattern TEXT = Pattern.compile("(?:([A-Za-z0-9.-]+):)?([0-9]{1,5})");
    private static final int MOST = 65_534;

    public ListenAddress {
        if (port < 1 || port > MOST) {
            throw DevpkiException.invalid("port " + port + " is not one of 1 to " + MOST);
        }
    }

    /** Reads {@code HOST:PORT}, or {@code PORT} for all addresses. */
    public static ListenAddress parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw DevpkiException.invalid("address " + Quoted.of(text)
                    + " is neither HOST:PORT, the host an IPv4 address or a name, nor PORT");
        }
        String host = parts.group(1);
        return new ListenAddress(host == null ? "0.0.0.0" : host, Integer.parseInt(parts.group(2)));
    }

    public ListenAddress next() {
        return new ListenAddress(host, port + 1);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
