package org.devpki.keys;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * Where a key is, as a backend needs it.
 *
 * @param uri such as {@code file:issuing-ca.key.pem}
 * @param folder the store's {@code keys/}, which relative URIs are in
 * @param module the site's PKCS #11 library, for URIs that name none
 */
public record KeyPlace(String uri, Path folder, Optional<String> module) {
    public KeyPlace {
        if (uri.indexOf(':') < 1) {
            throw DevpkiException.invalid("key URI " + Quoted.of(uri) + " has no scheme such as file:");
        }
    }

    public String scheme() {
        return uri.substring(0, uri.indexOf(':'));
    }

    /** The URI without its scheme. */
    public String rest() {
        return uri.substring(uri.indexOf(':') + 1);
    }
}
