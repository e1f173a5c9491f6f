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
 * @param tokens where the CAs' keys are if not in files
 */
public record InitOrder(
        Optional<String> organization,
        Map<UrlKind, String> urls,
        KeySpec rootKey,
        KeySpec issuingKey,
        Settings.CrlSettings crl,
        Optional<NotAfter> notAfter,
        Optional<String> ledger,
        Tokens tokens) {
    /**
     * Keys in tokens.
     *
     * @param root its {@code pkcs11:} URI; a file when absent, as of the other
     * @param areFound whether the keys are there already, and none are made
     * @param module the library that talks to the tokens
     */
    public record Tokens(Optional<String> root, Optional<String> issuing, boolean areFound, Optional<String> module) {
        /** All keys in files. */
        public static final Tokens NONE = new Tokens(Optional.empty(), Optional.empty(), false, Optional.empty());

        public Tokens {
            root.ifPresent(CaOrder::refuseFile);
            issuing.ifPresent(CaOrder::refuseFile);
            if (areFound && root.isEmpty() && issuing.isEmpty()) {
                throw DevpkiException.invalid(
                        "--found-keys needs --root-key-uri or --issuing-key-uri, which say where they are");
            }
        }
    }

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
        this(organization, urls, rootKey, issuingKey, crl, notAfter, Optional.empty(), Tokens.NONE);
    }

    /**
     * SHA-256 of what tells the same order from a different one: all but the ledger and the library of tokens, which may
     * move, and who made the keys.
     */
    Bytes hash() {
        return Bytes.utf8(organization + "\n" + new TreeMap<>(urls) + "\n" + rootKey.text() + "\n" + issuingKey.text()
                        + "\n" + notAfter.map(NotAfter::text)
                        + (crl.equals(Settings.defaults().crl()) ? "" : "\n" + crl)
                        + tokens.root().map(uri -> "\nroot-key=" + uri).orElse("")
                        + tokens.issuing().map(uri -> "\nissuing-key=" + uri).orElse(""))
                .sha256();
    }
}
