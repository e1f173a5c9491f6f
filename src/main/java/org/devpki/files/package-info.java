/**
 * Files that are whole or not there: written beside, synced, renamed, their folder synced. Knows octets and paths, not
 * what they mean. Start with {@link org.devpki.files.WholeFiles}.
 */
@NullMarked
package org.devpki.files;

import org.jspecify.annotations.NullMarked;
