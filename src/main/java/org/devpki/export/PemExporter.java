package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.ExportedFile;
import org.devpki.x509.Pem;

/** {@code pem}: what brokers, web servers and command lines read. */
public final class PemExporter implements Exporter {
    @Override
    public String name() {
        return "pem";
    }

    @Override
    public String description() {
        return "cert.pem, chain.pem (leaf, then intermediates), ca.pem (root), key.pem (PKCS #8)";
    }

    @Override
    public List<String> fileNames(Contents contents) {
        List<String> names = new ArrayList<>(List.of("cert.pem", "chain.pem", "ca.pem"));
        if (contents.hasKey()) {
            names.add("key.pem");
        }
        return names;
    }

    @Override
    public List<ExportedFile> files(Credential credential, ExportOptions options) {
        CredentialChain chain = credential.chain();
        List<ExportedFile> files = new ArrayList<>();
        files.add(ExportedFiles.text("cert.pem", Pem.certificate(chain.leaf())));
        files.add(ExportedFiles.text("chain.pem", Pem.certificates(chain.sent())));
        files.add(ExportedFiles.text("ca.pem", Pem.certificate(chain.root())));
        credential.key().ifPresent(key -> files.add(ExportedFiles.secret("key.pem", Pem.privateKey(key.pkcs8()))));
        return files;
    }
}
