package org.devpki.app;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.PublicKeyDer;
import org.devpki.store.Store;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/** Puts a CRL onto the shelf that a CA published whose key is not here, such as a root that is offline. */
public final class ImportCrl {
    /** @param hasChanged false if it was there already */
    public record Imported(CrlName name, BigInteger number, boolean hasChanged) {}

    /** The note that hooks have not run since a CRL was imported; empty once they have. */
    static final String UNANNOUNCED = "crl-import-unannounced";

    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final Workshop shop;
    private final Store store;

    ImportCrl(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @throws DevpkiException REFUSED by lint, or if it is not of a CA whose key is elsewhere, does not hold now or covers a
     *     part; INTEGRITY if its number is below that of the one on the shelf, or another CRL has that number
     */
    public Imported run(Bytes file, String origin) {
        shop.refuseHome("publishes no CRL");
        CrlDer der = Pem.readCrl(file, origin);
        ParsedCrl crl = Crls.parse(der);
        LedgerCa ca = issuer(crl, origin);
        CrlName name = CrlName.main(ca.name());
        PublicKeyDer key = shop.certificate(ca.name()).tbs().publicKey();
        BigInteger number =
                crl.number().orElseThrow(() -> DevpkiException.refused(origin + " has no CRL number, and may be old"));
        String which = "CRL " + number + " of " + ca.name() + " in " + origin;
        Instant end = crl.nextUpdate()
                .orElseThrow(() -> DevpkiException.refused(which + " says not when the next one comes"));
        if (crl.thisUpdate().isAfter(shop.now().plus(CLOCKS_DIFFER))) {
            throw DevpkiException.refused(which + " holds from " + crl.thisUpdate() + " on, which is to come");
        }
        if (crl.isExpired(shop.now())) {
            throw DevpkiException.refused(which + " ended at " + end);
        }
        if (crl.idp().isPresent() || crl.baseNumber().isPresent()) {
            throw DevpkiException.refused(which + " does not cover all of the CA");
        }
        try (Store.Held publishing = store.lock(PublishCrl.LOCK);
                CrlShelf shelf = CrlShelf.own(shop)) {
            Optional<ParsedCrl> before = shelf.crl(name, key);
            before.ifPresent(old -> refuseOlder(crl, old, which));
            Workshop.refuseErrors(shop.linter().crl(crl), which);
            boolean hasChanged = shelf.bring(name, der.octets());
            hasChanged |= shelf.putPem(name);
            List<LedgerCa> cas = shop.publishingCas();
            hasChanged |= shelf.putAll(shop.crlNames().inOneFile(cas));
            if (hasChanged) {
                store.audit("crl.import", ca.name().value(), "number=" + number);
                store.setNote(UNANNOUNCED, number.toString());
            }
            return new Imported(name, number, hasChanged);
        }
    }

    private static void refuseOlder(ParsedCrl crl, ParsedCrl old, String which) {
        BigInteger number = crl.number().orElseThrow();
        BigInteger before = old.number().orElse(BigInteger.ZERO);
        if (before.compareTo(number) > 0) {
            throw DevpkiException.integrity(which + " is older than the one on the shelf, " + before);
        }
        if (before.equals(number) && !old.tbs().sha256().equals(crl.tbs().sha256())) {
            throw DevpkiException.integrity(which + " is another one than that of this number on the shelf");
        }
    }

    private LedgerCa issuer(ParsedCrl crl, String origin) {
        LedgerCa ca = store.cas().stream()
                .filter(known -> shop.certificate(known.name()).tbs().subject().equals(crl.issuer())
                        && crl.isSignedBy(shop.certificate(known.name()).tbs().publicKey()))
                .findFirst()
                .orElseThrow(() -> DevpkiException.refused(origin + " is not signed by a CA that this store knows"));
        if (!ca.isAtOffice()) {
            throw DevpkiException.refused("the key of CA " + ca.name() + " is here, so its CRL is made here")
                    .hint("devpki crl publish");
        }
        return ca;
    }
}
