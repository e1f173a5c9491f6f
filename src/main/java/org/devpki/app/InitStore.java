package org.devpki.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.devpki.config.SettingsFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.NotAfter;
import org.devpki.model.Settings;
import org.devpki.publish.FolderShelf;
import org.devpki.publish.Shelf;
import org.devpki.store.SqlStore;
import org.devpki.store.Store;
import org.devpki.x509.Pem;

/**
 * Makes a store: root, issuing CA, OCSP responder, first CRLs. All of it happens in a folder beside, which is renamed
 * when it is whole.
 */
public final class InitStore {
    private static final String NOTE = "init-order";
    private static final String LEDGER_NOTE = "init-ledger";
    /** The file of all CAs on the shelf of their certificates. */
    static final String ALL = "all.pem";

    static final String ISSUERS_LOCK = "publishing issuers' certificates";

    private static final Duration STALE = Duration.ofHours(1);

    private final Surroundings surroundings;

    public InitStore(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** @return whether anything was made; false if the same order made the store that is there */
    public boolean run(InitOrder order) {
        Path target = surroundings.store();
        order.urls().values().forEach(SettingsFile::url); // refuses what is no URL
        if (Files.exists(new StoreFolder(target).settings())) {
            return again(order);
        }
        appear(staged -> fill(staged, order));
        order.ledger().filter(url -> !url.equals(Workshop.SQLITE)).ifPresent(this::migrate);
        return true;
    }

    /** @param filling puts a store into a folder */
    void appear(Consumer<Path> filling) {
        Path target = surroundings.store();
        if (!WholeFiles.list(target).isEmpty() || (Files.exists(target) && !Files.isDirectory(target))) {
            throw DevpkiException.conflict(target + " exists and is not an empty folder")
                    .hint("choose another --store");
        }
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            WholeFiles.makeFolder(parent, Modes.PUBLIC_FOLDER);
            sweepStale(parent, target);
        }
        Path staged = WholeFiles.stageFolder(target);
        try {
            filling.accept(staged);
            WholeFiles.settle(staged, target);
        } finally {
            WholeFiles.delete(staged); // gone already when all went well
        }
    }

    /** The ledger is made in a file, for a store appears whole, and then moves. */
    private void migrate(String ledger) {
        say("moving the ledger to " + ledger);
        new MigrateStore(surroundings).run(ledger, false);
        try (Workshop shop = Workshop.open(surroundings)) {
            shop.store().setNote(LEDGER_NOTE, "");
        }
        WholeFiles.delete(new StoreFolder(surroundings.store()).ledger());
    }

    private boolean again(InitOrder order) {
        Optional<String> cutShort = order.ledger().filter(ledger -> isCutShort(order, ledger));
        cutShort.ifPresent(this::migrate);
        String ledger = place().url();
        try (Workshop shop = Workshop.open(surroundings)) {
            Optional<String> made = shop.store().note(NOTE);
            if (!made.equals(Optional.of(order.hash().hex()))
                    || !order.ledger().orElse(ledger).equals(ledger)) {
                throw DevpkiException.conflict(
                                "there is a store in " + surroundings.store() + " already, made by a different order")
                        .hint("devpki.yaml there can be edited, devpki store migrate moves the ledger; --store chooses"
                                + " another folder");
            }
            return cutShort.isPresent();
        }
    }

    /** Whether such an order made the store, and the ledger has not come to its place yet. */
    private boolean isCutShort(InitOrder order, String ledger) {
        SqlStore.Place place = place();
        if (place.url().equals(ledger)) {
            return false;
        }
        Optional<String> movedTo = SqlStore.movedTo(place, surroundings.clock(), surroundings.actor());
        if (movedTo.isPresent()) {
            return movedTo.get().equals(ledger);
        }
        try (Workshop shop = Workshop.open(surroundings)) {
            return shop.store().note(NOTE).equals(Optional.of(order.hash().hex()))
                    && shop.store().note(LEDGER_NOTE).equals(Optional.of(ledger));
        }
    }

    private SqlStore.Place place() {
        return Workshop.place(Workshop.settings(surroundings), surroundings);
    }

