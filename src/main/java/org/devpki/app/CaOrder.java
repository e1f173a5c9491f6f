package org.devpki.app;

import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.Quoted;

/**
 * What {@code ca create} was told.
 *
 * @param parent the CA that issues its certificate; absent for a root
 * @param profile of a CA
 * @param key the profile's first kind when absent
 * @param keyUri where its key will be; a file in the store when absent
 * @param pathLength how many CAs may follow below, no more than the profile allows; as the profile says when absent
 * @param commonName a template; the profile's own, followed by the CA's name, when absent
 */
public record CaOrder(
        CaName name,
        Optional<CaName> parent,
        String profile,
        Optional<KeySpec> key,
        Optional<String> keyUri,
        Optional<NotAfter> notAfter,
        OptionalInt pathLength,
        Optional<String> commonName) {
    public CaOrder {
        keyUri.ifPresent(CaOrder::refuseFile);
        if (name.value().equals("all")) {
            throw DevpkiException.invalid("a CA is not called all, for all.crl.pem and all.pem hold those of all CAs");
        }
    }

    /** @throws DevpkiException INVALID_INPUT for a URI that is none of a token: files are where the store keeps its own */
    static void refuseFile(String uri) {
        if (!uri.startsWith("pkcs11:")) {
            throw DevpkiException.invalid(
                    "key URI " + Quoted.of(uri)
                            + " is not one of a token, such as pkcs11:token=acme;object=root-ca; without one the key is in a file");
        }
    }

    /** One that leaves all to the shipped profile. */
    public static CaOrder usual(CaName name, Optional<CaName> parent) {
        return new CaOrder(
                name,
                parent,
                (parent.isEmpty() ? CaName.ROOT : CaName.ISSUING).value(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    /** @param uri a file in the store when absent */
    CaOrder withKey(KeySpec kind, Optional<String> uri) {
        return new CaOrder(name, parent, profile, Optional.of(kind), uri, notAfter, pathLength, commonName);
    }

    CaOrder ending(Optional<NotAfter> end) {
        return new CaOrder(name, parent, profile, key, keyUri, end, pathLength, commonName);
    }

    CaOrder by(String otherProfile) {
        return new CaOrder(name, parent, otherProfile, key, keyUri, notAfter, pathLength, commonName);
    }

    CaOrder called(Optional<String> other) {
        return new CaOrder(name, parent, profile, key, keyUri, notAfter, pathLength, other);
    }

    /** Who issues its certificate: the parent, or a root itself. */
    CaName issuer() {
        return parent.orElse(name);
    }

    /** Where its key will be. */
    String place() {
        return keyUri.orElse("file:" + name + ".key.pem");
    }

    /** SHA-256 of everything that makes it this order. */
    Bytes hash() {
        return Bytes.utf8("ca=" + name + "\nparent=" + parent + "\nprofile=" + profile + "\nkey="
                        + key.map(KeySpec::text) + "\nkey-uri=" + place() + "\nnot-after="
                        + notAfter.map(NotAfter::text) + "\npath-length=" + pathLength + "\ncn=" + commonName)
                .sha256();
    }
}
