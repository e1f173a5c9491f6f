package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.export.Sealing;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Fault;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Cms;
import org.devpki.x509.Keys;

/** Opens what {@code --seal-to} sealed, with the recipient's private key; needs no store. */
public final class OpenBundle implements AutoCloseable {
    private static final int MOST_OCTETS = 1 << 24;

    /**
     * What was opened.
     *
     * @param out the folder with the clear folders in it, or the one clear file
     * @param folders how many there are
     * @param files how many were sealed
     * @param changed how many folders or files were written; the others were there already
     */
    public record Opened(Path out, long folders, long files, long changed) {}

    private final DeviceKey key;
    private final String keyOrigin;
    private final Surroundings surroundings;

    private OpenBundle(DeviceKey key, String keyOrigin, Surroundings surroundings) {
        this.key = key;
        this.keyOrigin = keyOrigin;
        this.surroundings = surroundings;
    }

    /**
     * @param keyFile the recipient's private key: PEM or DER, under the passphrase or under none
     * @throws DevpkiException KEY_UNAVAILABLE if it cannot be read
     */
    public static OpenBundle with(
            SecretBytes keyFile, Optional<SecretBytes> passphrase, String keyOrigin, Surroundings surroundings) {
        return new OpenBundle(Keys.read(keyFile, passphrase, keyOrigin), keyOrigin, surroundings);
    }

    /**
     * Opens one sealed file.
     *
     * @throws DevpkiException KEY_UNAVAILABLE if it is another's; INTEGRITY if it is not as it was sealed
     */
    public SecretBytes file(Path sealed) {
        if (!isSealedFile(sealed)) {
            throw DevpkiException.invalid(
                    sealed + " is not one sealed file, whose name ends in " + ExportedFile.SEALED);
        }
        SecretBytes content = WholeFiles.readSecret(sealed, MOST_OCTETS);
        String name = String.valueOf(sealed.getFileName());
        Path folder = sealed.toAbsolutePath().resolveSibling("");
        boolean isSummed = WholeFiles.readIfPresent(folder.resolve(Sums.FILE), MOST_OCTETS)
                .flatMap(Sums::parse)
                .filter(sums -> sums.hashes().containsKey(name))
                .map(sums -> {
                    sums.check(name, content, folder);
                    return sums;
                })
                .isPresent();
        return opened(content, sealed.toString(), isSummed);
    }

    /**
     * Opens a sealed file of any name that is no device's.
     *
     * @throws DevpkiException as {@link #file}
     */
    Bytes whole(Path sealed) {
        try (SecretBytes content =
                opened(WholeFiles.readSecret(sealed, SealedFile.MOST_OCTETS), sealed.toString(), false)) {
            return content.lend(Bytes::of);
        }
    }

    private static boolean isSealedFile(Path place) {
        return Files.isRegularFile(place) && ExportedFile.isSealed(String.valueOf(place.getFileName()));
    }

    /**
     * Opens a sealed file, a device's folder, a folder of such or an archive. All of it is checked before anything is
     * written, and each folder appears whole or not at all.
     *
     * @param out the folder for what is clear; without it a file is put beside the sealed one
     * @param isForced whether other files of the same names may be replaced
     * @throws DevpkiException INTEGRITY for what is not as it was written, KEY_UNAVAILABLE for another's, CONFLICT for other
     *     files in the way
     */
    public Opened run(Path place, Optional<Path> out, boolean isForced) {
        if (isSealedFile(place)) {
            return openFile(place, out, isForced);
        }
        DeviceFolders folders = DeviceFolders.at(place);
        Path to = out.orElseThrow(() -> DevpkiException.invalid("--out names the folder that the clear folders go to"));
        long[] all = new long[2];
        folders.each(folder -> {
            all[0]++;
            all[1] += folder.sealed().size();
        });
        if (all[1] == 0) {
            throw DevpkiException.invalid("nothing in " + place + " is sealed");
        }
        WholeFiles.makeFolder(to, Modes.SECRET_FOLDER);
        long[] done = new long[2];
        folders.each(folder -> {
            surroundings.words().soFar("folders opened", done[0]++, all[0]);
            done[1] += open(folder, to.resolve(folder.name()), isForced) ? 1 : 0;
        });
        return new Opened(to, all[0], all[1], done[1]);
    }

