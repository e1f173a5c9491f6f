package org.devpki.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.app.OpenBundle;
import picocli.CommandLine.Option;

/** The private key of whoever a file is sealed to. */
final class RecipientKey {
    @Option(
            names = "--private-key",
            required = true,
            paramLabel = "FILE",
            description = "The private key that FILE is sealed to, RSA or EC: PEM or DER.")
    Path key;

    @Option(
            names = "--key-passphrase-file",
            paramLabel = "FILE",
            description = "File with the passphrase that the key is under.")
    Optional<Path> passphraseFile = Optional.empty();

    OpenBundle open(CommonOptions common) {
        return open(common, key, passphraseFile);
    }

    static OpenBundle open(CommonOptions common, Path key, Optional<Path> passphraseFile) {
        return OpenBundle.with(
                CommonOptions.secret(key),
                passphraseFile.map(Passphrase::fromFile),
                key.toString(),
                common.surroundings(false));
    }
}
