package org.devpki.model;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code devpki.yaml} says.
 *
 * @param urls where certificates say that CRLs, OCSP answers and issuers are found; CRL and CA are folders
 */
public record Settings(
        Optional<String> organization,
        Map<UrlKind, String> urls,
        Optional<String> ledger,
        String defaultProfile,
        CaName defaultCa,
        CrlSettings crl,
        OcspSettings ocsp) {

    /**
     * @param validity from thisUpdate to nextUpdate; a CRL is renewed after half of it
     * @param isIdpAlways whether a CRL that covers all of its CA carries an issuing distribution point (EMQX needs it)
     */
    public record CrlSettings(Duration validity, boolean isIdpAlways) {
        public CrlSettings {
            if (validity.compareTo(Duration.ofMinutes(1)) < 0) {
                throw DevpkiException.invalid("CRL validity " + Durations.format(validity) + " is under one minute");
            }
        }
    }

    /**
     * @param validity from thisUpdate to nextUpdate of an answer
     * @param responderValidity of the delegated responder's certificate; it is renewed after half of it
     */
    public record OcspSettings(Duration validity, Duration responderValidity) {
        public OcspSettings {
            if (validity.compareTo(Duration.ofSeconds(10)) < 0) {
                throw DevpkiException.invalid("OCSP validity " + Durations.format(validity) + " is under ten seconds");
            }
            if (responderValidity.compareTo(validity.multipliedBy(2)) < 0) {
                throw DevpkiException.invalid("OCSP responder validity " + Durations.format(responderValidity)
                        + " is under twice the validity of an answer, " + Durations.format(validity));
            }
        }
    }

    public Settings {
        urls = Map.copyOf(urls);
    }

    /** The settings of a store that nobody has written any for. */
    public static Settings defaults() {
        return new Settings(
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                "device-mqtt",
                CaName.ISSUING,
                new CrlSettings(Duration.ofDays(7), false),
                new OcspSettings(Duration.ofHours(1), Duration.ofDays(14)));
    }

    public Settings with(Optional<String> newOrganization, Map<UrlKind, String> newUrls) {
        return new Settings(newOrganization, newUrls, ledger, defaultProfile, defaultCa, crl, ocsp);
    }

    /** Where a CA's CRL is found, as the distribution point names it. */
    public Optional<String> crlUrl(CaName ca) {
        return inFolder(UrlKind.CRL, ca + ".crl");
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
