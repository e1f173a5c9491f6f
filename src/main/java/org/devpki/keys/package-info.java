/**
 * Where CA keys live: in files, in PKCS #11 tokens. Each backend serves one URI scheme; a key leaves it only as a
 * {@link org.devpki.x509.SigningKey}. Alone in calling native functions. Start with {@link org.devpki.keys.KeyRing}.
 */
@NullMarked
package org.devpki.keys;

import org.jspecify.annotations.NullMarked;
