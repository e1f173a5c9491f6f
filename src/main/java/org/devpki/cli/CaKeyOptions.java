package org.devpki.cli;

import java.util.Optional;
import org.devpki.model.KeySpec;
import picocli.CommandLine.Option;

/** The key of a CA that is to be made. */
final class CaKeyOptions {
    @Option(
            names = "--key",
            paramLabel = "KIND",
            description = "Kind of its key, such as P-384; ML-DSA is experimental (default: the profile's first).")
    Optional<String> key = Optional.empty();

    @Option(
            names = "--key-uri",
            paramLabel = "URI",
            description =
                    "The token that keeps its key, such as pkcs11:token=acme;object=line-3; else a file in the store.")
    Optional<String> uri = Optional.empty();

    Optional<KeySpec> kind() {
        return key.map(KeySpec::parse);
    }
}
