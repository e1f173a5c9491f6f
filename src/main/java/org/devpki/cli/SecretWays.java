package org.devpki.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a secret may be handed over, beside the prompt.
 *
 * @param what it is called, such as {@code passphrase}
 * @param variable of the environment, which names a file
 * @param hint what to set where there is no terminal
 */
record SecretWays(
        String what, Optional<Path> file, Optional<Integer> descriptor, Optional<String> variable, String hint) {}
