package org.devpki.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others. */
abstract class NounCommand implements Runnable {
    @Spec
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean isHelp;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing after " + spec.name() + ": "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
