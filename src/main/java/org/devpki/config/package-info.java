/**
 * Strict reading of settings, profiles and error codes: text, then what the file says with its lines, then validated
 * records. Unknown keys are faults, and all faults of a file are told together. Alone in knowing the YAML library. Start
 * with {@link org.devpki.config.ProfileReader}.
 */
@NullMarked
package org.devpki.config;

import org.jspecify.annotations.NullMarked;
