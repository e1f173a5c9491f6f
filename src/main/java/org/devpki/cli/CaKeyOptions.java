package org.devpki.cli;

import java.util.Optional;
import org.devpki.model.KeySpec;
import picocli.CommandLine.Option;

/** The key of a CA that is to be made. */
final class CaKeyOptions {
    @Option(names = "--key", paramLabel = "KIND", description = "Kind of its key (default: the profile's first).")
    Optional<String> key = Optional.empty();

    @Option(
            names = "--key-uri",
            paramLabel = "URI",
            description = "Where its key will be (default: file:NAME.key.pem, in the store).")
    Optional<String> uri = Optional.empty();

    Optional<KeySpec> kind() {
        return key.map(KeySpec::parse);
    }
}
