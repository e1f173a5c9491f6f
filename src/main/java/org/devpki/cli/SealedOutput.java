package org.devpki.cli;

import java.nio.file.Path;
import org.devpki.app.CertificateFiles;
import org.devpki.model.CertificateDer;
import picocli.CommandLine.Option;

/** A file that goes to one recipient. */
final class SealedOutput {
    @Option(
            names = "--to",
            required = true,
            paramLabel = "CERT",
            description = "The other side's certificate, to whose key the file is sealed.")
    String recipient;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file that goes there.")
    Path out;

    @Option(names = "--force", description = "Replace a file that has something else in it.")
    boolean isForced;

    CertificateDer recipient(CommonOptions common) {
        return CertificateFiles.certificate(common.input(recipient), CommonOptions.origin(recipient));
    }
}
