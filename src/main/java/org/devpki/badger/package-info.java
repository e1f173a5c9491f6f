/**
 * Databases of badger 2, and step-ca's in one. Reads, and never writes, what step-ca closed. Start with
 * {@link org.devpki.badger.StepDatabase}.
 */
@NullMarked
package org.devpki.badger;

import org.jspecify.annotations.NullMarked;
