package org.devpki.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IP addresses as text and octets; never asks a name server. */
final class IpAddresses {
    private static final String OCTET = "(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
    private static final Pattern V4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private IpAddresses() {}

    static Bytes parse(String text) {
        if (V4.matcher(text).matches() || V6.matcher(text).matches()) {
            try {
                return Bytes.of(InetAddress.getByName(text).getAddress()); // a literal: no look-up
            } catch (UnknownHostException e) {
                throw DevpkiException.invalid("IP address " + Quoted.of(text) + " cannot be read")
                        .causedBy(e);
            }
        }
        throw DevpkiException.invalid(
                "IP address " + Quoted.of(text) + " is neither IPv4 as in 192.0.2.7 nor IPv6 as in 2001:db8::7");
    }

    static String format(Bytes octets) {
        try {
            return InetAddress.getByAddress(octets.toArray()).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
