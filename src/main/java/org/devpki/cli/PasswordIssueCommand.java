package org.devpki.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.devpki.app.IssuePasswords;
import org.devpki.app.NameList;
import org.devpki.app.PasswordDelivery;
import org.devpki.app.PasswordFolders;
import org.devpki.app.PasswordSheet;
import org.devpki.app.Workshop;
import org.devpki.model.BrokerUri;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki password issue}, and {@code password rotate}, which is the same with {@code --rotate}. */
@Command(
        name = "issue",
        description = {
            "Make a device's password, or those of a list, and write each once: only a hash is kept. The device's name is",
            "the user name, and no certificate is needed. The same again changes nothing, and ends what was cut short."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki password issue sensor-7 --out out/",
            "  devpki password issue sensor-7 --format sdkconfig --format header --uri mqtts://mqtt.acme.example:8884",
            "  devpki password issue --from line3.csv --out passwords.csv",
            "  devpki password issue sensor-7 --out - | ssh station install-password"
        })
class PasswordIssueCommand implements Callable<Integer> {
    private static final String CSV = ".csv";

    @Mixin
    CommonOptions common;

    @Parameters(arity = "0..1", paramLabel = "DEVICE", description = "The device's name, which becomes the user name.")
    Optional<String> name = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "A list of names, one a line, or CSV with a column name; - is standard input.")
    Optional<String> list = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "PLACE",
            description =
                    "A folder, which gets a folder DEVICE+password each; a file that ends in .csv, which gets a row"
                            + " each; - is standard output, if that is no terminal (default: the current folder).")
    String out = ".";

    @Option(names = "--show", description = "Print the passwords to standard output, even where that is a terminal.")
    boolean isShown;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "What else goes into the folder beside password.txt: values (for --nvs-values), sdkconfig or"
                    + " header (for ESP-IDF). Repeatable.")
    List<String> formats = new ArrayList<>();

    @Option(names = "--uri", paramLabel = "URI", description = "Where the broker is, for sdkconfig and header.")
    Optional<String> uri = Optional.empty();

    @Option(names = "--force", description = "Replace what is in the place of a password and is none of the ledger's.")
    boolean isForced;

    boolean isRotating() {
        return false;
    }

    @Override
    public Integer call() {
        if (name.isPresent() == list.isPresent()) {
            throw DevpkiException.invalid("name one device, or a list by --from");
        }
        Optional<BrokerUri> broker = uri.map(BrokerUri::new);
        broker.flatMap(BrokerUri::warning).ifPresent(common::say);
        IssuePasswords.Order order = new IssuePasswords.Order(delivery(broker), isRotating(), isForced);
        IssuePasswords.Issued issued;
        try (Workshop shop = common.open()) {
            issued = name.map(one -> shop.issuePasswords().one(new DeviceId(one), order))
                    .orElseGet(() -> shop.issuePasswords().run(names(), order));
        }
        tell(issued);
        return issued.refused().isEmpty() ? ExitCodes.DONE : ExitCodes.IN_PART;
    }

    private List<DeviceId> names() {
        String file = list.orElseThrow();
        return NameList.read(common.input(file), CommonOptions.origin(file));
    }

    private boolean isStream() {
        return isShown || out.equals("-");
    }

    private PasswordDelivery delivery(Optional<BrokerUri> broker) {
        if (isStream()) {
            if (!isShown && common.streams().isOutTerminal()) {
                throw DevpkiException.invalid("a password does not go to a terminal")
                        .hint("--out FOLDER, a pipe, or --show to see it nevertheless");
            }
            if (common.isJson) {
                throw DevpkiException.invalid("--json and the passwords both want standard output")
                        .hint("--out FOLDER");
            }
        }
        if ((isStream() || out.endsWith(CSV)) && !(formats.isEmpty() && broker.isEmpty())) {
            throw DevpkiException.invalid("--format and --uri go with a folder for --out");
        }
        if (isStream()) {
            return new ToStandardOutput();
        }
        return out.endsWith(CSV) ? new PasswordSheet(Path.of(out)) : new PasswordFolders(Path.of(out), formats, broker);
    }

    /** One password is a line; those of a list are lines of name, comma and password. */
    private final class ToStandardOutput implements PasswordDelivery {
        @Override
        public Optional<SecretBytes> there(DeviceId device) {
            return Optional.empty();
        }

        @Override
        public void deliver(Map<DeviceId, SecretBytes> passwords) {
            common.toStandardOutput(stdout ->
                    passwords.forEach((device, password) -> stdout.println((list.isPresent() ? device + "," : "")
                            + password.lend(octets -> new String(octets, StandardCharsets.US_ASCII)))));
        }
    }

    private void tell(IssuePasswords.Issued issued) {
        issued.refused().forEach(device -> common.say(device + " gets none: its certificate was revoked"));
        if (!issued.before().isEmpty()) {
            common.say((issued.before().size() == 1
                            ? issued.before().get(0) + " has a password, which is"
                            : issued.before().size() + " devices have passwords, which are")
                    + " not shown again; `devpki password rotate` makes another");
        }
        if (!issued.made().isEmpty()) {
            common.say("next: devpki broker install, or devpki password file, tells the broker");
        }
        if (isStream()) {
            return;
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put(isRotating() ? "rotated" : "issued", issued.made().size());
        counts.put("there before", issued.before().size());
        counts.put("refused", issued.refused().size());
        common.print(
                Fields.schema("password-issue/1")
                        .put("changed", !issued.made().isEmpty())
                        .put("made", words(issued.made()))
                        .put("before", words(issued.before()))
                        .put("refused", words(issued.refused()))
                        .put("out", out),
                List.of(counts.entrySet().stream()
                                .filter(entry -> entry.getValue() > 0)
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", "))
                        + (issued.made().isEmpty() ? "" : ", in " + out)));
    }

    static List<String> words(List<DeviceId> names) {
        return names.stream().map(DeviceId::value).toList();
    }
}
