package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Chip;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;

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
     * @param isSealed whether the keys will be sealed, so that the script asks to open them first
     */
    static List<ExportedFile> files(List<BurnedKey> keys, String device, Chip chip, boolean isSealed) {
        if (keys.isEmpty()) {
            return List.of();
        }
        EfusePlan plan = new EfusePlan(chip, keys.stream().map(BurnedKey::key).toList());
        List<ExportedFile> files = new ArrayList<>();
        keys.forEach(key -> files.add(ExportedFiles.burned(key.key().use().file(), key.content())));
        files.add(ExportedFiles.burnScript(SCRIPT, plan.script(device, isSealed)));
        return files;
    }
}
