package org.devpki.app;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.ca.lint.LintSubject;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateState;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlName;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.KeyUsage;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerCrl;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;
import org.devpki.x509.SigningKey;

/**
 * Takes over a CA that another program made: its certificate, its key, the last number of its CRLs and what they list. It
 * issues nothing before all of that is here. What was cut short is finished by the same order once more.
 */
public final class AdoptCa {
    /** A CRL number that the ledger can count on from. */
    private static final int MOST_NUMBER_BITS = 61;

    /** A file that was given. */
    public record Given(Bytes file, String origin) {}

    /**
     * What {@code ca import} was told; without a key and a place of one, the key stays elsewhere.
     *
     * @param certificate PEM or DER; of several the first is the CA's
     * @param key comes into the store, under its passphrase
     * @param keyUri the token that has the key
     * @param crl the last one that the CA published
     * @param crlNumber the last one that was given
     */
    public record Order(
            CaName name,
            Given certificate,
            Optional<DeviceKey> key,
            Optional<String> keyUri,
            Optional<Given> crl,
            Optional<BigInteger> crlNumber) {
        public Order {
            keyUri.ifPresent(CaOrder::refuseFile);
            if (name.value().equals("all")) {
                throw DevpkiException.invalid("a CA is not called all, for all.crl.pem and all.pem hold those of all");
            }
            boolean isElsewhere = key.isEmpty() && keyUri.isEmpty();
            if (isElsewhere && (crl.isPresent() || crlNumber.isPresent())) {
                throw DevpkiException.invalid("the CRLs of a CA whose key is elsewhere are made there")
                        .hint("devpki crl import FILE puts its CRL onto the shelf");
            }
        }

        private boolean isElsewhere() {
            return key.isEmpty() && keyUri.isEmpty();
        }

        private String place() {
            return isElsewhere() ? LedgerCa.OFFICE + ":" + name : keyUri.orElse("file:" + name + ".key.pem");
        }
    }

    /**
     * What a run brings back.
     *
     * @param revoked how many revocations the CRL brought
     * @param warnings what lint says of the certificate; devpki would not have issued it so
     */
    public record Adopted(boolean hasChanged, long revoked, List<String> warnings) {}

    private final Workshop shop;
    private final Store store;

    AdoptCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @throws DevpkiException REFUSED for a certificate that no CA can work with, or of a root that the store does not know;
     *     KEY_UNAVAILABLE for another certificate's key; CONFLICT if name, subject or serial are taken; nothing is changed then
     */
    public Adopted run(Order order) {
        shop.refuseRestricted("imports no CA");
        Given given = order.certificate();
        ParsedCertificate own = Certificates.parse(Pem.readCertificate(given.file(), given.origin()));
        refuseUnusable(own, given.origin());
        Optional<CaName> parent = ForeignSeals.isIssuer(own, own) ? Optional.empty() : Optional.of(parent(own));
        order.key().ifPresent(key -> refuseOther(key, own, given.origin()));
        Optional<ParsedCrl> crl = order.crl().map(file -> crl(file, own));
        BigInteger last = lastNumber(order, crl);
        CaName name = order.name();
        try (Store.Held making = store.lock(Workshop.nameLock(parent.orElse(name), name.value()));
                Store.Held keys = store.lock(RewrapKeys.LOCK)) {
            Optional<LedgerCa> there = store.ca(name);
            there.ifPresent(ca -> refuseDifferent(ca, order, own));
            List<RevokedEntry> fresh = crl.map(read -> fresh(name, read)).orElse(List.of());
            List<String> warnings = warnings(own, parent);
            boolean isDone = there.filter(shop.createCa()::isFinished).isPresent();
            if (isDone && fresh.isEmpty() && isCounted(name, last)) {
                return new Adopted(false, 0, warnings);
            }
            if (there.isEmpty()) {
                refuseTaken(name, parent, own);
                parent.filter(above -> !order.isElsewhere())
                        .ifPresent(above -> shop.createCa().refuseUnnameable(name, own.tbs(), above));
                keepKey(order, own);
            }
            store.takeBack(CrlName.main(name), fresh, own.tbs().notAfter().at());
            LedgerCa ca = there.orElseGet(() -> added(order, parent, own, last));
            if (order.isElsewhere()) {
                InitStore.shelveIssuers(shop);
                store.deliver(ca.issuerAndSerial(), CreateCa.DELIVERED);
            } else {
                if (there.isPresent() && !isCounted(name, last)) {
                    store.takeCrlNumbers(name, List.of(CrlName.main(name)), last); // all later ones are above it
                }
                shop.createCa().finish(ca);
            }
            return new Adopted(true, fresh.size(), warnings);
        }
    }

