package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.CertificateDer;
import org.devpki.model.Credential;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.x509.Pkcs12;

/** {@code p12}: key and whole chain in one PKCS #12 file under a passphrase. */
public final class P12Exporter implements Exporter {
    @Override
    public String name() {
        return "p12";
    }

    @Override
    public String description() {
        return "credential.p12 (key, leaf, intermediates, root) under --export-passphrase-file";
    }

    @Override
    public boolean needsPassphrase() {
        return true;
    }

    @Override
    public List<String> fileNames(Contents contents) {
        return List.of("credential.p12");
    }

    @Override
    public void rehearse(Credential credential, ExportOptions options) {
        credential.key().ifPresent(key -> Pkcs12.check(key.spec()));
    }

    @Override
    public List<ExportedFile> files(Credential credential, ExportOptions options) {
        if (credential.key().isEmpty()) {
            throw DevpkiException.invalid("format p12 holds the private key, which is not here")
                    .hint("use pem or der");
        }
        List<CertificateDer> chain = new ArrayList<>(credential.chain().sent());
        chain.add(credential.chain().root());
        return List.of(ExportedFiles.secret(
                "credential.p12",
                Pkcs12.encode(
                        credential.device().value(),
                        credential.key().get(),
                        chain,
                        options.passphrase()
                                .orElseThrow(
                                        () -> DevpkiException.invalid("format p12 needs --export-passphrase-file")))));
    }
}
