/**
 * The front door: picocli commands, the console and exit codes. Alone in knowing picocli, JSON and the standard streams.
 * A command gathers, does one deed and prints one thing. Start with {@link org.devpki.cli.Cli}.
 */
@NullMarked
package org.devpki.cli;

import org.jspecify.annotations.NullMarked;