    // ---- the certificate ----

    private void refuseUnusable(ParsedCertificate own, String origin) {
        own.tbs().serialNumber(); // refuses one that no CRL could list
        Optional<Set<KeyUsage>> usage = own.tbs().keyUsage();
        if (!own.tbs().isCa()) {
            throw DevpkiException.refused("the certificate in " + origin + " is not one for a CA");
        }
        for (KeyUsage needed : List.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN)) {
            if (usage.isPresent() && !usage.get().contains(needed)) {
                throw DevpkiException.refused("the certificate in " + origin + " has a key usage without "
                        + needed.text() + "; what its key signs would be refused everywhere");
            }
        }
        if (own.tbs().subjectKeyId().isEmpty()) {
            throw DevpkiException.refused("the certificate in " + origin
                    + " has no subject key identifier, which its certificates and CRLs would have to name");
        }
        if (own.tbs().notAfter().at().isBefore(shop.now())) {
            throw DevpkiException.refused("the certificate in " + origin + " ended at "
                    + own.tbs().notAfter().at());
        }
        if (Keys.spec(own.tbs().publicKey()).isEmpty()) {
            throw DevpkiException.refused("the key of the certificate in " + origin
                    + " is of a kind that devpki does not sign with: it is none of RSA, P-256, P-384, P-521, Ed25519");
        }
    }

    private CaName parent(ParsedCertificate own) {
        return store.cas().stream()
                .map(LedgerCa::name)
                .filter(ca -> ForeignSeals.isIssuer(shop.certificate(ca), own))
                .findFirst()
                .orElseThrow(() -> DevpkiException.refused("no CA that this store knows issued the certificate: "
                                + Names.text(own.tbs().issuer()))
                        .hint("import that one first; devpki ca import NAME --cert FILE --without-key, if its key stays"
                                + " where it is"));
    }

    private List<String> warnings(ParsedCertificate own, Optional<CaName> parent) {
        LintSubject subject = LintSubject.of(own.tbs());
        return shop
                .linter()
                .certificate(
                        parent.map(name -> subject.below(shop.issuers(name))).orElse(subject))
                .stream()
                .map(Finding::text)
                .toList();
    }

    private void refuseTaken(CaName name, Optional<CaName> parent, ParsedCertificate own) {
        if (CaRequest.waiting(store, name).isPresent()) {
            throw DevpkiException.conflict("a request of CA " + name + " waits for its certificate")
                    .hint("devpki ca import " + name + " --cert FILE, without a key");
        }
        parent.ifPresent(shop::refuseRevoked);
        shop.createCa().refuseTaken(own.tbs().subject());
        IssuerAndSerialNumber of =
                new IssuerAndSerialNumber(parent.orElse(name), own.tbs().serialNumber());
        store.certificate(of).filter(row -> !isThis(row, own)).ifPresent(row -> {
            throw DevpkiException.conflict("the ledger has another certificate with serial " + of + ", of "
                    + row.reservation().name() + "; a CA gives each serial once");
        });
        store.certificatesNamed(name.value()).stream()
                .filter(row -> !row.serial().equals(of.serial())
                        && row.reservation().ca().equals(of.issuer())
                        && row.isLive(shop.now()))
                .findFirst()
                .ifPresent(row -> {
                    throw DevpkiException.conflict("CA " + row.reservation().ca() + " has certificate " + row.serial()
                            + " for the name " + name + " already");
                });
    }

    /** What a run that was cut short may have left of it: the reservation alone, or the certificate. */
    private static boolean isThis(LedgerCertificate row, ParsedCertificate own) {
        return row.certificate()
                .map(own.der()::equals)
                .orElseGet(() ->
                        row.reservation().tbsHash().equals(own.tbs().octets().sha256()));
    }

    private void refuseDifferent(LedgerCa ca, Order order, ParsedCertificate own) {
        if (!shop.caCertificates().has(ca, own)) {
            throw DevpkiException.conflict(
                            "there is a CA " + ca.name() + " already, with another certificate: " + ca.serial())
                    .hint("devpki ca show " + ca.name());
        }
        if (!ca.keyUri().equals(order.place())) {
            throw DevpkiException.conflict("CA " + ca.name() + " is here already, with its key at " + ca.keyUri())
                    .hint("devpki ca show " + ca.name());
        }
    }

    // ---- the key ----

    private static void refuseOther(DeviceKey key, ParsedCertificate own, String origin) {
        if (!key.publicKey().equals(own.tbs().publicKey())) {
            throw DevpkiException.keyUnavailable(
                    "the private key, " + key.spec().text()
                            + ", is not that of the certificate in " + origin + ", which is of "
                            + Names.text(own.tbs().subject()));
        }
    }

    /** The key is in its place before the ledger has the CA. */
    private void keepKey(Order order, ParsedCertificate own) {
        if (order.isElsewhere()) {
            return;
        }
        String uri = order.place();
        if (order.key().isPresent() && !shop.keyRing().has(uri)) {
            provePassphrase();
            shop.keyRing().keep(uri, order.key().get());
        }
        try (SigningKey key = shop.keyRing().open(uri, own.tbs().publicKey())) {
            shop.surroundings()
                    .words()
                    .detail("the key at " + uri + " is "
                            + key.publicKey().octets().sha256().hex());
        }
    }

    /** One passphrase opens all key files of a store, so a typing error shows before another one is under it. */
    private void provePassphrase() {
        store.cas().stream()
                .filter(ca -> ca.keyUri().startsWith("file:") && shop.keyRing().has(ca.keyUri()))
                .findFirst()
                .ifPresent(ca -> shop.authority(ca.name()));
    }

    /** Last of all: whoever publishes for it knows what it revoked and how far it had counted. */
    private LedgerCa added(Order order, Optional<CaName> parent, ParsedCertificate own, BigInteger last) {
        String profile = CaOrder.usual(order.name(), parent).profile();
        ImportCa.note(shop, order.name(), parent, profile, own, Optional.empty());
        LedgerCa ca = new LedgerCa(order.name(), parent, own.tbs().serialNumber(), order.place());
        store.addCa(ca, last);
        shop.surroundings().checkpoint().reached(Checkpoint.Step.CA_2_ADDED);
        return ca;
    }

    // ---- the CRL ----

    private static ParsedCrl crl(Given file, ParsedCertificate own) {
        ParsedCrl crl = Crls.parse(Pem.readCrl(file.file(), file.origin()));
        if (!ForeignSeals.isIssuer(own, crl)) {
            throw DevpkiException.refused(file.origin() + " is not a CRL that the CA's key signed: its issuer is "
                    + Names.text(crl.issuer()));
        }
        if (crl.baseNumber().isPresent()) {
            throw DevpkiException.refused(file.origin() + " is a delta CRL; the complete one is right");
        }
        return crl;
    }

    private static BigInteger lastNumber(Order order, Optional<ParsedCrl> crl) {
        BigInteger last = order.crlNumber()
                .orElse(BigInteger.ZERO)
                .max(crl.flatMap(ParsedCrl::number).orElse(BigInteger.ZERO));
        if (last.signum() < 0 || last.bitLength() > MOST_NUMBER_BITS) {
            throw DevpkiException.refused(
                    "CRL number " + last + " cannot be gone on from: 0 to 2^" + MOST_NUMBER_BITS + " - 1 can");
        }
        return last;
    }

    /** Whether the ledger's next number is above it anyway. */
    private boolean isCounted(CaName name, BigInteger last) {
        return last.signum() == 0
                || store.latestShelvedCrl(CrlName.main(name))
                        .map(LedgerCrl::number)
                        .filter(number -> number.compareTo(last) > 0)
                        .isPresent();
    }

    /** What the CRL lists and the ledger does not. */
    private List<RevokedEntry> fresh(CaName name, ParsedCrl crl) {
        Map<SerialNumber, RevokedEntry> fresh = new LinkedHashMap<>(); // another program's CRL may list one twice
        crl.entries().each(entry -> {
            Optional<LedgerCertificate> row = store.certificate(new IssuerAndSerialNumber(name, entry.serial()));
            boolean isKnown = row.filter(
                            known -> isRefused(known) || !Revocation.isNews(known.revocation(), entry.reason()))
                    .isPresent();
            if (!isKnown && entry.reason() != RevocationReason.REMOVE_FROM_CRL) {
                fresh.put(entry.serial(), entry);
            }
        });
        return List.copyOf(fresh.values());
    }

    private static boolean isRefused(LedgerCertificate row) {
        return row.state() == CertificateState.REFUSED;
    }
}
