package org.devpki.export;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Cms;

/**
 * A key that is to be burned into eFuse.
 *
 * @param content as {@code espefuse} reads it
 */
public record BurnedKey(EfusePlan.Key key, SecretBytes content) {
    private static final String SCRIPT = "burn.sh";

    /**
     * The files of one device's keys, with the script that burns them; none without keys.
     *
     * @param recipient seals them, if anybody does
     */
    static List<ExportedFile> files(
            List<BurnedKey> keys, String device, Chip chip, Optional<CertificateDer> recipient, SecureRandom random) {
        if (keys.isEmpty()) {
            return List.of();
        }
        EfusePlan plan = new EfusePlan(chip, keys.stream().map(BurnedKey::key).toList());
        List<ExportedFile> files = new ArrayList<>();
        keys.forEach(key -> files.add(key.file(recipient, random)));
        files.add(ExportedFiles.burned(SCRIPT, plan.script(device, recipient.isPresent())));
        return files;
    }

    private ExportedFile file(Optional<CertificateDer> recipient, SecureRandom random) {
        String name = key.use().file();
        return recipient
                .map(to -> ExportedFiles.burned(
                        name + EfusePlan.SEALED,
                        SecretBytes.taking(Cms.seal(content, to, random).toArray())))
                .orElseGet(() -> ExportedFiles.burned(name, content));
    }
}
