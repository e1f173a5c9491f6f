/**
 * A credential becomes files, purely: nothing is written here. A new format is a class and a line in the service list of
 * {@link org.devpki.export.Exporter}. Start with {@link org.devpki.export.Exporters}.
 */
@NullMarked
package org.devpki.export;

import org.jspecify.annotations.NullMarked;
