package org.devpki.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code devpki.yaml} says.
 *
 * @param urls where certificates say that CRLs, OCSP answers and issuers are found; CRL and CA are folders
 * @param pkcs11Module the library that talks to tokens, a file
 * @param tokens what access tokens say; nothing to do with those of PKCS #11
 */
public record Settings(
        Optional<String> organization,
        Map<UrlKind, String> urls,
        Optional<String> ledger,
        String defaultProfile,
        CaName defaultCa,
        CrlSettings crl,
        OcspSettings ocsp,
        Optional<String> pkcs11Module,
        TokenSettings tokens) {

    /**
     * @param validity from thisUpdate to nextUpdate; a CRL is renewed after half of it
     * @param isIdpAlways whether a CRL that covers all of its CA carries an issuing distribution point (EMQX needs it)
     * @param shards among which new certificates are spread; 0 for none
     * @param isComplete whether the main CRL lists the certificates of all shards too
     * @param deltaValidity of delta CRLs; none are made when absent
     */
    public record CrlSettings(
            Duration validity, boolean isIdpAlways, int shards, boolean isComplete, Optional<Duration> deltaValidity) {
        private static final Duration LEAST = Duration.ofMinutes(1);

        public CrlSettings {
            if (validity.compareTo(LEAST) < 0) {
                throw DevpkiException.invalid("CRL validity " + Durations.format(validity) + " is under one minute");
            }
            if (shards < 0 || shards > CrlName.MOST_SHARDS) {
                throw DevpkiException.invalid("crl.shards of " + shards + " is not within 0 to " + CrlName.MOST_SHARDS);
            }
            deltaValidity.ifPresent(delta -> {
                if (delta.compareTo(LEAST) < 0 || delta.compareTo(validity) >= 0) {
                    throw DevpkiException.invalid("delta CRL validity " + Durations.format(delta)
                            + " is not between one minute and that of a CRL, " + Durations.format(validity));
                }
            });
        }
    }

    /**
     * @param validity from thisUpdate to nextUpdate of an answer
     * @param presignedValidity the same of an answer that is signed for publication; it is renewed after half of it
     * @param responderValidity of the delegated responder's certificate; it is renewed after half of it
     */
    public record OcspSettings(Duration validity, Duration presignedValidity, Duration responderValidity) {
        private static final Duration PRESIGNED = Duration.ofDays(7);

        public OcspSettings {
            for (Duration answer : List.of(validity, presignedValidity)) {
                if (answer.compareTo(Duration.ofSeconds(10)) < 0) {
                    throw DevpkiException.invalid(
                            "OCSP validity " + Durations.format(answer) + " is under ten seconds");
                }
                if (responderValidity.compareTo(answer.multipliedBy(2)) < 0) {
                    throw DevpkiException.invalid("OCSP responder validity " + Durations.format(responderValidity)
                            + " is under twice the validity of an answer, " + Durations.format(answer));
                }
            }
        }

        /** Answers for publication hold for a week, or for half the responder's life where that is less. */
        public OcspSettings(Duration validity, Duration responderValidity) {
            this(validity, shorter(PRESIGNED, responderValidity.dividedBy(2)), responderValidity);
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }
    }

    /**
     * @param issuer the {@code iss} of access tokens
     * @param audience their {@code aud}, where they have one
     * @param validity of a token for which nobody says anything else
     * @param longest that anybody may ask for; a broker looks at no ledger until then
     * @param keyLead how long a new signing key is published before it signs
     * @param form for which broker
     * @param grants what a device may do, with {@code ${clientid}} and {@code ${username}} in topics
     */
    public record TokenSettings(
            String issuer,
            Optional<String> audience,
            Duration validity,
            Duration longest,
            Duration keyLead,
            TokenForm form,
            List<TopicGrant> grants) {
        private static final Duration LEAST = Duration.ofMinutes(1);

        public TokenSettings {
            grants = List.copyOf(grants);
            if (validity.compareTo(LEAST) < 0) {
                throw DevpkiException.invalid(
                        "access token validity " + Durations.format(validity) + " is under one minute");
            }
            refuseLonger(validity, longest);
        }

        /** @throws DevpkiException REFUSED if nobody may have a token for so long */
        public void refuseLonger(Duration asked) {
            refuseLonger(asked, longest);
        }

        private static void refuseLonger(Duration asked, Duration longest) {
            if (asked.compareTo(longest) > 0) {
                throw DevpkiException.refused("access token validity " + Durations.format(asked) + " is over the "
                        + Durations.format(longest) + " of tokens.max-validity");
            }
        }

        static TokenSettings defaults() {
            return new TokenSettings(
                    "devpki",
                    Optional.empty(),
                    Duration.ofHours(1),
                    Duration.ofDays(1),
                    Duration.ofHours(1),
                    TokenForm.EMQX,
                    List.of(TopicGrant.parse("all:devices/${clientid}/#")));
        }
    }

    public Settings {
        urls = Map.copyOf(urls);
    }

    /** With no PKCS #11 token, and access tokens as usual. */
    public Settings(
            Optional<String> organization,
            Map<UrlKind, String> urls,
            Optional<String> ledger,
            String defaultProfile,
            CaName defaultCa,
            CrlSettings crl,
            OcspSettings ocsp) {
        this(
                organization,
                urls,
                ledger,
                defaultProfile,
                defaultCa,
                crl,
                ocsp,
                Optional.empty(),
                TokenSettings.defaults());
    }

    /** The settings of a store that nobody has written any for. */
    public static Settings defaults() {
        return new Settings(
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                "device-mqtt",
                CaName.ISSUING,
                new CrlSettings(Duration.ofDays(7), false, 0, true, Optional.empty()),
                new OcspSettings(Duration.ofHours(1), Duration.ofDays(14)));
    }

    public Settings with(Optional<String> newOrganization, Map<UrlKind, String> newUrls) {
        return new Settings(
                newOrganization, newUrls, ledger, defaultProfile, defaultCa, crl, ocsp, pkcs11Module, tokens);
    }

    public Settings with(CrlSettings newCrl) {
        return new Settings(organization, urls, ledger, defaultProfile, defaultCa, newCrl, ocsp, pkcs11Module, tokens);
    }

    public Settings withLedger(String url) {
        return new Settings(
                organization, urls, Optional.of(url), defaultProfile, defaultCa, crl, ocsp, pkcs11Module, tokens);
    }

    /** The same with the ledger in a file of the store. */
    public Settings withoutLedger() {
        return new Settings(
                organization, urls, Optional.empty(), defaultProfile, defaultCa, crl, ocsp, pkcs11Module, tokens);
    }

    /** The same with a library that talks to tokens. */
    public Settings withPkcs11(Optional<String> module) {
        return new Settings(organization, urls, ledger, defaultProfile, defaultCa, crl, ocsp, module, tokens);
    }

    /** Where a CRL is found, as the distribution point names it. */
    public Optional<String> crlUrl(CrlName name) {
        return inFolder(UrlKind.CRL, name.file());
    }

    /** Where a CA's own certificate is found, DER. */
    public Optional<String> issuerUrl(CaName ca) {
        return inFolder(UrlKind.CA, ca + ".cer");
    }

    public Optional<String> ocspUrl() {
        return Optional.ofNullable(urls.get(UrlKind.OCSP));
    }

    private Optional<String> inFolder(UrlKind kind, String file) {
        return Optional.ofNullable(urls.get(kind)).map(url -> url.endsWith("/") ? url + file : url + "/" + file);
    }
}
