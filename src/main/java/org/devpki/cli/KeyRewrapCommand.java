package org.devpki.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.Kdf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki key rewrap}. */
@Command(
        name = "rewrap",
        description =
                "Encrypt anew, under the same passphrase, the key files that are weaker than what is written now, or"
                        + " derived otherwise than --kdf says. Exit 9 if a file does not open.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki key rewrap", "  devpki key rewrap --kdf pbkdf2 --ca root-ca"})
final class KeyRewrapCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Mixin
    KeyScope scope;

    @Option(
            names = "--kdf",
            paramLabel = "KIND",
            description =
                    "scrypt, or pbkdf2 (HMAC-SHA-256, 600,000 rounds), for all of them (default: each keeps its own).")
    Optional<String> kdf = Optional.empty();

    @Override
    public Integer call() {
        Optional<CaName> ca = scope.ca();
        Optional<Kdf> wanted = kdf.map(Kdf::parse);
        try (Workshop shop = common.open()) {
            scope.tell(common, "key-rewrap/1", shop.rewrapKeys().rewrap(ca, wanted), "encrypted anew");
        }
        return ExitCodes.DONE;
    }
}
