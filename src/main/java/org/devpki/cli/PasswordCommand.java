package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ImportPasswords;
import org.devpki.app.NameList;
import org.devpki.app.PasswordText;
import org.devpki.app.ShowPasswords;
import org.devpki.app.Workshop;
import org.devpki.model.BrokerKind;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki password}. */
@Command(
        name = "password",
        description = "Passwords that devices log in to a broker with.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PasswordIssueCommand.class,
            PasswordCommand.RotateCommand.class,
            PasswordCommand.RevokePasswordCommand.class,
            PasswordCommand.ListCommand.class,
            PasswordCommand.CheckCommand.class,
            PasswordCommand.FileCommand.class,
            PasswordCommand.ImportCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki password issue sensor-7 --out out/", "  devpki password file mosquitto --out passwords"})
final class PasswordCommand extends NounCommand {

    /** {@code devpki password rotate}. */
    @Command(
            name = "rotate",
            description = {
                "Make another password for a device, or for those of a list. The one before counts until the broker is",
                "told: give the device the new one first, then run `devpki broker install`."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki password rotate sensor-7 --out out/",
                "  devpki password rotate --from stolen.txt --out rotated.csv"
            })
    static final class RotateCommand extends PasswordIssueCommand {
        @Override
        boolean isRotating() {
            return true;
        }
    }

    /** {@code devpki password revoke}. */
    @Command(
            name = "revoke",
            description = {
                "Take a device's password away, or those of a list: its hash is forgotten. It counts once the broker is",
                "told, by `devpki broker install`. A certificate that the device has is not touched."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  devpki password revoke sensor-7", "  devpki password revoke --from stolen.txt --json"})
    static final class RevokePasswordCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(arity = "0..1", paramLabel = "DEVICE", description = "The device's name.")
        Optional<String> name = Optional.empty();

        @Option(
                names = "--from",
                paramLabel = "FILE",
                description = "A list of names, one a line, or CSV with a column name; - is standard input.")
        Optional<String> list = Optional.empty();

        @Override
        public Integer call() {
            if (name.isPresent() == list.isPresent()) {
                throw DevpkiException.invalid("name one device, or a list by --from");
            }
            List<DeviceId> names = list.map(file -> NameList.read(common.input(file), CommonOptions.origin(file)))
                    .orElseGet(() -> List.of(new DeviceId(name.orElseThrow())));
            List<DeviceId> revoked;
            try (Workshop shop = common.open()) {
                revoked = shop.revokePasswords().run(names);
            }
            common.print(
                    Fields.schema("password-revoke/1")
                            .put("changed", !revoked.isEmpty())
                            .put("revoked", PasswordIssueCommand.words(revoked)),
                    List.of(
                            revoked.isEmpty()
                                    ? "nothing to do: revoked before"
                                    : "revoked " + revoked.size() + (revoked.size() == 1 ? " password" : " passwords"),
                            "next: devpki broker install tells the broker"));
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki password list}. */
    @Command(
            name = "list",
            description = "List who has a password, since when, and what it is good for.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki password list", "  devpki password list --json"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            List<ShowPasswords.Shown> all;
            try (Workshop shop = common.open()) {
                all = shop.showPasswords().all();
            }
            List<String> lines = new ArrayList<>(List.of(String.format("%-24s %-11s %s", "NAME", "STANDING", "SINCE")));
            all.forEach(one -> lines.add(String.format(
                            "%-24s %-11s %s",
                            one.name(),
                            one.standing().text(),
                            one.since().map(Object::toString).orElse(""))
                    .stripTrailing()));
            common.print(
                    Fields.schema("password-list/1")
                            .put(
                                    "passwords",
                                    all.stream()
                                            .map(one -> Fields.plain()
                                                    .put("name", one.name())
                                                    .put(
                                                            "standing",
                                                            one.standing().text())
                                                    .put("since", one.since())
                                                    .map())
                                            .toList()),
                    lines);
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki password check}. */
    @Command(
            name = "check",
            description = "Tell whether a password is a device's; exit 5 if it is not, or does not count any more.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki password check sensor-7 --password-file out/sensor-7+password/password.txt",
                "  devpki password check sensor-7 --password-file - < password.txt"
            })
    static final class CheckCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "DEVICE", description = "The device's name.")
        String name;

        @Option(
                names = "--password-file",
                required = true,
                paramLabel = "FILE",
                description = "File with the password; - is standard input.")
        String file;

        @Override
        public Integer call() {
            DeviceId device = new DeviceId(name);
            try (Workshop shop = common.open()) {
                shop.showPasswords().check(device, PasswordText.of(common.secretInput(file)));
            }
            common.print(
                    Fields.schema("password-check/1").put("name", device).put("matches", true),
                    List.of("that is the password of " + device));
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki password file}. */
    @Command(
            name = "file",
            description = {
                "Write the file of all user names and password hashes that a broker reads: mosquitto (password_file), emqx",
                "(CSV to be imported) or hivemq (credentials.xml of the File RBAC extension). Revoked devices are not in it."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki password file mosquitto --out /etc/mosquitto/passwords",
                "  devpki password file emqx --out passwords.csv --json"
            })
    static final class FileCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "BROKER", description = "mosquitto, emqx or hivemq.")
        String broker;

        @Option(names = "--out", paramLabel = "FILE", description = "Where to (default: standard output).")
        String out = "-";

        @Override
        public Integer call() {
            BrokerKind kind = BrokerKind.parse(broker);
            boolean hasChanged = false;
            ShowPasswords.BrokerFile file;
            try (Workshop shop = common.open()) {
                file = shop.showPasswords().file(kind);
                if (!out.equals("-")) {
                    hasChanged = shop.showPasswords().write(file, Path.of(out));
                }
            }
            file.leftOut().forEach((device, why) -> common.say(device + " is left out: " + why));
            if (out.equals("-")) {
                common.output(out, file.content());
            } else {
                common.print(
                        Fields.schema("password-file/1")
                                .put("changed", hasChanged)
                                .put("broker", kind.text())
                                .put("file", out)
                                .put("users", file.users())
                                .put("leftOut", file.leftOut()),
                        List.of((hasChanged ? "" : "nothing to do: ") + file.users() + " users for " + kind.text()
                                + " in " + out));
            }
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki password import}. */
    @Command(
            name = "import",
            description = {
                "Take over the password hashes of a file that mosquitto_passwd wrote ($7$ and $6$), so that devices keep",
                "the passwords that they have."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki password import mosquitto /etc/mosquitto/passwd",
                "  devpki password import mosquitto - --force < passwd"
            })
    static final class ImportCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(index = "0", paramLabel = "BROKER", description = "Whose file it is: mosquitto.")
        String broker;

        @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is standard input.")
        String file;

        @Option(names = "--force", description = "Devices that have another password get the file's.")
        boolean isForced;

        @Override
        public Integer call() {
            if (BrokerKind.parse(broker) != BrokerKind.MOSQUITTO) {
                throw DevpkiException.invalid("password files are imported from mosquitto, not from " + broker);
            }
            ImportPasswords.Imported imported;
            try (Workshop shop = common.open()) {
                imported = shop.importPasswords().run(common.input(file), CommonOptions.origin(file), isForced);
            }
            common.print(
                    Fields.schema("password-import/1")
                            .put("changed", !imported.brought().isEmpty())
                            .put("imported", PasswordIssueCommand.words(imported.brought()))
                            .put("before", PasswordIssueCommand.words(imported.before())),
                    List.of("imported " + imported.brought().size() + ", there before "
                            + imported.before().size()));
            return ExitCodes.DONE;
        }
    }
}
