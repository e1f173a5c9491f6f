package org.devpki.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.devpki.app.ShowProfiles;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Profile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code devpki profile}. */
@Command(
        name = "profile",
        description = "Certificate profiles: the shipped ones, and the site's own in the store's profiles/.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ProfileCommand.ListCommand.class,
            ProfileCommand.ShowCommand.class,
            ProfileCommand.CheckCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki profile list", "  devpki profile show device-mqtt"})
final class ProfileCommand extends NounCommand {
    private static ShowProfiles profiles(CommonOptions common) {
        Path store = common.storePath();
        return new ShowProfiles(Files.isDirectory(store) ? Optional.of(store) : Optional.empty());
    }

    /** {@code devpki profile list}. */
    @Command(
            name = "list",
            description = "List the profiles, and where each comes from.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki profile list", "  devpki profile list --json"})
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Override
        public Integer call() {
            Map<String, String> origins = profiles(common).origins();
            List<Map<String, Object>> all = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            lines.add(String.format("%-17s %-22s %s", "NAME", "FROM", "DESCRIPTION"));
            origins.forEach((name, origin) -> {
                String description = describe(name);
                lines.add(String.format("%-17s %-22s %s", name, origin, description));
                all.add(Fields.plain()
                        .put("name", name)
                        .put("from", origin)
                        .put("description", description)
                        .map());
            });
            common.print(Fields.schema("profile-list/1").put("profiles", all), lines);
            return ExitCodes.DONE;
        }

        /** A broken profile must not hide the others. */
        private String describe(String name) {
            try {
                return profiles(common).named(name).description();
            } catch (DevpkiException e) {
                return "(broken: devpki profile check " + name + ")";
            }
        }
    }

    /** {@code devpki profile show}. */
    @Command(
            name = "show",
            description = "Print a profile as it is in force.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki profile show device-mqtt",
                "  devpki profile show device-mqtt > pki/profiles/device-acme.yaml"
            })
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "NAME", description = "The profile's name.")
        String name;

        @Override
        public Integer call() {
            Profile profile = profiles(common).named(name);
            common.print(
                    Fields.schema("profile/1")
                            .put("name", name)
                            .put("description", profile.description())
                            .put(
                                    "keys",
                                    profile.keys().stream()
                                            .map(key -> key.text())
                                            .toList())
                            .put("notAfter", profile.period().notAfter().text())
                            .put("longest", profile.period().longest().text())
                            .put("ca", profile.purpose().isCa())
                            .put(
                                    "keyUsage",
                                    profile.purpose().keyUsage().stream()
                                            .map(usage -> usage.text())
                                            .sorted()
                                            .toList())
                            .put(
                                    "extendedKeyUsage",
                                    profile.purpose().extendedKeyUsage().stream()
                                            .map(usage -> usage.text())
                                            .sorted()
                                            .toList())
                            .put("duplicates", profile.naming().duplicates().text())
                            .put("sha256", profile.source().sha256().hex())
                            .put("yaml", profile.source().asUtf8()),
                    profile.source().asUtf8().lines().toList());
            return ExitCodes.DONE;
        }
    }

    /** {@code devpki profile check}. */
    @Command(
            name = "check",
            description = "Check profiles, and report all mistakes of a file together, each with line and key.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki profile check", "  devpki profile check pki/profiles/device-acme.yaml"})
    static final class CheckCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(
                arity = "0..*",
                paramLabel = "NAME|FILE",
                description = "Names or files; none checks all there are.")
        List<String> wanted = new ArrayList<>();

        @Override
        public Integer call() {
            ShowProfiles profiles = profiles(common);
            List<String> names =
                    wanted.isEmpty() ? List.copyOf(profiles.origins().keySet()) : wanted;
            List<DevpkiException> faults = new ArrayList<>();
            for (String name : names) {
                try {
                    boolean isFile = name.contains("/") || name.endsWith(".yaml");
                    Profile checked = isFile ? ShowProfiles.inFile(Path.of(name)) : profiles.named(name);
                    common.say("profile " + checked.name() + " is well-formed");
                } catch (DevpkiException e) {
                    faults.add(e);
                }
            }
            if (!faults.isEmpty()) {
                Fault fault = faults.stream().allMatch(e -> e.fault() == Fault.NOT_FOUND)
                        ? Fault.NOT_FOUND
                        : Fault.INVALID_INPUT;
                String sentences =
                        faults.stream().map(DevpkiException::sentence).collect(Collectors.joining("\n"));
                throw DevpkiException.of(fault, sentences).hint("docs/profiles.md describes every key");
            }
            common.print(
                    Fields.schema("profile-check/1").put("checked", names.size()),
                    List.of(names.size() + (names.size() == 1 ? " profile is" : " profiles are") + " well-formed"));
            return ExitCodes.DONE;
        }
    }
}
