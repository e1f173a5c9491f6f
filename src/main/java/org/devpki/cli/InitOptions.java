package org.devpki.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.app.InitOrder;
import org.devpki.model.Durations;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.Settings;
import org.devpki.model.UrlKind;
import picocli.CommandLine.Option;

/** What a new store will be: names, URLs, kinds of keys, CRLs, and where ledger and keys are. */
final class InitOptions {
    @Option(names = "--org", paramLabel = "NAME", description = "Organization, for the CAs' names.")
    Optional<String> organization = Optional.empty();

    @Option(
            names = "--crl-url",
            paramLabel = "URL",
            description = "Folder where CRLs will be fetched: http://crl.acme.example gives .../issuing-ca.crl.")
    Optional<String> crlUrl = Optional.empty();

    @Option(names = "--ocsp-url", paramLabel = "URL", description = "Where the OCSP responder will answer.")
    Optional<String> ocspUrl = Optional.empty();

    @Option(
            names = "--ca-url",
            paramLabel = "URL",
            description = "Folder where issuer certificates will be fetched: gives .../issuing-ca.cer.")
    Optional<String> caUrl = Optional.empty();

    @Option(
            names = "--key",
            paramLabel = "KIND",
            description = "Issuing CA's key: P-256 (default), P-384, P-521, RSA-2048, RSA-3072, RSA-4096, Ed25519;"
                    + " experimental: ML-DSA-44, ML-DSA-65, ML-DSA-87.")
    String key = "P-256";

    @Option(
            names = "--root-key",
            paramLabel = "KIND",
            description = "Root CA's key: P-384 (default), P-256, P-521, RSA-3072, RSA-4096, Ed25519;"
                    + " experimental: ML-DSA-44, ML-DSA-65, ML-DSA-87.")
    String rootKey = "P-384";

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description = "End of both CAs: 20y, an RFC 3339 instant, or 9999 for none (default).")
    Optional<String> notAfter = Optional.empty();

    @Option(
            names = "--crl-shards",
            paramLabel = "N",
            description = "Spread new certificates over N CRLs, 1 to 10000 (default: 0, one CRL for all).")
    int crlShards;

    @Option(
            names = "--no-crl-complete",
            description = "With shards: let the main CRL list only certificates without a shard.")
    boolean isWithoutComplete;

    @Option(
            names = "--crl-validity",
            paramLabel = "TIME",
            description = "From a CRL to the next one at the latest (default: 7d); renewed after half of it.")
    Optional<String> crlValidity = Optional.empty();

    @Option(
            names = "--crl-delta",
            paramLabel = "TIME",
            description = "Publish delta CRLs too, each good for this long, such as 1h (default: none).")
    Optional<String> crlDelta = Optional.empty();

    @Option(
            names = "--ledger",
            paramLabel = "URL",
            description = "Keep the ledger in an empty PostgreSQL database, for several stations:"
                    + " jdbc:postgresql://HOST/DATABASE?user=NAME (default: a file in the store).")
    Optional<String> ledger = Optional.empty();

    @Option(
            names = "--root-key-uri",
            paramLabel = "URI",
            description = "Keep the root CA's key in a PKCS #11 token: pkcs11:token=acme;object=root-ca (RFC 7512)."
                    + " Without it the key is in a file, under the passphrase.")
    Optional<String> rootKeyUri = Optional.empty();

    @Option(
            names = "--issuing-key-uri",
            paramLabel = "URI",
            description = "The same of the issuing CA's key. OCSP responders' keys are in files in any case.")
    Optional<String> issuingKeyUri = Optional.empty();

    @Option(names = "--found-keys", description = "Take the keys that are in the token already; make none there.")
    boolean isFindingKeys;

    @Option(
            names = "--pkcs11-module",
            paramLabel = "FILE",
            description = "The library that talks to the token; goes into devpki.yaml.")
    Optional<String> pkcs11Module = Optional.empty();

    InitOrder order() {
        Map<UrlKind, String> urls = new EnumMap<>(UrlKind.class);
        crlUrl.ifPresent(url -> urls.put(UrlKind.CRL, url));
        ocspUrl.ifPresent(url -> urls.put(UrlKind.OCSP, url));
        caUrl.ifPresent(url -> urls.put(UrlKind.CA, url));
        return new InitOrder(
                organization,
                urls,
                KeySpec.parse(rootKey),
                KeySpec.parse(key),
                crl(),
                notAfter.map(NotAfter::parse),
                ledger,
                new InitOrder.Tokens(rootKeyUri, issuingKeyUri, isFindingKeys, pkcs11Module));
    }

    private Settings.CrlSettings crl() {
        Settings.CrlSettings standard = Settings.defaults().crl();
        return new Settings.CrlSettings(
                crlValidity.map(Durations::parse).orElse(standard.validity()),
                standard.isIdpAlways(),
                crlShards,
                !isWithoutComplete,
                crlDelta.map(Durations::parse));
    }

    /** What a store that is made so will lack. */
    List<String> warnings(InitOrder order) {
        List<String> warnings = new ArrayList<>();
        if (!order.urls().containsKey(UrlKind.CRL)) {
            warnings.add(
                    "warning: no --crl-url: certificates will not say where their CRL is; brokers that fetch it (EMQX)"
                            + " and sharded CRLs will not work for them, ever");
        }
        if (!order.urls().containsKey(UrlKind.OCSP)) {
            warnings.add(
                    "warning: no --ocsp-url: certificates will not name an OCSP responder; clients must be told by hand");
        }
        if (!order.urls().containsKey(UrlKind.CA)) {
            warnings.add(
                    "warning: no --ca-url: certificates will not say where their issuer's certificate is; devices and"
                            + " brokers must send the whole chain");
        }
        if (isWithoutComplete) {
            warnings.add(
                    "warning: without a complete CRL only OpenSSL's users (Mosquitto, nginx) are safe: GnuTLS looks at"
                            + " one CRL of each CA and lets revoked devices of other shards in; mbedTLS and NSS read no shard");
        }
        if (order.rootKey() instanceof KeySpec.Ed25519 || order.issuingKey() instanceof KeySpec.Ed25519) {
            warnings.add("warning: mbedTLS, and so ESP-IDF, reads no Ed25519: devices will refuse these CAs");
        }
        return warnings;
    }
}
