package org.devpki.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program as users run it: the jar, in a process of its own, in a folder with a passphrase file. */
public final class Devpki {
    /** Of the processes that run tests at the same time, which one this is: what they make in target/ bears its number. */
    static final String FORK = System.getProperty("devpki.fork", "1");

    public static final Path ROOT =
            Path.of(System.getProperty("devpki.root", ".")).toAbsolutePath();

    public static final Path JAR = Path.of(
            System.getProperty("devpki.jar", ROOT.resolve("target/devpki.jar").toString()));
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Made when the first process is wanted. */
    private static final class Quick {
        static final List<String> JAVA_AND_OPTIONS = javaAndOptions();

        private static List<String> javaAndOptions() {
            List<String> plain = List.of(JAVA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");
            List<String> all = new ArrayList<>(plain);
            all.addAll(ClassArchive.options(plain, JAR));
            return all;
        }
    }

    private final Path folder;
    private final Tool tool;

    private Devpki(Path folder, Tool tool) {
        this.folder = folder;
        this.tool = tool;
    }

    /** In this folder, without a store yet. */
    public static Devpki in(Path folder) {
        Path passphrase = folder.resolve("passphrase");
        try {
            if (!Files.exists(passphrase)) { // a process of another thread may be reading it
                Files.writeString(passphrase, "correct horse battery staple\n");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Devpki(
                folder,
                Tool.in(folder).with("DEVPKI_PASSPHRASE_FILE", "passphrase").with("DEVPKI_STORE", "pki"));
    }

    /** In this folder, with a store made by {@code init} and URLs for CRLs and OCSP. */
    public static Devpki withStore(Path folder, String... initOptions) {
        Devpki devpki = in(folder);
        List<String> init = new ArrayList<>(List.of(
                "init",
                "--org",
                "Acme",
                "--crl-url",
                "http://crl.acme.example",
                "--ocsp-url",
                "http://127.0.0.1:8888",
                "--ca-url",
                "http://ca.acme.example"));
        init.addAll(Arrays.asList(initOptions));
        devpki.run(init.toArray(String[]::new)).exiting(0);
        return devpki;
    }

    /** With more in its environment. */
    public Devpki with(String name, String value) {
        return new Devpki(folder, tool.with(name, value));
    }

    /** The same, given so long for each run; 2 minutes are usual. */
    public Devpki within(Duration time) {
        return new Devpki(folder, tool.within(time));
    }

    /** Runs programs as this one is run. */
    Tool tool() {
        return tool;
    }

    public Path folder() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Runs a command to its end. */
    public Finished run(String... arguments) {
        return tool.run(command(arguments));
    }

    public Finished feed(byte[] input, String... arguments) {
        return tool.feed(input, command(arguments));
    }

    /** Starts a command and leaves it running; the caller ends it. */
    public Process start(Path log, String... arguments) {
        return tool.start(log, command(arguments));
    }

    /** Starts a command to be talked to; its standard error goes to the log, and the caller ends it. */
    public Process talkTo(Path log, String... arguments) {
        return tool.talkTo(log, command(arguments));
    }

    /** Another program in the same folder. */
    public Finished other(String... command) {
        return Tool.in(folder).run(command);
    }

    /** The command line of the jar with these arguments, to be wrapped in another program. */
    public static String[] command(String... arguments) {
        List<String> command = new ArrayList<>(Quick.JAVA_AND_OPTIONS);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(Arrays.asList(arguments));
        return command.toArray(String[]::new);
    }
}
