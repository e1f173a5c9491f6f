package org.devpki.cli;

import picocli.CommandLine.Command;

/** {@code devpki cloud}. */
@Command(
        name = "cloud",
        description = "What clouds need, so that devices log in there with their certificates.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CloudKitCommand.class, CloudCheckCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki cloud check all esp32-cert-client-01",
            "  devpki cloud kit aws --region eu-central-1 --account 123456789012 --out aws/"
        })
final class CloudCommand extends NounCommand {}
