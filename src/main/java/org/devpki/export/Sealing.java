package org.devpki.export;

import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;
import org.devpki.model.CertificateDer;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Cms;

/** Secret files for one recipient alone, so that what is written may travel. */
public record Sealing(CertificateDer recipient, SecureRandom random) {
    /** Tells in a device's own folder how what is sealed there is opened. */
    public static final String README = "sealed.README.txt";

    /** The same file under another name and sealed; what is no secret stays as it is. */
    ExportedFile seal(ExportedFile file) {
        if (!file.isSecret()) {
            return file;
        }
        try (SecretBytes clear = file.content()) {
            return new ExportedFile(
                    file.name() + ExportedFile.SEALED,
                    SecretBytes.taking(Cms.seal(clear, recipient, random).toArray()),
                    file.kind());
        }
    }

    /** @param sealed names of the sealed files in the folder */
    ExportedFile readme(String device, List<String> sealed) {
        return ExportedFiles.text(README, """
                Sealed files of %1$s:
                  %2$s

                Each is CMS AuthEnvelopedData (RFC 5083) for the key of the certificate with SHA-256
                %3$s
                and for nobody else. Whoever has that key makes a folder of clear files below OUT with
                  devpki bundle open FOLDER --key recipient.key --out OUT
                FOLDER is this one, or one that holds many, or an archive. OpenSSL 3 opens a file at a time:
                %4$s

                What the other files here say of the files above holds once they are opened.
                """.formatted(
                        device,
                        String.join("\n  ", sealed),
                        recipient.octets().sha256().hex(),
                        sealed.stream()
                                .map(ExportedFile::opened)
                                .map(name -> "  " + command(name))
                                .collect(Collectors.joining("\n"))));
    }

    /** How OpenSSL opens a sealed file. */
    static String command(String openedName) {
        return "(umask 077 && openssl cms -decrypt -inform DER -in %1$s%2$s -out %1$s -inkey recipient.key)"
                .formatted(openedName, ExportedFile.SEALED);
    }
}
