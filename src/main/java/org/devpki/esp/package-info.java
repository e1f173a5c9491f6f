/**
 * Layouts that ESP-IDF reads: octets and text, JDK only; no file, no clock. Start with
 * {@link org.devpki.esp.EmbeddedText}, for NVS partitions with {@link org.devpki.esp.NvsImages}.
 */
@NullMarked
package org.devpki.esp;

import org.jspecify.annotations.NullMarked;
