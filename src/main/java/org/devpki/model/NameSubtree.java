package org.devpki.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Names below one, which a CA may or may not give (RFC 5280 section 4.2.1.10). */
public sealed interface NameSubtree {
    /** @param name itself and all names with labels in front of it */
    record Dns(String name) implements NameSubtree {
        public Dns {
            if (new SubjectAltName.Dns(name).name().startsWith("*")) {
                throw DevpkiException.invalid("DNS subtree " + Quoted.of(name) + " has a wildcard; it needs none");
            }
        }
    }

    /**
     * @param address 4 octets (IPv4) or 16 (IPv6), network order; zero behind the prefix
     * @param prefix how many bits count
     */
    record Ip(Bytes address, int prefix) implements NameSubtree {
        public Ip {
            byte[] octets = address.toArray();
            if (prefix < 0 || prefix > octets.length * Byte.SIZE) {
                throw DevpkiException.invalid("prefix length " + prefix + " is not 0 to " + octets.length * Byte.SIZE);
            }
            for (int bit = prefix; bit < octets.length * Byte.SIZE; bit++) {
                if ((octets[bit / Byte.SIZE] & bitAt(bit)) != 0) {
                    throw DevpkiException.invalid("address range " + IpAddresses.format(address) + "/" + prefix
                            + " has bits behind its prefix");
                }
            }
        }

        /** As many octets as the address has. */
        public Bytes mask() {
            byte[] mask = new byte[address.length()];
            for (int bit = 0; bit < prefix; bit++) {
                mask[bit / Byte.SIZE] |= bitAt(bit);
            }
            return Bytes.of(mask);
        }

        private static byte bitAt(int bit) {
            return (byte) (0x80 >> (bit % Byte.SIZE));
        }
    }

    /** @param domain a mailbox, a host, or with a leading dot all hosts of a domain */
    record Email(String domain) implements NameSubtree {
        private static final Pattern FORM = Pattern.compile("([A-Za-z0-9._+-]+@|\\.)?[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");

        public Email {
            if (domain.length() > 253 || !FORM.matcher(domain).matches()) {
                throw DevpkiException.invalid("mail subtree " + Quoted.of(domain)
                        + " is neither a mailbox nor a host nor a domain with a leading dot");
            }
        }
    }

    /** @param name subjects begin with its attributes */
    record Directory(DistinguishedName name) implements NameSubtree {}

    /**
     * Reads {@code dns:NAME}, {@code ip:ADDRESS/PREFIX}, {@code email:DOMAIN} or {@code dn:TYPE=VALUE,TYPE=VALUE}, whose
     * values have no comma.
     */
    static NameSubtree parse(String text) {
        int colon = text.indexOf(':');
        String value = text.substring(colon + 1);
        return switch (text.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT)) {
            case "dns" -> new Dns(value);
            case "ip" -> range(value);
            case "email" -> new Email(value);
            case "dn" -> new Directory(directory(value));
            default ->
                throw DevpkiException.invalid(
                        "name subtree " + Quoted.of(text) + " must begin with dns:, ip:, email: or dn:");
        };
    }

    private static Ip range(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw DevpkiException.invalid("address range " + Quoted.of(text) + " is not as in 192.0.2.0/24");
        }
        return new Ip(IpAddresses.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    private static DistinguishedName directory(String text) {
        List<DistinguishedName.Attribute> attributes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw DevpkiException.invalid("name " + Quoted.of(text) + " is not as in C=NL,O=Acme");
            }
            attributes.add(new DistinguishedName.Attribute(
                    AttributeType.parse(part.substring(0, equals).strip()),
                    part.substring(equals + 1).strip()));
        }
        return new DistinguishedName(attributes);
    }

    default <T> T match(
            Function<Dns, T> dns, Function<Ip, T> ip, Function<Email, T> email, Function<Directory, T> directory) {
        if (this instanceof Dns d) {
            return dns.apply(d);
        }
        if (this instanceof Ip i) {
            return ip.apply(i);
        }
        if (this instanceof Email e) {
            return email.apply(e);
        }
        return directory.apply((Directory) this);
    }
}
