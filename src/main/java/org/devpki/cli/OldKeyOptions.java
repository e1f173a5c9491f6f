package org.devpki.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.app.OldKey;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Option;

/** Where the key of a CA is that another program made. */
final class OldKeyOptions {
    @Option(
            names = "--private-key",
            paramLabel = "FILE",
            description = "The CA's key, which comes into the store: PEM or DER; PKCS #8, SEC 1 or PKCS #1.")
    Optional<Path> file = Optional.empty();

    @Option(
            names = "--p12",
            paramLabel = "FILE",
            description = "PKCS #12 file with the CA's key and certificate, which come into the store.")
    Optional<Path> pkcs12 = Optional.empty();

    @Option(
            names = "--key-uri",
            paramLabel = "URI",
            description = "The token that has the CA's key, such as pkcs11:token=acme;object=old-ca; it stays there.")
    Optional<String> uri = Optional.empty();

    @Option(
            names = "--without-key",
            description = "Its key stays elsewhere; the store knows the CA by its certificate.")
    boolean isElsewhere;

    @Option(
            names = "--key-passphrase-file",
            paramLabel = "FILE",
            description =
                    "File with the passphrase of that key or PKCS #12 file; else --key-passphrase-fd, else a prompt.")
    Optional<Path> passphraseFile = Optional.empty();

    @Option(names = "--key-passphrase-fd", paramLabel = "N", description = "File descriptor to read it from.")
    Optional<Integer> passphraseFd = Optional.empty();

    /** Whether nothing tells of a key, so that one waits here. */
    boolean isEmpty() {
        return file.isEmpty() && pkcs12.isEmpty() && uri.isEmpty() && !isElsewhere;
    }

    /** The file that the key comes from. */
    Optional<Path> source() {
        return file.or(() -> pkcs12);
    }

    /** @throws DevpkiException INVALID_INPUT if more than one place is named */
    Optional<OldKey> open(CommonOptions common) {
        long places = java.util.stream.Stream.of(file.isPresent(), pkcs12.isPresent(), uri.isPresent(), isElsewhere)
                .filter(given -> given)
                .count();
        if (places != 1) {
            throw DevpkiException.invalid(
                    "the key is in one place: one of --private-key, --p12, --key-uri and --without-key tells which");
        }
        try (Passphrase passphrase = new Passphrase(
                common.streams(),
                new SecretWays(
                        "passphrase",
                        passphraseFile,
                        passphraseFd,
                        Optional.empty(),
                        "--key-passphrase-file FILE or --key-passphrase-fd N give it"),
                false)) {
            return file.map(pem -> OldKey.inPem(pem, passphrase))
                    .or(() -> pkcs12.map(both -> OldKey.inPkcs12(both, passphrase)));
        }
    }
}
