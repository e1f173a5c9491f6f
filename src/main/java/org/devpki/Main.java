package org.devpki;

import java.util.Locale;
import org.devpki.cli.Cli;
import org.devpki.cli.Streams;

/** Starts the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT); // what is printed is read by scripts
        System.exit(new Cli(Streams.ofProcess()).run(arguments));
    }
}
