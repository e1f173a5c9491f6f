/**
 * Access tokens and the keys that prove them, in the forms of JOSE: JSON Web Tokens (RFC 7519), key sets (RFC 7517), key
 * thumbprints (RFC 7638). Alone in knowing Nimbus. Signs and verifies by what {@code x509} has; never opens a file, reads a
 * clock or decides who gets a token. Start with {@link org.devpki.jose.Jwts}.
 */
@NullMarked
package org.devpki.jose;

import org.jspecify.annotations.NullMarked;
