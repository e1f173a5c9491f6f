package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.config.Profiles;
import org.devpki.config.SettingsFile;
import org.devpki.config.TrustFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.Settings;
import org.devpki.model.Trust;
import org.devpki.store.SqlStore;
import org.devpki.x509.Certificates;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.ParsedCertificate;

/** Makes a store that has the certificates of CAs and not their keys: it asks the office for certificates. */
public final class InitTrusting {
    private static final String NOTE = "init-trust";

    /** Of the settings, for messages about what is in a file of trust. */
    private static final String SETTINGS = "devpki.yaml";

    private final Surroundings surroundings;

    public InitTrusting(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * What a run brings back.
     *
     * @param root SHA-256 of the root's certificate, for people to compare
     * @param hasChanged false if the same file made the store that is there
     */
    public record Made(Bytes root, boolean hasChanged) {}

    /** @throws DevpkiException INTEGRITY if the file or its chain of CAs does not hold; CONFLICT for another store */
    public Made run(Bytes file, String origin) {
        Trust trust = TrustFile.read(file, origin);
        Bytes root = trust.cas().stream()
                .filter(ca -> ca.parent().isEmpty())
                .findFirst()
                .map(ca -> ca.certificate().octets().sha256())
                .orElseThrow(() -> DevpkiException.integrity(origin + " has no root"));
        if (Files.exists(new StoreFolder(surroundings.store()).settings())) {
            refuseOther(file);
            return new Made(root, false);
        }
        new InitStore(surroundings).appear(staged -> fill(staged, trust, file));
        return new Made(root, true);
    }

    private void refuseOther(Bytes file) {
        try (Workshop shop = Workshop.open(surroundings)) {
            if (!shop.store().note(NOTE).equals(Optional.of(file.sha256().hex()))) {
                throw DevpkiException.conflict("there is a store in " + surroundings.store()
                                + " already, which another file or devpki init made")
                        .hint("--store chooses another folder");
            }
        }
    }

    private void fill(Path staged, Trust trust, Bytes file) {
        StoreFolder folder = new StoreFolder(staged);
        Settings settings = SettingsFile.read(trust.settings(), SETTINGS).withoutLedger();
        for (Path secret : List.of(folder.keys(), folder.profiles())) {
            WholeFiles.makeFolder(secret, Modes.SECRET_FOLDER);
        }
        trust.profiles().forEach((name, text) -> Profiles.write(folder.profiles(), name, text));
        Surroundings inside = surroundings.at(staged);
        SqlStore store = SqlStore.create(Workshop.place(settings, inside), surroundings.clock(), surroundings.actor());
        try (Workshop shop = new Workshop(inside, settings, store)) {
            trust.cas().forEach(ca -> add(ca, shop));
            InitStore.shelveIssuers(shop);
            shop.keyPool().open();
            store.setNote(NOTE, file.sha256().hex());
        }
        WholeFiles.write(folder.settings(), Bytes.utf8(SettingsFile.write(settings)), Modes.PUBLIC_FILE);
    }

    private static void add(Trust.Ca ca, Workshop shop) {
        ParsedCertificate own = Certificates.parse(ca.certificate());
        ParsedCertificate issuer = ca.parent().map(shop::certificate).orElse(own);
        if (!own.tbs().isCa() || !ForeignSeals.isIssuer(issuer, own)) {
            throw DevpkiException.integrity("the certificate of CA " + ca.name() + " is not one that "
                    + ca.parent().map(CaName::value).orElse("a root") + " made for a CA");
        }
        String profile = CaOrder.usual(ca.name(), ca.parent()).profile();
        ImportCa.note(shop, ca.name(), ca.parent(), profile, own, Optional.empty());
        LedgerCa added = LedgerCa.atOffice(ca.name(), ca.parent(), own.tbs().serialNumber());
        shop.store().addCa(added);
        shop.store().deliver(added.issuerAndSerial(), "trust");
    }
}
