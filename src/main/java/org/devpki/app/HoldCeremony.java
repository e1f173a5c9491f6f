package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.PassphraseShare;
import org.devpki.model.Passphrases;
import org.devpki.model.SecretBytes;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;

/**
 * Makes a store in front of witnesses: the passphrase of its keys is split among people before anything is made, every share is
 * read back, and a transcript says who, when, with what, and the fingerprint of everything that was made.
 */
public final class HoldCeremony {
    /** How many times people are asked to go on. */
    private static final int STEPS = 4;

    private static final String AUDIT = "ca.ceremony";
    private static final int MOST_OCTETS = 1 << 20;

    /**
     * What is to be done.
     *
     * @param holders who keeps a share, and in which file
     * @param witnesses who else is there
     * @param threshold how many shares open the keys
     * @param transcript the file
     * @param versions of devpki and what it runs on, for the transcript
     */
    public record Order(
            InitOrder store,
            SortedMap<String, Path> holders,
            List<String> witnesses,
            int threshold,
            Path transcript,
            Map<String, String> versions) {
        public Order {
            holders = new TreeMap<>(holders);
            witnesses = List.copyOf(witnesses);
            PassphraseShare.refuseOther(threshold, holders.size());
        }

        /** Beside the transcript while the ceremony goes on. */
        Path note() {
            return transcript.resolveSibling(transcript.getFileName() + ".begun");
        }

        String hash() {
            return Bytes.utf8(store.hash().hex() + "\n" + holders + "\n" + witnesses + "\n" + threshold)
                    .sha256()
                    .hex();
        }
    }

    /** @param hasChanged false if the ceremony was held before, by the same order */
    public record Held(Bytes transcript, boolean hasChanged) {}

    private final Surroundings surroundings;
    private final List<String> lines = new ArrayList<>();