    private void fill(Path staged, InitOrder order) {
        StoreFolder folder = new StoreFolder(staged);
        Settings settings = Settings.defaults()
                .with(order.organization(), order.urls())
                .with(order.crl())
                .withPkcs11(order.tokens().module());
        for (Path secret : List.of(folder.keys(), folder.profiles())) {
            WholeFiles.makeFolder(secret, Modes.SECRET_FOLDER);
        }
        Surroundings inside = surroundings.at(staged);
        order.ledger()
                .filter(url -> !url.equals(Workshop.SQLITE))
                .ifPresent(url -> SqlStore.proveEmpty(
                        Workshop.place(settings.withLedger(SettingsFile.ledger(url)), inside),
                        surroundings.clock(),
                        surroundings.actor()));
        SqlStore store = SqlStore.create(Workshop.place(settings, inside), surroundings.clock(), surroundings.actor());
        try (Workshop shop = new Workshop(inside, settings, store)) {
            say("making root CA (" + order.rootKey().text() + ")");
            make(
                    shop,
                    order,
                    CaOrder.usual(CaName.ROOT, Optional.empty())
                            .withKey(order.rootKey(), order.tokens().root())
                            .ending(order.notAfter()));
            say("making issuing CA (" + order.issuingKey().text() + ")");
            // the issuing CA ends with the root, to the second
            Optional<NotAfter> end = order.notAfter().map(given -> new NotAfter.IssuersEnd());
            make(
                    shop,
                    order,
                    CaOrder.usual(CaName.ISSUING, Optional.of(CaName.ROOT))
                            .withKey(order.issuingKey(), order.tokens().issuing())
                            .ending(end));
            shelveIssuers(shop);
            say("making OCSP responder and first CRLs");
            new Responders(shop).renew(CaName.ISSUING);
            for (ShelvedCrl crl :
                    shop.publishCrl().run(new CrlOrder(Optional.empty(), false, List.of(), Optional.empty()))) {
                store.crlsAnnounced(
                        crl.name().ca(), List.of(crl.number())); // nobody reads them yet, so no hook owes them a run
            }
            store.setNote(NOTE, order.hash().hex());
            order.ledger().ifPresent(url -> store.setNote(LEDGER_NOTE, url));
        }
        WholeFiles.write(folder.settings(), Bytes.utf8(SettingsFile.write(settings)), Modes.PUBLIC_FILE);
    }

    private void make(Workshop shop, InitOrder order, CaOrder wanted) {
        String uri = wanted.place();
        boolean isFound = order.tokens().areFound() && !uri.startsWith("file:");
        LedgerCa ca = shop.createCa()
                .make(
                        wanted,
                        kind -> isFound
                                ? shop.keyRing().find(uri, kind)
                                : shop.keyRing()
                                        .createFor(CreateCa.owner(surroundings.store(), order.hash(), uri), uri, kind));
        shop.store().deliver(ca.issuerAndSerial(), CreateCa.DELIVERED);
    }

    /** Issuer certificates as AIA and people want them: DER as .cer, PEM, and all in one. */
    static void shelveIssuers(Workshop shop) {
        Shelf shelf = new FolderShelf(shop.folder().issuers());
        try (Store.Held writing =
                shop.store().lock(ISSUERS_LOCK)) { // else the file of all may lack another process's CA
            StringBuilder all = new StringBuilder();
            for (LedgerCa ca : shop.store().cas()) {
                CertificateDer der = shop.certificate(ca.name()).der();
                shelf.put(ca.name() + ".cer", der.octets());
                shelf.put(ca.name() + ".pem", Bytes.utf8(Pem.certificate(der)));
                all.append(Pem.certificate(der));
                shop.caCertificates().earlier(ca).forEach(own -> all.append(Pem.certificate(own.der())));
            }
            shelf.put(ALL, Bytes.utf8(all.toString()));
        }
    }

    /** What an interrupted init left; only when it is so old that nobody can be at it still. */
    private void sweepStale(Path parent, Path target) {
        Instant limit = surroundings.clock().instant().minus(STALE);
        String mine = "." + target.toAbsolutePath().normalize().getFileName() + ".";
        for (Path left : WholeFiles.leftovers(parent)) {
            try {
                if (String.valueOf(left.getFileName()).startsWith(mine)
                        && Files.getLastModifiedTime(left).toInstant().isBefore(limit)) {
                    WholeFiles.delete(left);
                }
            } catch (IOException e) {
                throw WholeFiles.failed("cannot look at " + left, e);
            }
        }
    }

    private void say(String sentence) {
        surroundings.words().accept(sentence);
    }
}
