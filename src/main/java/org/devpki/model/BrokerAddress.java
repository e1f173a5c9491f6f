package org.devpki.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a broker is reached.
 *
 * @param host a name or an IPv4 or IPv6 address, without brackets
 * @param port 1 to 65535
 */
public record BrokerAddress(String host, int port) {
    private static final Pattern TEXT = Pattern.compile("(?:([A-Za-z0-9._-]+)|\\[([0-9A-Fa-f:.]+)]):([0-9]{1,5})");
    private static final int MOST = 65_535;

    public BrokerAddress {
        if (port < 1 || port > MOST) {
            throw DevpkiException.invalid("port " + port + " is not one of 1 to " + MOST);
        }
    }

    /** Reads {@code HOST:PORT}. */
    public static BrokerAddress parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw DevpkiException.invalid(
                    "broker address " + Quoted.of(text) + " is not HOST:PORT, as in mqtt.acme.example:8883");
        }
        String name = parts.group(1);
        return new BrokerAddress(name == null ? parts.group(2) : name, Integer.parseInt(parts.group(3)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
