/**
 * Rules that a certificate or CRL must obey before it is signed, one a file, each with its clause. They never change what
 * they judge. A new rule is a class here and a line in the service list of {@link org.devpki.ca.lint.CertificateRule} or
 * {@link org.devpki.ca.lint.CrlRule}. Start with {@link org.devpki.ca.lint.Linter}.
 */
@NullMarked
package org.devpki.ca.lint;

import org.jspecify.annotations.NullMarked;
