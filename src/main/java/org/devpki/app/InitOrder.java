package org.devpki.app;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.Settings;
import org.devpki.model.UrlKind;

/**
 * What {@code init} was told.
 *
 * @param crl how CRLs will be
 * @param notAfter of root and issuing CA; the profiles' own when absent
 * @param ledger a JDBC URL; a file in the store when absent
 */
public record InitOrder(
        Optional<String> organization,
        Map<UrlKind, String> urls,
        KeySpec rootKey,
        KeySpec issuingKey,
        Settings.CrlSettings crl,
        Optional<NotAfter> notAfter,
        Optional<String> ledger) {
    public InitOrder {
        urls = Map.copyOf(urls);
        if (crl.shards() > 0 && !urls.containsKey(UrlKind.CRL)) {
            throw DevpkiException.invalid(
                    "CRL shards stand in each certificate's distribution point, which needs --crl-url");
        }
        if (crl.deltaValidity().isPresent() && !urls.containsKey(UrlKind.CRL)) {
            throw DevpkiException.invalid("CRLs name their delta CRL by a URL, which needs --crl-url");
        }
    }

    /** With the ledger in a file. */
    public InitOrder(
            Optional<String> organization,
            Map<UrlKind, String> urls,
            KeySpec rootKey,
            KeySpec issuingKey,
            Settings.CrlSettings crl,
            Optional<NotAfter> notAfter) {
        this(organization, urls, rootKey, issuingKey, crl, notAfter, Optional.empty());
    }

    /** SHA-256 of all but the ledger, which may move, to tell the same order from a different one. */
    Bytes hash() {
        return Bytes.utf8(organization + "\n" + new TreeMap<>(urls) + "\n" + rootKey.text() + "\n" + issuingKey.text()
                        + "\n" + notAfter.map(NotAfter::text)
                        + (crl.equals(Settings.defaults().crl()) ? "" : "\n" + crl))
                .sha256();
    }
}
