package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.ExportedFile;

/** {@code der}: one certificate a file, and the key as PKCS #8. */
public final class DerExporter implements Exporter {
    @Override
    public String name() {
        return "der";
    }

    @Override
    public String description() {
        return "cert.der, intermediate-1.der and on, ca.der (root), key.der (PKCS #8)";
    }

    @Override
    public List<String> fileNames(Contents contents) {
        List<String> names = new ArrayList<>(List.of("cert.der", "intermediate-1.der", "ca.der"));
        if (contents.hasKey()) {
            names.add("key.der");
        }
        return names;
    }

    @Override
    public List<ExportedFile> files(Credential credential, ExportOptions options) {
        CredentialChain chain = credential.chain();
        List<ExportedFile> files = new ArrayList<>();
        files.add(ExportedFiles.octets("cert.der", chain.leaf().octets()));
        for (int i = 0; i < chain.intermediates().size(); i++) {
            files.add(ExportedFiles.octets(
                    "intermediate-" + (i + 1) + ".der",
                    chain.intermediates().get(i).octets()));
        }
        files.add(ExportedFiles.octets("ca.der", chain.root().octets()));
        credential
                .key()
                .ifPresent(key ->
                        files.add(ExportedFiles.secret("key.der", key.pkcs8().copy())));
        return files;
    }
}
