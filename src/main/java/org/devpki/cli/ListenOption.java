package org.devpki.cli;

import java.net.InetSocketAddress;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/** Addresses that servers listen on, as options have them. */
final class ListenOption {
    private ListenOption() {}

    /** Reads {@code HOST:PORT}, an IPv6 address in brackets. */
    static InetSocketAddress address(String listen) {
        int colon = listen.lastIndexOf(':');
        String host = listen.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
        String port = listen.substring(colon + 1);
        if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw DevpkiException.invalid("address " + Quoted.of(listen) + " is not HOST:PORT as in 127.0.0.1:8888");
        }
        InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(port));
        if (address.isUnresolved()) {
            throw DevpkiException.invalid("host " + Quoted.of(host) + " cannot be resolved");
        }
        return address;
    }

    /** As the authority of a URL, with the port that was had. */
    static String text(InetSocketAddress address, int port) {
        String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
