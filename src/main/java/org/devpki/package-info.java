/** The roof: starts the command line. */
@NullMarked
package org.devpki;

import org.jspecify.annotations.NullMarked;
