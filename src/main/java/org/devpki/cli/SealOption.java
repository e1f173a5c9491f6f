package org.devpki.cli;

import java.util.Optional;
import org.devpki.app.CertificateFiles;
import org.devpki.model.CertificateDer;
import picocli.CommandLine.Option;

/** For whom secret files are sealed, of all commands that write a device's bundle. */
final class SealOption {
    @Option(
            names = "--seal-to",
            paramLabel = "CERT",
            description = "Write secret files only sealed (CMS) to this certificate's key, as NAME.cms;"
                    + " bundle open undoes it.")
    Optional<String> file = Optional.empty();

    Optional<CertificateDer> recipient(CommonOptions common) {
        return file.map(name -> CertificateFiles.certificate(common.input(name), CommonOptions.origin(name)));
    }
}
