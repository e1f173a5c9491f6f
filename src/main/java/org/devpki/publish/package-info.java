/**
 * Shelves: where CRLs and issuer certificates are put for others to fetch. Knows octets and names, not what a CRL is.
 * Start with {@link org.devpki.publish.Shelf}.
 */
@NullMarked
package org.devpki.publish;

import org.jspecify.annotations.NullMarked;
