package org.devpki.x509;

import org.devpki.model.Kdf;

/**
 * What stands between a key file's passphrase and its key.
 *
 * @param text derivation with its parameters, and cipher, for people
 * @param isWeak whether guessing costs less than with what {@link EncryptedKeys#encrypt} writes today
 */
public record KeyWrapping(Kdf kdf, String text, boolean isWeak) {}
