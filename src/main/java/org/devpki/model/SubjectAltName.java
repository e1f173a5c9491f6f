package org.devpki.model;

import java.net.URI;
import java.util.function.Function;
import java.util.regex.Pattern;

/** One name of the subject alternative name extension (RFC 5280 section 4.2.1.6). */
public sealed interface SubjectAltName {
    /** @param name preferred name syntax (RFC 1034 section 3.5), a leading {@code *.} allowed, at most 253 characters */
    record Dns(String name) implements SubjectAltName {
        private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
        private static final Pattern NAME = Pattern.compile("(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*");

        public Dns {
            if (name.length() > 253 || !NAME.matcher(name).matches()) {
                throw DevpkiException.invalid("DNS name " + Quoted.of(name) + " is not a host name");
            }
        }
    }

    /** @param address 4 octets (IPv4) or 16 (IPv6), network order */
    record Ip(Bytes address) implements SubjectAltName {
        public Ip {
            if (address.length() != 4 && address.length() != 16) {
                throw DevpkiException.invalid("an IP address has 4 or 16 octets, got " + address.length());
            }
        }
    }

    /** @param uri absolute */
    record Uri(String uri) implements SubjectAltName {
        public Uri {
            if (!isAbsolute(uri)) {
                throw DevpkiException.invalid("URI " + Quoted.of(uri) + " is not absolute");
            }
        }

        private static boolean isAbsolute(String text) {
            try {
                return URI.create(text).isAbsolute() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    /** Reads {@code dns:NAME}, {@code ip:ADDRESS} or {@code uri:URI}. */
    static SubjectAltName parse(String text) {
        int colon = text.indexOf(':');
        String value = text.substring(colon + 1);
        return switch (text.substring(0, Math.max(colon, 0)).toLowerCase(java.util.Locale.ROOT)) {
            case "dns" -> new Dns(value);
            case "ip" -> new Ip(IpAddresses.parse(value));
            case "uri" -> new Uri(value);
            default ->
                throw DevpkiException.invalid(
                        "alternative name " + Quoted.of(text) + " must begin with dns:, ip: or uri:");
        };
    }

    default <T> T match(Function<Dns, T> dns, Function<Ip, T> ip, Function<Uri, T> uri) {
        if (this instanceof Dns d) {
            return dns.apply(d);
        }
        if (this instanceof Ip i) {
            return ip.apply(i);
        }
        return uri.apply((Uri) this);
    }

    /** As {@link #parse} reads it. */
    default String text() {
        return match(
                dns -> "dns:" + dns.name(), ip -> "ip:" + IpAddresses.format(ip.address()), uri -> "uri:" + uri.uri());
    }
}
