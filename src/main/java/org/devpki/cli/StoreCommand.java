package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.MigrateStore;
import org.devpki.app.RestoreStore;
import org.devpki.app.RestrictStore;
import org.devpki.app.Workshop;
import org.devpki.model.Bytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki store}. */
@Command(
        name = "store",
        description = "The store as a whole.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            StoreCommand.BackupCommand.class,
            StoreCommand.RestoreCommand.class,
            StoreCommand.MigrateCommand.class,
            StoreCommand.RestrictCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki store backup pki-backup.zip", "  devpki store restore pki-backup.zip --store restored/pki"})
final class StoreCommand extends NounCommand {

    /** {@code devpki store backup}. */
    @Command(
            name = "backup",
            description = "Put the whole store into one file while others work on it, and verify it.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki store backup pki-backup.zip", "  devpki store backup pki-$(date +%%F).zip --quiet"})
    static final class BackupCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(
                paramLabel = "FILE",
                description = "The backup to make; it must not exist. CA keys in it stay encrypted.")
        Path file;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                int files = shop.backUpStore().run(file);
                common.print(
                        Fields.schema("store-backup/1").put("file", file).put("files", files),
                        List.of("backed up " + files + " files to " + file + ", verified"));
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki store restore}. */
    @Command(
            name = "restore",
            description = "Make a store from a backup, verified before it gets its name; nothing is replaced.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki store restore pki-backup.zip --store restored/pki",
                "  devpki store restore pki-backup.zip --store restored/pki --json"
            })
    static final class RestoreCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "FILE", description = "The backup.")
        Path file;

        @Override
        public Integer call() {
            new RestoreStore(common.surroundings(false)).run(file);
            common.print(
                    Fields.schema("store-restore/1").put("file", file).put("store", common.storePath()),
                    List.of(
                            "restored " + file + " to " + common.storePath(),
                            "next: devpki crl publish --dir SHELF, which forgets nothing that is published there"));
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki store migrate}. */
    @Command(
            name = "migrate",
            description = {
                "Move the ledger to another database: to PostgreSQL for several stations, or back into a file.",
                "It is copied and proven there, then closed where it was, and devpki.yaml names the new place."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki store migrate --to 'jdbc:postgresql://localhost/devpki?user=devpki' --dry-run",
                "  devpki store migrate --to jdbc:sqlite:ledger.db"
            })
    static final class MigrateCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(
                names = "--to",
                paramLabel = "URL",
                required = true,
                description =
                        "jdbc:postgresql://HOST/DATABASE?user=NAME, or jdbc:sqlite:FILE in the store. What is there"
                                + " must be nothing, or an earlier state of this ledger.")
        String to;

        @Option(names = "--dry-run", description = "Look whether it can be moved, and change nothing.")
        boolean isDryRun;

        @Override
        public Integer call() {
            MigrateStore.Migrated moved = new MigrateStore(common.surroundings(false)).run(to, isDryRun);
            String what = moved.certificates() + " certificates and " + moved.auditEntries() + " audit entries";
            common.print(
                    Fields.schema("store-migrate/1")
                            .put("from", moved.from())
                            .put("to", moved.to())
                            .put("changed", moved.hasChanged())
                            .put("certificates", moved.certificates())
                            .put("auditEntries", moved.auditEntries()),
                    List.of(
                            moved.hasChanged()
                                    ? "moved " + what + " to " + moved.to() + ", verified"
                                    : isDryRun
                                            ? "would move " + what + " to " + moved.to()
                                            : "nothing to do: " + what + " are in " + moved.to()));
            if (moved.hasChanged()) {
                common.say("other stations: put the same ledger into their devpki.yaml, and start ocsp serve anew");
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki store restrict}. */
    @Command(
            name = "restrict",
            description = {
                "Put a line token into force, which headquarters signed: from then on this store is a factory home, issues",
                "what its tokens allow, and publishes no CRL. It cannot be undone; another token allows more."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki store restrict --token line3.token --yes",
                "  devpki store restrict --token line3.token --json --yes"
            })
    static final class RestrictCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Option(names = "--token", required = true, paramLabel = "FILE", description = "The line token.")
        String file;

        @Override
        public Integer call() {
            Bytes token = common.input(file);
            try (Workshop shop = common.open()) {
                RestrictStore restrict = shop.restrictStore();
                restrict.read(token, CommonOptions.origin(file));
                if (!restrict.isHome()) {
                    common.confirm("from now on " + common.storePath()
                            + " issues only what line tokens allow, and publishes no CRL; this cannot be undone");
                }
                RestrictStore.Done done = restrict.run(token, CommonOptions.origin(file));
                common.print(
                        LineTokens.members(
                                Fields.schema("store-restrict/1").put("changed", done.hasChanged()), done.token()),
                        List.of((done.hasChanged() ? "in force: " : "nothing to do, in force already: ")
                                + LineTokens.sentence(done.token())));
            }
            return ExitCodes.DONE;
        }
    }
}
