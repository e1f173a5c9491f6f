package org.devpki.x509;

import java.util.Map;

/** Object identifiers of extensions, by their names in RFC 5280, RFC 6960 and RFC 9654. */
public final class Oids {
    public static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    public static final String KEY_USAGE = "2.5.29.15";
    public static final String SUBJECT_ALT_NAME = "2.5.29.17";
    public static final String BASIC_CONSTRAINTS = "2.5.29.19";
    public static final String CRL_NUMBER = "2.5.29.20";
    public static final String DELTA_CRL_INDICATOR = "2.5.29.27";
    public static final String FRESHEST_CRL = "2.5.29.46";
    public static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    public static final String NAME_CONSTRAINTS = "2.5.29.30";
    public static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    public static final String CERTIFICATE_POLICIES = "2.5.29.32";
    public static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    public static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    public static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    public static final String OCSP_ACCESS = "1.3.6.1.5.5.7.48.1";
    public static final String OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";
    public static final String OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5";

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry(SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier"),
            Map.entry(KEY_USAGE, "keyUsage"),
            Map.entry(SUBJECT_ALT_NAME, "subjectAltName"),
            Map.entry(BASIC_CONSTRAINTS, "basicConstraints"),
            Map.entry(CRL_NUMBER, "cRLNumber"),
            Map.entry(DELTA_CRL_INDICATOR, "deltaCRLIndicator"),
            Map.entry(FRESHEST_CRL, "freshestCRL"),
            Map.entry(ISSUING_DISTRIBUTION_POINT, "issuingDistributionPoint"),
            Map.entry(NAME_CONSTRAINTS, "nameConstraints"),
            Map.entry(CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints"),
            Map.entry(CERTIFICATE_POLICIES, "certificatePolicies"),
            Map.entry(AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
            Map.entry(EXTENDED_KEY_USAGE, "extKeyUsage"),
            Map.entry(AUTHORITY_INFO_ACCESS, "authorityInfoAccess"),
            Map.entry(OCSP_NONCE, "nonce"),
            Map.entry(OCSP_NO_CHECK, "id-pkix-ocsp-nocheck"));

    private Oids() {}

    /** The RFC's name, or the dotted form where devpki knows none. */
    public static String name(String oid) {
        return NAMES.getOrDefault(oid, oid);
    }
}
