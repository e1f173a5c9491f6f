package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.ShelfPlace;
import org.devpki.publish.FolderShelf;
import org.devpki.publish.S3Shelf;
import org.devpki.publish.Shelf;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/** The CRL files of a shelf, by their names: DER and PEM each, and one PEM of all for brokers that read one file. */
final class CrlShelf implements AutoCloseable {
    static final String ALL = "all.crl.pem";

    private static final int MOST_READ_OCTETS = 1 << 28;

    private final Shelf shelf;

    private CrlShelf(Shelf shelf) {
        this.shelf = shelf;
    }

    /** The store's own, which status, verify and doctor look at, and where CRLs are made. */
    static CrlShelf own(Workshop shop) {
        return new CrlShelf(new FolderShelf(shop.folder().crls()));
    }

    /** Another one, or the store's own when there is none. What was read of it is to be used before it is closed. */
    static CrlShelf at(Workshop shop, Optional<ShelfPlace> place) {
        return place.map(there -> at(there, shop.folder().crls())).orElseGet(() -> own(shop));
    }

    /** @param scratch a folder for what is read from far away, until this is closed */
    static CrlShelf at(ShelfPlace place, Path scratch) {
        return new CrlShelf(
                place.match(folder -> new FolderShelf(folder.path()), bucket -> new S3Shelf(bucket, scratch)));
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
     * What is on the shelf under a name; empty if nothing is.
     *
     * @throws DevpkiException INTEGRITY if the file is no CRL, or another CA's
     */
    Optional<ParsedCrl> crl(CrlName name, PublicKeyDer key) {
        return shelf.read(name.file()).map(octets -> {
            ParsedCrl crl;
            try {
                crl = Crls.parse(new CrlDer(octets));
            } catch (DevpkiException e) {
                throw damaged(name, e.sentence()).causedBy(e);
            }
            if (!crl.isSignedBy(key)) {
                throw damaged(name, "its signature is not by CA " + name.ca());
            }
            return crl;
        });
    }

    /** The same, but a damaged one counts as none. */
    Optional<ParsedCrl> crlIfSound(CrlName name, PublicKeyDer key) {
        try {
            return crl(name, key);
        } catch (DevpkiException e) {
            if (e.fault() != Fault.INTEGRITY) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private DevpkiException damaged(CrlName name, String why) {
        return DevpkiException.integrity("CRL " + name.file() + " in " + shelf.place() + " is damaged: " + why)
                .hint("if nothing else writes there, delete the file and publish again");
    }

    /** Puts a CRL there that is proven. */
    void put(CrlName name, OctetSource der) {
        shelf.put(name.file(), der);
    }

    /** The same of what another CA published; tells whether it was not there. */
    boolean bring(CrlName name, OctetSource der) {
        return put(name.file(), der);
    }

    /** Makes the PEM file agree with the DER file; tells whether it had to. */
    boolean putPem(CrlName name) {
        return shelf.read(name.file()).map(der -> put(pemFile(name), pem(der))).orElse(false);
    }

    /** Makes the file of all agree with the DER files; tells whether it had to. */
    boolean putAll(List<CrlName> names) {
        return put(ALL, all(names));
    }

    /**
     * Puts one CRL into the file of all, where nobody knows of the others that are in it: it takes the place of the one of its
     * issuer and issuing distribution point; tells whether it was not there.
     */
    boolean putIntoAll(ParsedCrl crl) {
        List<OctetSource> all = new ArrayList<>();
        boolean isIn = false;
        for (CrlDer there : shelf.read(ALL).map(this::crls).orElse(List.of())) {
            boolean isItsPlace = isOfSameScope(Crls.parse(there), crl);
            if (!isItsPlace) {
                all.add(Pem.crl(there));
            } else if (!isIn) {
                all.add(Pem.crl(crl.der()));
                isIn = true;
            }
        }
        if (!isIn) {
            all.add(Pem.crl(crl.der()));
        }
        return put(ALL, OctetSource.concat(all.toArray(OctetSource[]::new)));
    }

    private List<CrlDer> crls(OctetSource pem) {
        try {
            return Pem.readCrls(bytes(pem), ALL + " in " + shelf.place());
        } catch (DevpkiException e) {
            throw DevpkiException.integrity(e.sentence())
                    .hint("delete the file; the CRLs of others come back into it when they are published")
                    .causedBy(e);
        }
    }

    private static boolean isOfSameScope(ParsedCrl one, ParsedCrl other) {
        return one.issuer().equals(other.issuer()) && uris(one).equals(uris(other));
    }

    private static List<String> uris(ParsedCrl crl) {
        return crl.idp().map(ParsedCrl.IssuingDistributionPoint::uris).orElse(List.of());
    }

    private Bytes bytes(OctetSource file) {
        if (file.size() > MOST_READ_OCTETS) {
            throw DevpkiException.refused(ALL + " in " + shelf.place() + " has more than " + MOST_READ_OCTETS
                    + " octets, more than is read at once");
        }
        return file.toBytes();
    }

    /** Whether the PEM files say what the DER files say. */
    boolean isConsistent(List<CrlName> names, List<CrlName> inAll) {
        return names.stream()
                        .allMatch(name -> areAlike(
                                shelf.read(pemFile(name)),
                                shelf.read(name.file()).map(CrlShelf::pem)))
                && areAlike(shelf.read(ALL), Optional.of(all(inAll)));
    }

    private static boolean areAlike(Optional<OctetSource> one, Optional<OctetSource> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || one.get().hasOctetsOf(other.get()));
    }

    private OctetSource all(List<CrlName> names) {
        return OctetSource.concat(names.stream()
                .flatMap(name -> shelf.read(name.file()).stream())
                .map(CrlShelf::pem)
                .toArray(OctetSource[]::new));
    }

    private boolean put(String file, OctetSource content) {
        if (areAlike(shelf.read(file), Optional.of(content))) {
            return false;
        }
        shelf.put(file, content);
        return true;
    }

    private static String pemFile(CrlName name) {
        return name.file() + ".pem";
    }

    private static OctetSource pem(OctetSource der) {
        return Pem.crl(new CrlDer(der));
    }

    @Override
    public void close() {
        shelf.close();
    }
}
