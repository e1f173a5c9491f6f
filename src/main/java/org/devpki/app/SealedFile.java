package org.devpki.app;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Cms;

/**
 * A file that goes to one recipient. No two sealings are alike and nobody here can open one, so the ledger notes of each
 * what is in it: the same for the same recipient is written once.
 */
final class SealedFile {
    /** More than the certificates of 100,000 devices. */
    static final int MOST_OCTETS = 1 << 28;

    private final Workshop shop;
    private final Path target;
    private final CertificateDer recipient;
    private final boolean isForced;

    /**
     * @param isForced whether a file that has something else in it may be replaced
     * @throws DevpkiException REFUSED for a recipient whom nothing is sealed to
     */
    SealedFile(Workshop shop, Path target, CertificateDer recipient, boolean isForced) {
        Packing.refuseWeak(recipient, "--to");
        this.shop = shop;
        this.target = target;
        this.recipient = recipient;
        this.isForced = isForced;
    }

    /**
     * @param content that tells one file from another
     * @param inside what is sealed, which may differ each time, such as the content with a signature
     * @return whether it was written; false if it is there already
     * @throws DevpkiException CONFLICT for another file in the way
     */
    boolean write(Bytes content, Supplier<Bytes> inside, Checkpoint.Step sealed, Checkpoint.Step written) {
        String what =
                content.sha256().hex() + " to " + recipient.octets().sha256().hex();
        WholeFiles.sweep(target);
        Optional<Bytes> before = WholeFiles.readIfPresent(target, MOST_OCTETS);
        if (before.flatMap(file -> shop.store().note(note(file))).equals(Optional.of(what))) {
            return false;
        }
        if (before.isPresent() && !isForced) {
            throw DevpkiException.conflict(target + " exists already, with something else in it or for somebody else")
                    .hint("choose another --out, or --force to replace it");
        }
        Bytes file;
        try (SecretBytes secret = SecretBytes.taking(inside.get().toArray())) {
            file = Cms.seal(secret, recipient, shop.surroundings().random());
        }
        shop.store().setNote(note(file), what); // first: a file that a killed run has written is known
        shop.surroundings().checkpoint().reached(sealed);
        WholeFiles.write(target, file, Modes.PUBLIC_FILE);
        shop.surroundings().checkpoint().reached(written);
        return true;
    }

    private static String note(Bytes file) {
        return "sealed " + file.sha256().hex();
    }
}
