package org.devpki.app;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.devpki.config.Profiles;
import org.devpki.model.Profile;

/** Profiles for people; needs no ledger, and no store for the shipped ones. */
public final class ShowProfiles {
    private final Profiles profiles;

    /** @param store the store's folder, where there is one */
    public ShowProfiles(Optional<Path> store) {
        this.profiles = new Profiles(store.map(folder -> new StoreFolder(folder).profiles()));
    }

    /** Names, and where each comes from. */
    public Map<String, String> origins() {
        return profiles.origins();
    }

    /** @throws org.devpki.model.DevpkiException NOT_FOUND, or INVALID_INPUT with all that is wrong in the file */
    public Profile named(String name) {
        return profiles.named(name);
    }

    /** A profile in a file anywhere. */
    public static Profile inFile(Path file) {
        return Profiles.inFile(file);
    }
}
