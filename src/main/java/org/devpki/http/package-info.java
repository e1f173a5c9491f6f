/**
 * The side door: OCSP over HTTP, access tokens over HTTPS. Alone in knowing the HTTP server; speaks the protocol's errors. Start with
 * {@link org.devpki.http.OcspServer}.
 */
@NullMarked
package org.devpki.http;

import org.jspecify.annotations.NullMarked;
