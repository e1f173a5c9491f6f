/**
 * Values to DER and back: certificates, CRLs, OCSP messages, certification requests, keys. Alone in knowing Bouncy
 * Castle, and of that only the lightweight API, for registering a provider costs more than issuing a certificate. Never
 * opens a file, reads a clock or decides what is right. Start with {@link org.devpki.x509.Certificates}.
 */
@NullMarked
package org.devpki.x509;

import org.jspecify.annotations.NullMarked;
