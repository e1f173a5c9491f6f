/**
 * Strict reading of settings, profiles and tables: text, then what the file says with its lines, then validated records.
 * Unknown keys are faults, and all faults of a file are told together. Alone in knowing the YAML and CSV libraries. Start
 * with {@link org.devpki.config.ProfileReader}, for tables with {@link org.devpki.config.CsvFile}.
 */
@NullMarked
package org.devpki.config;

import org.jspecify.annotations.NullMarked;
