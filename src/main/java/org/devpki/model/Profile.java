package org.devpki.model;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one kind of certificate looks like, and what an order may choose.
 *
 * @param keys the kinds allowed; the first is the default
 * @param keyHome where the private key lives once the device is flashed
 * @param nvs what the device's NVS partition gets
 * @param urls which URLs the certificate carries
 * @param issuer the CA that issues when the order names none; the store's default when absent
 * @param source the text that the profile was read from; its SHA-256 stands in the ledger beside each certificate
 */
public record Profile(
        String name,
        String description,
        Naming naming,
        List<KeySpec> keys,
        KeyHome keyHome,
        NvsTemplate nvs,
        Period period,
        Purpose purpose,
        Set<UrlKind> urls,
        Optional<CaName> issuer,
        Bytes source) {

    /**
     * @param subject templates in order; {@code {name}} and {@code {organization}} are filled in, an attribute that
     *     comes out empty is left out
     * @param sans alternative names that every certificate gets when the order names none, as templates
     * @param orderable kinds of alternative names that an order or CSR may bring: {@code dns}, {@code ip}, {@code uri}
     * @param identity of a CA that has certificates already, instead of the templates
     */
    public record Naming(
            List<SubjectTemplate> subject,
            List<String> sans,
            Set<String> orderable,
            DuplicatePolicy duplicates,
            Optional<CaIdentity> identity) {
        /** Of templates alone. */
        public Naming(
                List<SubjectTemplate> subject, List<String> sans, Set<String> orderable, DuplicatePolicy duplicates) {
            this(subject, sans, orderable, duplicates, Optional.empty());
        }

        public Naming {
            subject = List.copyOf(subject);
            sans = List.copyOf(sans);
            orderable = Set.copyOf(orderable);
        }
    }

    /** @param template text with placeholders */
    public record SubjectTemplate(AttributeType type, String template) {}

    /**
     * @param notAfter the end when the order names none
     * @param longest the latest end that an order may ask for
     * @param backdate how far notBefore lies before now, never before the issuer's own; empty for the issuer's own
     */
    public record Period(NotAfter notAfter, NotAfter longest, Optional<Duration> backdate) {}

    /**
     * @param pathLength of the basic constraints; only for a CA
     * @param isOcspNoCheck whether id-pkix-ocsp-nocheck is in it (RFC 6960 section 4.2.2.2.1)
     * @param bounds of what is issued below; only for a CA
     */
    public record Purpose(
            boolean isCa,
            OptionalInt pathLength,
            Set<KeyUsage> keyUsage,
            Set<ExtendedKeyUsage> extendedKeyUsage,
            boolean isOcspNoCheck,
            Bounds bounds) {
        /** Without bounds. */
        public Purpose(
                boolean isCa,
                OptionalInt pathLength,
                Set<KeyUsage> keyUsage,
                Set<ExtendedKeyUsage> extendedKeyUsage,
                boolean isOcspNoCheck) {
            this(isCa, pathLength, keyUsage, extendedKeyUsage, isOcspNoCheck, Bounds.NONE);
        }

        public Purpose {
            keyUsage = Set.copyOf(keyUsage);
            extendedKeyUsage = Set.copyOf(extendedKeyUsage);
        }
    }

    public Profile {
        keys = List.copyOf(keys);
        urls = urls.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(urls));
    }

    public KeySpec defaultKey() {
        return keys.get(0);
    }

    /**
     * @param kind of a key that is ordered; empty for one of no known kind
     * @throws DevpkiException REFUSED if the profile does not allow it
     */
    public void refuseOther(Optional<KeySpec> kind) {
        if (kind.isEmpty() || !keys.contains(kind.get())) {
            throw DevpkiException.refused("key of kind "
                            + kind.map(KeySpec::text).orElse("unknown")
                            + " is not one that profile \"" + name + "\" allows: "
                            + keys.stream().map(KeySpec::text).collect(Collectors.joining(", ")))
                    .hint("devpki profile show " + name);
        }
    }

    /** The same profile with another common name, a template. */
    public Profile named(String commonName) {
        List<SubjectTemplate> subject = naming.subject().stream()
                .map(part -> part.type() == AttributeType.COMMON_NAME
                        ? new SubjectTemplate(AttributeType.COMMON_NAME, commonName)
                        : part)
                .toList();
        return with(new Naming(subject, naming.sans(), naming.orderable(), naming.duplicates()), keys);
    }

    /** The same profile for a CA that has its name and its key. */
    public Profile identified(CaIdentity identity, KeySpec key) {
        return with(
                new Naming(
                        naming.subject(),
                        naming.sans(),
                        naming.orderable(),
                        naming.duplicates(),
                        Optional.of(identity)),
                List.of(key));
    }

    private Profile with(Naming otherNaming, List<KeySpec> otherKeys) {
        return new Profile(
                name, description, otherNaming, otherKeys, keyHome, nvs, period, purpose, urls, issuer, source);
    }

    /** The same profile of a CA with so many CAs below it at most. */
    public Profile limited(int pathLength) {
        Purpose other = new Purpose(
                purpose.isCa(),
                OptionalInt.of(pathLength),
                purpose.keyUsage(),
                purpose.extendedKeyUsage(),
                purpose.isOcspNoCheck(),
                purpose.bounds());
        return new Profile(name, description, naming, keys, keyHome, nvs, period, other, urls, issuer, source);
    }
}
