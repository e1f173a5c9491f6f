/**
 * Judgement: plans certificates, lints what is to be signed, issues, and proves a CRL before it goes out. Pure, given a
 * key, a time and a random source. Start with {@link org.devpki.ca.Authority}.
 */
@NullMarked
package org.devpki.ca;

import org.jspecify.annotations.NullMarked;
