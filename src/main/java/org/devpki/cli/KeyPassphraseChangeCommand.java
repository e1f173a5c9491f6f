package org.devpki.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki key passphrase change}. */
@Command(
        name = "change",
        description = {
            "Put the store's key files under another passphrase: CA keys, those of what signs for CAs, the key pool. All are",
            "tried before the first is replaced. Cut short, the same command ends it. Exit 9 if a file does not open."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki key passphrase change --new-passphrase-file new.pass",
            "  devpki key passphrase change --ca root-ca --passphrase-file ca.pass --new-passphrase-file root.pass"
        })
final class KeyPassphraseChangeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Mixin
    KeyScope scope;

    @Option(
            names = "--new-passphrase-file",
            paramLabel = "FILE",
            description = "File with the new passphrase; else --new-passphrase-fd, else a prompt.")
    Optional<Path> newFile = Optional.empty();

    @Option(names = "--new-passphrase-fd", paramLabel = "N", description = "File descriptor to read it from.")
    Optional<Integer> newDescriptor = Optional.empty();

    @Override
    public Integer call() {
        Optional<CaName> ca = scope.ca();
        SecretWays ways = new SecretWays(
                "new passphrase",
                newFile,
                newDescriptor,
                Optional.empty(),
                "--new-passphrase-file FILE or --new-passphrase-fd N give it");
        try (Workshop shop = common.open();
                Passphrase next = new Passphrase(common.streams(), ways, true)) {
            scope.tell(common, "key-passphrase/1", shop.rewrapKeys().change(ca, next), "under the new passphrase");
        }
        return ExitCodes.DONE;
    }
}
