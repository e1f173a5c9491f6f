package org.devpki;

import org.devpki.cli.Cli;
import org.devpki.cli.Streams;

/** Starts the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new Cli(Streams.ofProcess()).run(arguments));
    }
}
