package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import org.devpki.app.Destination;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;

/** Where {@code --out} leads: to a folder, or for {@code -}, as PEM, to standard output. */
final class PemOutput {
    private PemOutput() {}

    /** @param hasKey whether a private key will be in it */
    static Destination destination(
            CommonOptions common, String out, boolean isForced, List<String> formats, boolean hasKey) {
        if (!out.equals("-")) {
            return new Destination.Folder(Path.of(out), isForced);
        }
        if (!formats.isEmpty() && !formats.equals(List.of("pem"))) {
            throw DevpkiException.invalid("--out - prints format pem only, not " + String.join(",", formats));
        }
        if (common.isJson) {
            throw DevpkiException.invalid("--out - prints PEM, which --json would be mixed with; give --out a folder");
        }
        if (hasKey && common.streams().isOutTerminal()) {
            throw DevpkiException.invalid("a private key never goes to a terminal; give --out a folder");
        }
        return new Destination.Stream(files -> toStandardOutput(common, files));
    }

    private static void toStandardOutput(CommonOptions common, List<ExportedFile> files) {
        common.toStandardOutput(out -> {
            for (String wanted : List.of("key.pem", "chain.pem")) {
                files.stream()
                        .filter(file -> file.name().equals(wanted))
                        .forEach(file -> file.content().lend(octets -> {
                            out.writeBytes(octets);
                            return octets.length;
                        }));
            }
        });
    }
}
