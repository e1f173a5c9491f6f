package org.devpki.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code devpki completion}. */
@Command(
        name = "completion",
        description = "Print a script that completes commands and options in bash and zsh.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki completion > ~/.local/share/bash-completion/completions/devpki",
            "  devpki completion > devpki.bash"
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean isHelp;

    @Override
    public Integer call() {
        Cli cli = (Cli) spec.root().userObject();
        cli.streams().out().print(AutoComplete.bash("devpki", cli.line(true)));
        return ExitCodes.DONE;
    }
}
