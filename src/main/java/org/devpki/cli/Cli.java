package org.devpki.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Quoted;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole command line, and the one place where what went wrong becomes a sentence and an exit code. */
@Command(
        name = "devpki",
        description = "A certificate authority for ESP32 fleets that speak MQTT over mutual TLS.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki init --org Acme --crl-url http://crl.acme.example --ocsp-url http://ocsp.acme.example",
            "  devpki issue esp32-cert-client-01 --out out/"
        })
public final class Cli implements Runnable {
    private static final Map<String, Class<?>> COMMANDS = commands();

    private final Streams streams;
    private final ProgressLine progress;

    @Spec
    CommandSpec spec;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean isHelp;

    @CommandLine.Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean isVersion;

    @SuppressWarnings("NullAway.Init") // picocli fills the fields
    public Cli(Streams streams) {
        this.streams = streams;
        this.progress = new ProgressLine(streams.err(), streams.clock(), streams.isErrTerminal());
    }

    Streams streams() {
        return streams;
    }

    ProgressLine progress() {
        return progress;
    }

    /** Runs one command. @return its exit code */
    public int run(String... arguments) {
        if (List.of(arguments).equals(List.of("--version"))) { // what scripts ask for at each start needs no picocli
            streams.out().println(Version.line());
            return 0;
        }
        boolean isPlain = Arrays.asList(arguments).contains("--no-color")
                || !streams.environment().getOrDefault("NO_COLOR", "").isEmpty();
        return line(isPlain, arguments).execute(arguments);
    }

    /** As picocli knows it: all commands, or the one that the arguments begin with. */
    CommandLine line(boolean isPlain, String... arguments) {
        CommandLine line = commandLine(arguments);
        Map<String, IHelpSectionRenderer> sections = line.getHelpSectionMap();
        sections.put(UsageMessageSpec.SECTION_KEY_DESCRIPTION, Cli::description);
        sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, Cli::examples);
        line.setHelpSectionMap(sections);
        line.setColorScheme(Help.defaultColorScheme(isPlain ? Ansi.OFF : Ansi.AUTO));
        line.setOut(new PrintWriter(streams.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(streams.err(), true, StandardCharsets.UTF_8));
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, args) -> tell(translate(e), args));
        line.setExecutionExceptionHandler(
                (e, command, parsed) -> tell(e, parsed.originalArgs().toArray(String[]::new)));
        return line;
    }

    /** One paragraph, wherever its lines end in the source. */
    private static String description(Help help) {
        UsageMessageSpec usage = help.commandSpec().usageMessage();
        String[] paragraph = {String.join(" ", usage.description())};
        return Help.join(help.colorScheme().ansi(), usage.width(), false, paragraph, new StringBuilder())
                .toString();
    }

    /** Never wrapped, for a line that is pasted must be whole. */
    private static String examples(Help help) {
        StringBuilder text = new StringBuilder();
        for (String example : help.commandSpec().usageMessage().footer()) {
            text.append(example.replace("%%", "%")).append('\n');
        }
        return text.toString();
    }

    /** Building a command costs more than running it, so only the one that is asked for is built, if it is clear which. */
    private CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(this);
        if (arguments.length > 0 && COMMANDS.containsKey(arguments[0])) {
            line.addSubcommand(arguments[0], COMMANDS.get(arguments[0]));
        } else {
            COMMANDS.forEach(line::addSubcommand);
        }
        return line;
    }

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("init", InitCommand.class);
        commands.put("issue", IssueCommand.class);
        commands.put("revoke", RevokeCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("ca", CaCommand.class);
        commands.put("device", DeviceCommand.class);
        commands.put("profile", ProfileCommand.class);
        commands.put("batch", BatchCommand.class);
        commands.put("station", StationCommand.class);
        commands.put("crl", CrlCommand.class);
        commands.put("ocsp", OcspCommand.class);
        commands.put("token", TokenCommand.class);
        commands.put("bundle", BundleCommand.class);
        commands.put("broker", BrokerCommand.class);
        commands.put("password", PasswordCommand.class);
        commands.put("cloud", CloudCommand.class);
        commands.put("efuse", EfuseCommand.class);
        commands.put("key", KeyCommand.class);
        commands.put("store", StoreCommand.class);
        commands.put("audit", AuditCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("lint", LintCommand.class);
        commands.put("explain", ExplainCommand.class);
        commands.put("nvs", NvsCommand.class);
        commands.put("completion", CompletionCommand.class);
        return commands;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static DevpkiException translate(ParameterException e) {
        if (e.getCause() instanceof DevpkiException told) {
            return told;
        }
        List<String> unmatched = e.getCommandLine().getUnmatchedArguments();
        // an unknown option says more than that something else is missing
        String message = e instanceof MissingParameterException && !unmatched.isEmpty()
                ? "unknown option: " + Quoted.of(unmatched.get(0))
                : String.valueOf(e.getMessage());
        String sentence =
                message.isEmpty() ? "wrong usage" : Character.toLowerCase(message.charAt(0)) + message.substring(1);
        return DevpkiException.invalid(sentence.replaceAll("[\\p{Cc}]+", " "))
                .hint(e.getCommandLine().getCommandSpec().qualifiedName() + " --help")
                .causedBy(e);
    }

    private int tell(Exception e, String[] arguments) {
        progress.clear();
        boolean isVerbose = Arrays.asList(arguments).contains("--verbose");
        boolean isJson = Arrays.asList(arguments).contains("--json")
                || Arrays.asList(arguments).contains("--jsonl");
        DevpkiException told = e instanceof DevpkiException known
                ? known
                : DevpkiException.of(Fault.INTERNAL, "unexpected: " + e)
                        .hint(
                                isVerbose
                                        ? "please report this with the stack trace"
                                        : "--verbose shows the stack trace");
        int code = ExitCodes.of(told.fault());
        if (isJson) {
            streams.err()
                    .println(Json.line(Fields.schema("error/1")
                            .put("code", told.fault().word())
                            .put("exit", code)
                            .put("message", told.sentence())
                            .put("hint", told.hint())
                            .map()));
        } else {
            streams.err().println("devpki: error: " + told.sentence());
            Optional<String> hint = told.hint();
            hint.ifPresent(next -> streams.err().println("hint: " + next));
        }
        if (isVerbose) {
            e.printStackTrace(streams.err());
        }
        return code;
    }
}
