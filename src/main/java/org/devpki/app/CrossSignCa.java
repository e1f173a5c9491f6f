package org.devpki.app;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.publish.FolderShelf;
import org.devpki.publish.Shelf;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;

/**
 * Gives a CA a second certificate, for the same key and subject, by another CA: who believes that one then believes every
 * chain of the first. The CA's own certificate stays as it is.
 */
public final class CrossSignCa {
    /** @param file on the shelf of issuers' certificates, PEM; the DER is beside it */
    public record CrossSigned(CertificateDer certificate, Path file, boolean hasChanged) {}

    private final Workshop shop;

    CrossSignCa(Workshop shop) {
        this.shop = shop;
    }

    /** @throws DevpkiException INVALID_INPUT if the one stands under the other; REFUSED as for {@code ca sign} */
    public CrossSigned run(CaName name, CaName by, Optional<NotAfter> end) {
        shop.refuseHome("signs no CA");
        LedgerCa ca = shop.ca(name);
        shop.ca(by);
        if (ca.issuer().equals(by)) {
            throw DevpkiException.invalid("CA " + name + " has its own certificate of " + by + " already");
        }
        if (shop.issuers(by).contains(shop.certificate(name))) {
            throw DevpkiException.invalid("CA " + by + " stands under " + name + ", and cannot vouch for it");
        }
        shop.revokedAmong(name).ifPresent(revoked -> {
            throw DevpkiException.refused("CA " + revoked + " is revoked, so nobody vouches for " + name);
        });
        ParsedTbs own = shop.certificate(name).tbs();
        if (shop.isOver(name)) {
            throw DevpkiException.refused(
                    "CA " + name + " ended at " + own.notAfter().at() + ", so nobody vouches for it");
        }
        CaOrder order = shop.createCa().again(ca, Optional.of(by), end);
        Profile profile = shop.createCa().profile(order, own);
        Bytes hash = Bytes.utf8("cross\n" + order.hash().hex()).sha256();
        SignCa.Signed signed = shop.signCa().issued(order, profile, own.publicKey(), hash);
        CertificateDer certificate = signed.chain().get(0);
        Shelf shelf = new FolderShelf(shop.folder().issuers());
        String base = name + "-by-" + by;
        shelf.put(base + ".cer", certificate.octets());
        shelf.put(base + ".pem", Bytes.utf8(Pem.certificate(certificate)));
        return new CrossSigned(certificate, shop.folder().issuers().resolve(base + ".pem"), signed.hasChanged());
    }
}
