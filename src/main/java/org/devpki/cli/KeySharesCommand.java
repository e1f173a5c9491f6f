package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.PassphraseShares;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki key shares}. */
@Command(
        name = "shares",
        description = "A passphrase that several people hold together: any K of N shares open it, fewer tell nothing.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KeySharesCommand.MakeCommand.class, KeySharesCommand.CombineCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki key shares make --threshold 2 ann.share bob.share eve.share",
            "  devpki key shares combine ann.share eve.share > /run/user/1000/root.pass"
        })
final class KeySharesCommand extends NounCommand {

    /** {@code devpki key shares make}. */
    @Command(
            name = "make",
            description = {
                "Make a new passphrase and write its shares, a file each, 0600; each is read back. Nobody sees the passphrase:",
                "key shares combine gives it to --passphrase-fd or --new-passphrase-fd of what needs it."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki key shares make --threshold 2 ann.share bob.share eve.share",
                "  devpki key shares make --threshold 3 /media/1/s /media/2/s /media/3/s /media/4/s /media/5/s --json"
            })
    static final class MakeCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--threshold", required = true, paramLabel = "K", description = "How many shares open it.")
        int threshold;

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Where each share goes; none may exist.")
        List<Path> files = new ArrayList<>();

        @Override
        public Integer call() {
            String set =
                    PassphraseShares.make(files, threshold, common.streams().random(), noted -> {});
            common.print(
                    Fields.schema("key-shares/1")
                            .put("set", set)
                            .put("threshold", threshold)
                            .put("shares", files.size()),
                    List.of("made " + files.size() + " shares of set " + set + "; any " + threshold
                            + " open the passphrase"));
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki key shares combine}. */
    @Command(
            name = "combine",
            description = {
                "Print the passphrase that shares make together; never to a terminal. With --check nothing is printed but whether",
                "they fit together. Exit 9 if they are too few, damaged or of two passphrases."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki key shares combine ann.share eve.share > /run/user/1000/root.pass",
                "  devpki key shares combine --check ann.share bob.share eve.share"
            })
    static final class CombineCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--check", description = "Only say whether these shares open a passphrase.")
        boolean isChecking;

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "The shares.")
        List<Path> files = new ArrayList<>();

        @Override
        public Integer call() {
            if (!isChecking && (common.streams().isOutTerminal() || common.isJson)) {
                throw DevpkiException.invalid(
                        common.isJson
                                ? "--json goes with --check only: a passphrase is printed alone"
                                : "a passphrase never goes to a terminal; give it to --passphrase-fd of a command");
            }
            try (SecretBytes passphrase = PassphraseShares.combine(files)) {
                if (isChecking) {
                    common.print(
                            Fields.schema("key-shares-check/1").put("shares", files.size()),
                            List.of("these shares open a passphrase"));
                } else {
                    common.toStandardOutput(out -> passphrase.lend(octets -> {
                        out.writeBytes(octets);
                        return octets.length;
                    }));
                }
            }
            return ExitCodes.DONE;
        }
    }
}
