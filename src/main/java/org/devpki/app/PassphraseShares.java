package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import org.devpki.model.PassphraseShare;
import org.devpki.model.SecretBytes;
import org.devpki.x509.SecretSharing;

/** The shares of a passphrase, a file each, and the passphrase that they make together. */
public final class PassphraseShares {
    private static final int MOST_OCTETS = 1 << 16;

    private PassphraseShares() {}

    /**
     * Makes a new passphrase and writes its shares, each 0600; then reads them back and proves that each of them, with others,
     * gives the passphrase.
     *
     * @param noted told the set's name, hexadecimal, before the first share is written
     * @return the set's name
     * @throws DevpkiException CONFLICT if one of the files exists: it may be a share of something
     */
    public static String make(List<Path> files, int threshold, SecureRandom random, Consumer<String> noted) {
        refuseTwice(files);
        for (Path file : files) {
            if (Files.exists(file)) {
                throw DevpkiException.conflict(file + " exists already, and may be a share that is needed");
            }
        }
        List<PassphraseShare> shares = SecretSharing.make(threshold, files.size(), random);
        String set = shares.get(0).set().hex();
        noted.accept(set);
        for (int i = 0; i < files.size(); i++) {
            try (SecretBytes text = shares.get(i).text()) {
                WholeFiles.write(files.get(i), text, Modes.SECRET_FILE);
            }
        }
        shares.forEach(share -> share.octets().close());
        prove(files, set, threshold);
        return set;
    }

    private static void refuseTwice(List<Path> files) {
        Set<Path> different = new HashSet<>();
        for (Path file : files) {
            if (!different.add(file.toAbsolutePath().normalize())) {
                throw DevpkiException.invalid("two shares would be in one file, " + file);
            }
        }
    }

    /** The passphrase. @throws DevpkiException KEY_UNAVAILABLE if these shares do not make one */
    public static SecretBytes combine(List<Path> files) {
        return SecretSharing.combine(read(files));
    }

    /**
     * Reads every share back: they are the whole set, and each of them with those behind it, around the end, gives the passphrase.
     *
     * @throws DevpkiException KEY_UNAVAILABLE, with the file whose share is wrong
     */
    static void prove(List<Path> files, String set, int threshold) {
        List<PassphraseShare> shares = read(files);
        PassphraseShare one = shares.get(0);
        long different = shares.stream().map(PassphraseShare::index).distinct().count();
        if (!one.set().hex().equals(set)
                || one.threshold() != threshold
                || one.count() != files.size()
                || different != files.size()) {
            throw DevpkiException.keyUnavailable("the " + files.size() + " files hold " + different + " of "
                    + one.count() + " shares of set " + one.set().hex() + ", any " + one.threshold()
                    + " of which open it; all " + files.size() + " of set " + set + ", any " + threshold
                    + " of which do, are meant");
        }
        for (int first = 0; first < shares.size(); first++) {
            List<PassphraseShare> some = new ArrayList<>();
            for (int i = 0; i < threshold; i++) {
                some.add(shares.get((first + i) % shares.size()));
            }
            SecretSharing.combine(some).close();
        }
    }

    /** Takes away what a run that was cut short wrote of a set, which nothing was made under. @return whether it was that alone */
    static boolean forget(List<Path> files, String set) {
        List<Path> there = files.stream().filter(Files::exists).toList();
        boolean areIts =
                read(there).stream().allMatch(share -> share.set().hex().equals(set));
        if (areIts) {
            there.forEach(WholeFiles::delete);
        }
        return areIts;
    }

    private static List<PassphraseShare> read(List<Path> files) {
        List<PassphraseShare> shares = new ArrayList<>();
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw DevpkiException.keyUnavailable("there is no share " + file);
            }
            try (SecretBytes text = WholeFiles.readSecret(file, MOST_OCTETS)) {
                PassphraseShare share = PassphraseShare.parse(text, file.toString());
                if (!shares.isEmpty() && !share.set().equals(shares.get(0).set())) {
                    throw DevpkiException.keyUnavailable(
                            file + " holds a share of set " + share.set().hex() + ", and "
                                    + files.get(0) + " one of set "
                                    + shares.get(0).set().hex()
                                    + ": they are of two passphrases");
                }
                shares.add(share);
            }
        }
        return shares;
    }
}
