/**
 * The ledger: what was promised, issued, delivered, revoked and published, and the audit chain of it all. Alone in
 * knowing {@code java.sql}. Every change and its audit entry are one transaction. Start with
 * {@link org.devpki.store.Store}.
 */
@NullMarked
package org.devpki.store;

import org.jspecify.annotations.NullMarked;
