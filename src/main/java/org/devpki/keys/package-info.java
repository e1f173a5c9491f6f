/**
 * Where CA keys live. Each backend serves one URI scheme; a key leaves it only as a {@link org.devpki.x509.SigningKey}.
 * Start with {@link org.devpki.keys.KeyRing}.
 */
@NullMarked
package org.devpki.keys;

import org.jspecify.annotations.NullMarked;
