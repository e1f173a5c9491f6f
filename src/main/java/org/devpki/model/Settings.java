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
 */
public record Settings(
        Optional<String> organization,
        Map<UrlKind, String> urls,
        Optional<String> ledger,
        String defaultProfile,
        CaName defaultCa,
        CrlSettings crl,
        OcspSettings ocsp,
        Optional<String> pkcs11Module) {

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

    public Settings {
        urls = Map.copyOf(urls);
    }

    /** With no token. */
    public Settings(
            Optional<String> organization,
            Map<UrlKind, String> urls,
            Optional<String> ledger,
            String defaultProfile,
            CaName defaultCa,
            CrlSettings crl,
            OcspSettings ocsp) {
        this(organization, urls, ledger, defaultProfile, defaultCa, crl, ocsp, Optional.empty());
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
        return new Settings(newOrganization, newUrls, ledger, defaultProfile, defaultCa, crl, ocsp, pkcs11Module);
    }

    public Settings with(CrlSettings newCrl) {
        return new Settings(organization, urls, ledger, defaultProfile, defaultCa, newCrl, ocsp, pkcs11Module);
    }

    public Settings withLedger(String url) {
        return new Settings(organization, urls, Optional.of(url), defaultProfile, defaultCa, crl, ocsp, pkcs11Module);
    }

    /** The same with the ledger in a file of the store. */
    public Settings withoutLedger() {
        return new Settings(organization, urls, Optional.empty(), defaultProfile, defaultCa, crl, ocsp, pkcs11Module);
    }

    /** The same with a library that talks to tokens. */
    public Settings withPkcs11(Optional<String> module) {
        return new Settings(organization, urls, ledger, defaultProfile, defaultCa, crl, ocsp, module);
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
