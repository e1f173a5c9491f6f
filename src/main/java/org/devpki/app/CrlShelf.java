package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CrlDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCrl;
import org.devpki.model.PublicKeyDer;
import org.devpki.publish.FolderShelf;
import org.devpki.publish.Shelf;
import org.devpki.store.Store;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/** The CRL files of a shelf, by their names: DER and PEM a CA, and one PEM of all for brokers that read one file. */
final class CrlShelf {
    static final String ALL = "all.crl.pem";

    private final Shelf shelf;

    CrlShelf(Workshop shop, Optional<java.nio.file.Path> folder) {
        this.shelf = new FolderShelf(shop.shelfFolder(folder));
    }

    boolean isAt(CrlShelf other) {
        return shelf.place().equals(other.shelf.place());
    }

    String place() {
        return shelf.place();
    }

    void tidy() {
        shelf.tidy();
    }

    /**
     * What is on the shelf for a CA; empty if nothing is.
     *
     * @throws DevpkiException INTEGRITY if the file is no CRL, or another CA's
     */
    Optional<ParsedCrl> crl(CaName ca, PublicKeyDer key) {
        return shelf.read(ca + ".crl").map(octets -> {
            ParsedCrl crl;
            try {
                crl = Crls.parse(new CrlDer(octets));
            } catch (DevpkiException e) {
                throw damaged(ca, e.sentence()).causedBy(e);
            }
            if (!crl.isSignedBy(key)) {
                throw damaged(ca, "its signature is not by CA " + ca);
            }
            return crl;
        });
    }

    private DevpkiException damaged(CaName ca, String why) {
        return DevpkiException.integrity("CRL " + ca + ".crl in " + shelf.place() + " is damaged: " + why)
                .hint("if nothing else writes there, delete the file and publish again");
    }

    void putDer(CaName ca, CrlDer crl) {
        shelf.put(ca + ".crl", crl.octets());
    }

    /** Makes the PEM file agree with the DER file; tells whether it had to. */
    boolean putPem(CaName ca) {
        return shelf.read(ca + ".crl")
                .map(der -> put(ca + ".crl.pem", pem(der)))
                .orElse(false);
    }

    /** Makes the file of all agree with the DER files; tells whether it had to. */
    boolean putAll(List<LedgerCa> cas) {
        return put(ALL, all(cas));
    }

    /** Whether the PEM files say what the DER files say. */
    boolean isConsistent(List<LedgerCa> cas) {
        return cas.stream()
                        .allMatch(ca -> shelf.read(ca.name() + ".crl.pem")
                                .equals(shelf.read(ca.name() + ".crl").map(CrlShelf::pem)))
                && shelf.read(ALL).equals(Optional.of(all(cas)));
    }

    /** The issuing CAs first: brokers look at leaves most. */
    private Bytes all(List<LedgerCa> cas) {
        StringBuilder text = new StringBuilder();
        for (int i = cas.size() - 1; i >= 0; i--) {
            shelf.read(cas.get(i).name() + ".crl")
                    .map(CrlShelf::pem)
                    .map(Bytes::asUtf8)
                    .ifPresent(text::append);
        }
        return Bytes.utf8(text.toString());
    }

    private boolean put(String file, Bytes content) {
        if (shelf.read(file).equals(Optional.of(content))) {
            return false;
        }
        shelf.put(file, content);
        return true;
    }

    private static Bytes pem(Bytes der) {
        return Bytes.utf8(Pem.crl(new CrlDer(der)));
    }

    /** When a CRL should be made anew: after half its life. */
    static Instant renewalTime(ParsedCrl crl) {
        Instant end = crl.nextUpdate().orElse(crl.thisUpdate());
        return crl.thisUpdate().plus(Duration.between(crl.thisUpdate(), end).dividedBy(2));
    }

    /** Whether the ledger knows of revocations, or of releases, that the CRL cannot know of. */
    static boolean isBehind(Store store, CaName ca, ParsedCrl crl) {
        Optional<LedgerCrl> row = crl.number().flatMap(number -> store.crl(ca, number));
        return row.isEmpty()
                || store.revocationSequence(ca, OptionalInt.empty()) > row.get().takenSequence();
    }
}