    public HoldCeremony(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Cut short, the same command goes on with the shares and the store that are there.
     *
     * @param goOn asks whether to begin a step
     * @throws DevpkiException CONFLICT if a holder's file exists and is not this ceremony's; KEY_UNAVAILABLE for a wrong share
     */
    public Held run(Order order, Consumer<String> goOn) {
        if (Files.exists(order.transcript())) {
            return again(order);
        }
        List<Path> files = List.copyOf(order.holders().values());
        if (order.store().tokens().root().isPresent()
                || order.store().tokens().issuing().isPresent()) {
            surroundings.words().accept("warning: a key in a token opens by its PIN, which no share guards");
        }
        head(order);
        goOn.accept("step 1 of " + STEPS + ": make the passphrase and its shares");
        String set = shares(order, files);
        step("the passphrase of 256 random bits is set " + set + ": any " + order.threshold() + " of " + files.size()
                + " shares open it");
        goOn.accept("step 2 of " + STEPS + ": read every share back");
        PassphraseShares.prove(files, set, order.threshold());
        order.holders().forEach((holder, file) -> lines.add("  " + holder + "  " + file));
        step("read every share back; each opens the passphrase together with others");
        try (SecretBytes passphrase = PassphraseShares.combine(files)) {
            Surroundings inside = surroundings.with(passphrases(passphrase));
            goOn.accept("step 3 of " + STEPS + ": make the CAs");
            boolean isMade = new InitStore(inside).run(order.store());
            step((isMade ? "made store " : "found store ") + surroundings.store());
            try (Workshop shop = Workshop.open(inside)) {
                made(shop);
                goOn.accept("step 4 of " + STEPS + ": open the keys with the shares, and write the transcript");
                PassphraseShares.prove(files, set, order.threshold());
                for (LedgerCa ca : shop.store().cas()) {
                    shop.authority(ca.name());
                    step("opened the key of " + ca.name()
                            + (ca.keyUri().startsWith("file:")
                                    ? " with the passphrase"
                                    : " with its token's PIN, which the shares do not guard")
                            + "; it is its certificate's");
                }
                return written(order, shop);
            }
        }
    }

    /**
     * The shares' set. A note beside the transcript, of this order, says which shares are this ceremony's; those of another
     * might be known to somebody.
     */
    private String shares(Order order, List<Path> files) {
        String mine = order.hash() + " ";
        Optional<String> noted = WholeFiles.readIfPresent(order.note(), MOST_OCTETS)
                .map(Bytes::asUtf8)
                .filter(text -> text.startsWith(mine))
                .map(text -> text.substring(mine.length()).strip());
        boolean isStoreThere = Files.exists(new StoreFolder(surroundings.store()).settings());
        if (isStoreThere && noted.isEmpty()) {
            throw DevpkiException.conflict("there is a store in " + surroundings.store() + " already")
                    .hint(
                            "devpki key shares make, then key passphrase change, shares the passphrase of one that is there");
        }
        if (noted.isPresent() && (isStoreThere || files.stream().allMatch(Files::exists))) {
            PassphraseShares.prove(files, noted.get(), order.threshold());
            step("found the shares of this ceremony, which was cut short");
            return noted.get();
        }
        if (noted.isPresent() && !PassphraseShares.forget(files, noted.get())) {
            throw DevpkiException.conflict(
                    "among the files of the holders is a share of another set than " + noted.get());
        }
        return PassphraseShares.make(
                files,
                order.threshold(),
                surroundings.random(),
                set -> WholeFiles.write(order.note(), Bytes.utf8(mine + set + "\n"), Modes.PUBLIC_FILE));
    }

    private Passphrases passphrases(SecretBytes passphrase) {
        Passphrases others = surroundings.passphrases();
        return new Passphrases() {
            @Override
            public SecretBytes passphraseFor(String purpose) {
                return passphrase.copy();
            }

            @Override
            public SecretBytes pinFor(String token) {
                return others.pinFor(token);
            }

            @Override
            public SecretBytes pinIn(Path file) {
                return others.pinIn(file);
            }
        };
    }

    private Held again(Order order) {
        Bytes there = WholeFiles.read(order.transcript(), MOST_OCTETS);
        try (Workshop shop = Workshop.open(surroundings)) {
            boolean isIts = shop.store().note(AUDIT).equals(Optional.of(hash(order, there)));
            if (isIts) {
                WholeFiles.delete(order.note());
                return new Held(there.sha256(), false);
            }
        }
        throw DevpkiException.conflict(order.transcript() + " exists already, and is not of this ceremony")
                .hint("--transcript chooses another file");
    }

    /** Of what was ordered and of what came of it. */
    private static String hash(Order order, Bytes transcript) {
        return Bytes.utf8(order.hash() + "\n" + transcript.sha256().hex())
                .sha256()
                .hex();
    }

    private void head(Order order) {
        lines.add("devpki CA ceremony");
        lines.add("");
        lines.add("store      " + surroundings.store().toAbsolutePath().normalize());
        lines.add("operator   " + surroundings.actor().text());
        order.witnesses().forEach(witness -> lines.add("witness    " + witness));
        order.holders().keySet().forEach(holder -> lines.add("holder     " + holder));
        order.versions().forEach((what, version) -> lines.add(String.format("%-10s %s", what, version)));
        lines.add("");
        step("begun");
    }

    private void step(String what) {
        lines.add(surroundings.clock().instant().truncatedTo(ChronoUnit.SECONDS) + "  " + what);
        surroundings.words().accept(what);
    }

    /** The fingerprint of everything that others can see; secrets have none here. */
    private void made(Workshop shop) {
        for (LedgerCa ca : shop.store().cas()) {
            ParsedCertificate own = shop.certificate(ca.name());
            ShowLedger.DescribedCa told = shop.showLedger().ca(ca.name());
            lines.add("  CA " + ca.name());
            lines.add("    subject      " + told.subject());
            lines.add("    serial       " + ca.serial());
            lines.add("    key          " + told.key() + " at " + ca.keyUri());
            lines.add("    valid        " + told.validity().notBefore() + " to "
                    + told.validity().notAfter());
            lines.add("    certificate  SHA-256 " + own.fingerprint().hex());
            lines.add("    public key   SHA-256 "
                    + own.tbs().publicKey().octets().sha256().hex());
            CrlShelf.own(shop)
                    .crl(CrlName.main(ca.name()), own.tbs().publicKey())
                    .ifPresent(crl -> lines.add("    first CRL    " + number(crl) + ", SHA-256 "
                            + crl.der().octets().sha256().hex()));
            new Delegates(shop, Delegates.Task.OCSP)
                    .inForce(ca.name())
                    .ifPresent(responder -> lines.add("    OCSP key     SHA-256 "
                            + responder.publicKey().octets().sha256().hex()));
        }
        lines.add("  settings       SHA-256 "
                + WholeFiles.source(shop.folder().settings()).sha256().hex());
        lines.add("  audit          entry " + shop.store().auditHead().entries() + ", hash "
                + shop.store().auditHead().hash().hex());
    }

    private static String number(ParsedCrl crl) {
        return crl.number().map(Object::toString).orElse("without number");
    }

    private Held written(Order order, Workshop shop) {
        step("ended");
        lines.add("");
        lines.add("Who was there says with a signature that it was so:");
        lines.add("");
        lines.add("  operator                  ______________________________");
        order.holders().keySet().forEach(this::signatureLine);
        order.witnesses().forEach(this::signatureLine);
        Bytes transcript = Bytes.utf8(String.join("\n", lines) + "\n");
        shop.store().audit(AUDIT, "transcript", "sha256=" + transcript.sha256().hex());
        shop.store().setNote(AUDIT, hash(order, transcript));
        WholeFiles.write(order.transcript(), transcript, Modes.PUBLIC_FILE);
        WholeFiles.delete(order.note());
        return new Held(transcript.sha256(), true);
    }

    private void signatureLine(String person) {
        lines.add("  " + String.format("%-25s", person) + " ______________________________");
    }
}
