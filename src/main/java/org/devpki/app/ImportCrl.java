package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevokedEntry;
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

    private final Workshop shop;
    private final Store store;

    ImportCrl(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param forced why a revocation may vanish; the audit keeps it
     * @throws DevpkiException REFUSED by lint, or if it is not of a CA whose key is elsewhere, does not hold now or covers a
     *     part; INTEGRITY if its number is below that of the one on the shelf, another CRL has that number, or a revocation would vanish
     */
    public Imported run(Bytes file, String origin, Optional<String> forced) {
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
        if (crl.thisUpdate().isAfter(shop.now().plus(ReleaseCrl.CLOCKS_DIFFER))) {
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
            boolean isNew = before.filter(
                            old -> old.tbs().sha256().equals(crl.tbs().sha256()))
                    .isEmpty();
            if (isNew) {
                Instant at = crl.thisUpdate().isAfter(shop.now()) ? crl.thisUpdate() : shop.now();
                ReleaseCrl.proof(
                        crl,
                        shop.certificate(ca.name()).tbs(),
                        before,
                        entry -> forced.isPresent() || mayVanish(ca, entry),
                        List.of(),
                        at);
                store.audit( // first: nothing changes untold, also where a run is cut short behind this
                        "crl.import",
                        ca.name().value(),
                        "number=" + number
                                + forced.map(why -> " forced: " + why).orElse(""));
                store.setNote(UNANNOUNCED, number.toString());
            }
            boolean hasChanged = shelf.bring(name, der.octets());
            hasChanged |= shelf.putPem(name);
            List<LedgerCa> cas = shop.publishingCas();
            hasChanged |= shelf.putAll(shop.crlNames().inOneFile(cas));
            return new Imported(name, number, hasChanged);
        }
    }

    /**
     * Puts onto the store's shelf what is due of a queue, for each CA whose key is elsewhere.
     *
     * @param least what must be left of the queue, or attention is due
     * @throws DevpkiException as {@link #run}; NOT_FOUND if no CRL of such a CA is there
     */
    public ReleaseCrl.Done release(Path folder, Duration least) {
        CrlQueue.Contents contents = new CrlQueue(folder).read();
        List<String> damaged = new ArrayList<>(contents.damaged());
        SortedMap<String, List<CrlQueue.Queued>> byCa = new TreeMap<>();
        for (CrlQueue.Queued queued : contents.crls()) {
            try {
                CaName ca = issuer(queued.crl(), queued.file().toString()).name();
                byCa.computeIfAbsent(ca.value(), name -> new ArrayList<>()).add(queued);
            } catch (DevpkiException e) {
                damaged.add(e.sentence());
            }
        }
        if (byCa.isEmpty()) {
            throw DevpkiException.notFound("queue " + folder + " has no CRL of a CA whose key is elsewhere"
                    + (damaged.isEmpty() ? "" : ": " + String.join("; ", damaged)));
        }
        List<ReleaseCrl.Released> released = new ArrayList<>();
        byCa.forEach((ca, crls) -> released.add(release(CrlName.main(new CaName(ca)), crls, least)));
        return new ReleaseCrl.Done(released, damaged);
    }

    private ReleaseCrl.Released release(CrlName name, List<CrlQueue.Queued> crls, Duration least) {
        PublicKeyDer key = shop.certificate(name.ca()).tbs().publicKey();
        BigInteger before =
                CrlShelf.own(shop).crl(name, key).flatMap(ParsedCrl::number).orElse(BigInteger.ZERO);
        boolean hasChanged = ReleaseCrl.due(crls, shop.now())
                .filter(queued -> queued.number().compareTo(before) >= 0) // the same again mends what was cut short
                .map(queued -> run(
                                queued.crl().der().octets().toBytes(),
                                queued.file().toString(),
                                Optional.empty())
                        .hasChanged())
                .orElse(false);
        ParsedCrl current = CrlShelf.own(shop)
                .crl(name, key)
                .orElseThrow(() -> DevpkiException.notFound("no CRL of " + name + " in the queue holds now"));
        return ReleaseCrl.told(name, current, crls, shop.now(), least, hasChanged);
    }

    /** A hold may end; what has expired, as far as this ledger knows it, need not be listed. */
    private boolean mayVanish(LedgerCa ca, RevokedEntry entry) {
        return ReleaseCrl.mayVanish(entry)
                || store.certificate(new IssuerAndSerialNumber(ca.name(), entry.serial()))
                        .filter(row -> row.reservation().validity().isExpired(shop.now()))
                        .isPresent();
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