    private Opened openFile(Path sealed, Optional<Path> out, boolean isForced) {
        Path name = Path.of(ExportedFile.opened(String.valueOf(sealed.getFileName())));
        Path target = out.map(folder -> folder.resolve(name)).orElseGet(() -> sealed.resolveSibling(name));
        try (SecretBytes clear = file(sealed)) {
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.isRegularFile(target)
                        && WholeFiles.readSecret(target, MOST_OCTETS).equals(clear)) {
                    return new Opened(target, 0, 1, 0);
                }
                if (!isForced) {
                    throw DevpkiException.conflict("file " + target + " exists already, with other octets")
                            .hint("choose another --out, or --force to replace it");
                }
            }
            out.ifPresent(folder -> WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER));
            WholeFiles.write(target, clear, Modes.SECRET_FILE);
        }
        return new Opened(target, 0, 1, 1);
    }

    /** @return whether anything was written */
    private boolean open(DeviceFolder folder, Path target, boolean isForced) {
        List<ExportedFile> clear = clear(folder);
        Sums wanted = Sums.of(folder.sums().serial(), clear);
        WholeFiles.sweep(target);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            if (isThere(target, wanted)) {
                return false;
            }
            if (!isForced) {
                throw DevpkiException.conflict("folder " + target + " exists already, with other files")
                        .hint("choose another --out, or --force to replace it");
            }
            Bundle.refuseForeign(target, List.copyOf(wanted.hashes().keySet()));
        }
        Bundle.put(
                target,
                wanted.serial(),
                clear,
                () -> surroundings.checkpoint().reached(Checkpoint.Step.OPEN_1_FILES_WRITTEN));
        clear.forEach(file -> file.content().close());
        return true;
    }

    private static boolean isThere(Path target, Sums wanted) {
        try (DeviceFolder there = DeviceFolder.read(target)) {
            return there.sums().equals(wanted);
        } catch (DevpkiException e) {
            if (e.fault() != Fault.INTEGRITY) {
                throw e;
            }
            return false; // something is there, and it is not whole
        }
    }

    private List<ExportedFile> clear(DeviceFolder folder) {
        List<String> secrets = folder.sums().mayBeInClear();
        List<ExportedFile> clear = new ArrayList<>();
        for (Map.Entry<String, SecretBytes> file : folder.contents().entrySet()) {
            String name = file.getKey();
            if (ExportedFile.isSealed(name)) {
                clear.add(new ExportedFile(
                        ExportedFile.opened(name),
                        opened(file.getValue(), name + " in " + folder.place(), true),
                        ExportedFile.Kind.SECRET));
            } else if (!name.equals(Sealing.README)) {
                clear.add(new ExportedFile(
                        name,
                        file.getValue().copy(),
                        secrets.contains(name) ? ExportedFile.Kind.SECRET : ExportedFile.Kind.PUBLIC));
            }
        }
        return clear;
    }

    /** @param isProven whether its octets are known to be those that were sealed */
    private SecretBytes opened(SecretBytes sealed, String what, boolean isProven) {
        try {
            return Cms.open(sealed.lend(Bytes::of), key);
        } catch (DevpkiException e) {
            String orDamaged = isProven || e.fault() == Fault.INTEGRITY ? "" : ", or was changed since";
            throw DevpkiException.of(e.fault(), keyOrigin + " does not open " + what + ": " + e.sentence() + orDamaged)
                    .causedBy(e);
        }
    }

    @Override
    public void close() {
        key.close();
    }
}
