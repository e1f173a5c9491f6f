/**
 * The ground floor: values, enums, sealed families and the one exception. Knows the JDK only; touches no file, clock or
 * log. Start with {@link org.devpki.model.CertificatePlan}, the value that walks through the house.
 */
@NullMarked
package org.devpki.model;

import org.jspecify.annotations.NullMarked;
