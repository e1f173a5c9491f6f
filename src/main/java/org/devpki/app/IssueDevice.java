package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.devpki.ca.Authority;
import org.devpki.ca.CertificateOrder;
import org.devpki.ca.CsrReview;
import org.devpki.esp.HmacKey;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.Checkpoint;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.ExportedFile;
import org.devpki.model.Finding;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.QuotaClaim;
import org.devpki.model.Renewal;
import org.devpki.model.Reservation;
import org.devpki.model.SerialNumber;
import org.devpki.model.SubjectAltName;
import org.devpki.model.Validity;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Csrs;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;

/**
 * Issues one device's certificate and delivers it. The serial is on the ledger before anything is signed, and the
 * delivery after it is complete; whatever was cut short before is finished or superseded by the next run for the name.
 */
public final class IssueDevice {
    private final Workshop shop;

    IssueDevice(Workshop shop) {
        this.shop = shop;
    }

    /**
     * What an order would find.
     *
     * @param fresh what it would make; empty where it was carried out before, or was begun and is to be ended
     */
    record Outlook(Optional<Fresh> fresh) {}

    /**
     * What an order would make.
     *
     * @param key that would be made; empty for a request's
     * @param claim by which it counts in the line tokens in force
     * @param superseded what would end with it
     */
    record Fresh(Optional<KeySpec> key, QuotaClaim claim, List<LedgerCertificate> superseded) {}

    /**
     * What is settled about an order before its name is looked at.
     *
     * @param line the CAs that may have carried it out before; the last one is {@code ca}, unless it was another
     * @param predecessor the certificate that it follows, if it does
     */
    record Settled(
            DeviceOrder order,
            Optional<Predecessor> predecessor,
            Profile profile,
            List<CaName> line,
            CaName ca,
            KeySpec key,
            Packing packing,
            Bytes hash) {
        /** The same at the CA that carried it out. */
        Settled at(CaName other) {
            return new Settled(order, predecessor, profile, line, other, key, packing, hash);
        }

        /** The public key that is certified once more. */
        Optional<PublicKeyDer> keptKey() {
            return predecessor.filter(Predecessor::keepsKey).map(Predecessor::key);
        }

        boolean isKeyMadeHere() {
            return order.csr().isEmpty() && keptKey().isEmpty();
        }

        /** What the files are made for. */
        Optional<Flashed> flashed() {
            Optional<Flashed> made = packing.flashed();
            return predecessor.isPresent() ? predecessor.get().flashed(made, packing.hasKey()) : made;
        }

        boolean isPredecessor(LedgerCertificate row) {
            return predecessor
                    .filter(known -> known.serial().equals(row.serial()))
                    .isPresent();
        }

        /** Whether the row, too, follows the predecessor. */
        boolean isRival(LedgerCertificate row) {
            return row.reservation()
                    .renewal()
                    .flatMap(renewal ->
                            predecessor.filter(known -> known.serial().equals(renewal.of())))
                    .isPresent();
        }

        Set<SerialNumber> serials(List<LedgerCertificate> live) {
            return live.stream()
                    .filter(row -> row.reservation().ca().equals(ca))
                    .map(LedgerCertificate::serial)
                    .collect(Collectors.toSet());
        }
    }

    public IssuedDevice run(DeviceOrder order) {
        while (true) {
            Settled settled = settle(order);
            try (Store.Held name = lock(settled)) {
                if (shop.isStill(settled.line())) { // else another process sent the orders elsewhere meanwhile
                    shop.surroundings().checkpoint().reached(Checkpoint.Step.ISSUE_1_LOCKED);
                    List<LedgerCertificate> live = live(settled);
                    Settled still = resettle(settled, order);
                    if (still.line().equals(settled.line())) {
                        return runLocked(still, live);
                    }
                }
            }
        }
    }

    /**
     * What a certificate that is followed has become while the name was waited for. What becomes of one of the same CA from
     * now on changes what is live, and the reservation sees it.
     */
    private Settled resettle(Settled settled, DeviceOrder order) {
        return settled.predecessor().isPresent() ? settle(order) : settled;
    }

    private IssuedDevice runLocked(Settled settled, List<LedgerCertificate> live) {
        Optional<IssuedDevice> done = same(settled, live)
                .flatMap(row -> again(settled.at(row.reservation().ca()), row));
        return done.isPresent() ? done.get() : issue(settled, live);
    }

    /** The name with each CA of the line, the oldest first, so that two orders wait for each other around a rotation. */
    private Store.Held lock(Settled settled) {
        List<Store.Held> held = new ArrayList<>();
        Store.Held all = () -> held.forEach(Store.Held::close);
        try {
            for (CaName ca : settled.line()) {
                held.add(shop.store()
                        .lock(Workshop.nameLock(ca, settled.order().device().value())));
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /**
     * Looks whether the order could be carried out, and changes nothing.
     *
     * @param standIns a public key of each kind, which lint looks at instead of the device's own
     * @throws DevpkiException as {@link #run} would, but for what the disk or a key has to say
     */
    Outlook look(DeviceOrder order, Function<KeySpec, PublicKeyDer> standIns) {
        Settled settled = settle(order);
        List<LedgerCertificate> live = live(settled);
        if (same(settled, live).isPresent()) {
            return new Outlook(Optional.empty());
        }
        refuseOthers(settled, live);
        new Issuing(shop)
                .lint(
                        settled.profile(),
                        settled.ca(),
                        certificateOrder(
                                settled,
                                settled.keptKey().orElseGet(() -> standIns.apply(settled.key())),
                                Optional.empty()),
                        settled.flashed());
        QuotaClaim claim = new QuotaClaim(
                settled.ca(),
                settled.profile().name(),
                settled.order().device().value(),
                settled.order().batch());
        Optional<KeySpec> made = settled.isKeyMadeHere() ? Optional.of(settled.key()) : Optional.empty();
        return new Outlook(Optional.of(new Fresh(made, claim, superseded(settled, live))));
    }

    Settled settle(DeviceOrder order) {
        Predecessors predecessors = new Predecessors(shop);
        Optional<Predecessor> predecessor = order.renewal().map(wanted -> predecessors.of(order, wanted));
        Profile profile = shop.profile(order.profile()
                .or(() -> predecessor.map(known -> known.row().reservation().profile()))
                .orElse(shop.settings().defaultProfile()));
        if (profile.purpose().isCa() || profile.purpose().isOcspNoCheck() || Delegates.Task.isProfile(profile.name())) {
            throw DevpkiException.invalid("profile \"" + profile.name() + "\" is not for devices or servers");
        }
        if (predecessor.isPresent() && order.ca().isPresent()) {
            throw DevpkiException.invalid(
                    "the CA that carries out the orders of the old certificate's CA issues the new one;"
                            + " no other may be named");
        }
        CaName asked = predecessor
                .map(known -> known.row().reservation().ca())
                .or(order::ca)
                .or(profile::issuer)
                .orElse(shop.settings().defaultCa());
        List<CaName> line = shop.line(asked);
        KeySpec key = keyKind(order, predecessor, profile);
        profile.refuseOther(Optional.of(key));
        KeySpec actual = order.csr()
                .flatMap(csr -> Keys.spec(Csrs.parse(csr).publicKey()))
                .orElse(key);
        boolean keepsKey = predecessor.filter(Predecessor::keepsKey).isPresent();
        boolean hasKey = order.csr().isEmpty() && !keepsKey;
        DeviceOrder known = predecessor
                .map(row -> order.packed(row.known(order.packing(), hasKey)))
                .orElse(order);
        Packing packing = Packing.settle(
                known.packing(),
                profile,
                actual,
                hasKey,
                keepsKey ? "which only the device has" : "which a certification request does not bring",
                shop.exporters());
        predecessor.ifPresent(row -> row.refuseBurned(packing));
        Bytes hash = known.hash(profile.name(), asked, key, packing.home());
        Settled settled = new Settled(
                known,
                predecessor,
                profile,
                line,
                line.get(line.size() - 1),
                key,
                packing,
                predecessor.map(row -> row.renewal().mark(hash)).orElse(hash));
        predecessor
                .flatMap(Predecessors::ended)
                .filter(why -> carriedOut(settled).isEmpty())
                .ifPresent(why -> {
                    throw why;
                });
        return settled;
    }

    /** As ordered; else as before, if the device has a certificate that is followed; else the profile's. */
    private static KeySpec keyKind(DeviceOrder order, Optional<Predecessor> predecessor, Profile profile) {
        if (order.csr().isPresent() && order.key().isPresent()) {
            throw DevpkiException.invalid("--key and --csr exclude each other: the request brings its own key");
        }
        Optional<KeySpec> before = predecessor.flatMap(Predecessor::keySpec);
        if (predecessor.filter(Predecessor::keepsKey).isPresent()) {
            if (order.key().isPresent()) {
                throw DevpkiException.invalid("--key goes with a new key: --rekey");
            }
            return before.orElseThrow(() -> DevpkiException.refused("the key of certificate "
                    + predecessor.get().serial() + " is of a kind that is not certified here"));
        }
        return order.key().or(() -> before.filter(profile.keys()::contains)).orElse(profile.defaultKey());
    }

    /** The certificate that the order has already, by the ledger. */
    Optional<LedgerCertificate> carriedOut(Settled settled) {
        return same(settled, live(settled));
    }

    /**
     * Ends an order whose key waits here with the certificate that a CA elsewhere made for it. The ledger knows the
     * certificate before anything is delivered.
     *
     * @param kept the key that waits
     * @throws DevpkiException CONFLICT if the certificate is for another key, name or CA; REFUSED by lint, or if it is over
     */
    IssuedDevice complete(DeviceOrder order, CertificateDer certificate, Supplier<MadeKey> kept) {
        ParsedCertificate parsed = Certificates.parse(certificate);
        Settled settled = atIssuer(settle(order), parsed);
        IssuerAndSerialNumber of =
                new IssuerAndSerialNumber(settled.ca(), parsed.tbs().serialNumber());
        try (Store.Held name = lock(settled)) {
            List<LedgerCertificate> live = live(settled);
            Optional<IssuedDevice> done = same(settled, live)
                    .filter(row -> row.issuerAndSerial().equals(of))
                    .flatMap(row -> again(settled.at(row.reservation().ca()), row));
            if (done.isPresent()) {
                return done.get();
            }
            refuseOthers(settled, live);
            try (MadeKey made = kept.get()) {
                refuseStranger(settled, parsed, made.publicKey());
                List<String> warnings = warningsUnlessRefused(settled, parsed);
                bundle(settled)
                        .ifPresent(folder -> folder.prepare(settled.packing().fileNames(), List.of(of.serial())));
                note(settled, live, parsed, made.key().isPresent());
                deliver(settled, of, certificate, Optional.of(made), warnings);
                return issued(settled, of, true, warnings);
            }
        }
    }

    /** With the CA of the line that issued the certificate; its orders may have gone to another since. */
    private Settled atIssuer(Settled settled, ParsedCertificate certificate) {
        return settled.line().stream()
                .filter(ca -> VerifyManifest.isIssuer(shop.certificate(ca), certificate))
                .findFirst()
                .map(settled::at)
                .orElse(settled);
    }

    private void refuseStranger(Settled settled, ParsedCertificate certificate, PublicKeyDer key) {
        DeviceId device = settled.order().device();
        String which = "certificate " + certificate.tbs().serialNumber();
        if (!certificate.tbs().publicKey().equals(key)) {
            throw DevpkiException.conflict(which + " is not for the key of " + device + " that waits here");
        }
        if (!certificate.tbs().commonNames().equals(List.of(device.value()))) {
            throw DevpkiException.conflict(
                    which + " is " + Names.text(certificate.tbs().subject()) + "'s, not " + device + "'s");
        }
        if (!VerifyManifest.isIssuer(shop.certificate(settled.ca()), certificate)) {
            throw DevpkiException.conflict(which + " of " + device + " is not of CA " + settled.ca());
        }
        if (certificate.tbs().notAfter().at().isBefore(shop.now())) {
            throw DevpkiException.refused(which + " of " + device + " ended at "
                    + certificate.tbs().notAfter().at());
        }
    }

    private List<String> warningsUnlessRefused(Settled settled, ParsedCertificate certificate) {
        List<Finding> findings = lint(settled, certificate.der());
        List<String> faults =
                findings.stream().filter(Finding::isError).map(Finding::text).toList();
        if (!faults.isEmpty()) {
            throw DevpkiException.refused(
                    "lint refuses certificate " + certificate.tbs().serialNumber() + " of "
                            + settled.order().device() + ": " + String.join("; ", faults));
        }
        return settled.packing().warnings(findings);
    }

    /** What another CA's ledger has, kept here as one's own would be; a run that was killed may have begun it. */
    private void note(
            Settled settled, List<LedgerCertificate> live, ParsedCertificate certificate, boolean isKeyMadeHere) {
        IssuerAndSerialNumber of =
                new IssuerAndSerialNumber(settled.ca(), certificate.tbs().serialNumber());
        Optional<LedgerCertificate> before =
                live.stream().filter(row -> row.issuerAndSerial().equals(of)).findFirst();
        if (before.isEmpty()) {
            shop.store()
                    .reserve(
                            new Reservation(
                                    of.issuer(),
                                    of.serial(),
                                    settled.order().device().value(),
                                    settled.profile().name(),
                                    settled.profile().source().sha256(),
                                    settled.hash(),
                                    certificate.tbs().publicKey().octets().sha256(),
                                    certificate.tbs().octets().sha256(),
                                    new Validity(
                                            certificate.tbs().notBefore().at(),
                                            certificate.tbs().notAfter().at()),
                                    0, // this store publishes no CRL
                                    settled.order().batch(),
                                    isKeyMadeHere),
                            settled.serials(live),
                            superseded(settled, live).stream()
                                    .map(LedgerCertificate::issuerAndSerial)
                                    .toList());
            shop.surroundings().checkpoint().reached(Checkpoint.Step.ISSUE_3_RESERVED);
        }
        if (before.flatMap(LedgerCertificate::certificate).isEmpty()) {
            shop.store().record(of, certificate.der());
            shop.surroundings().checkpoint().reached(Checkpoint.Step.ISSUE_5_RECORDED);
        }
    }

    /** Of the name, and the CAs in question. */
    List<LedgerCertificate> live(Settled settled) {
        Instant now = shop.now();
        return shop.store().certificatesNamed(settled.order().device().value()).stream()
                .filter(row -> settled.line().contains(row.reservation().ca()) && row.isLive(now))
                .toList();
    }

    /** What the same order made before. */
    private static Optional<LedgerCertificate> same(Settled settled, List<LedgerCertificate> live) {
        return live.stream()
                .filter(row -> row.state() == CertificateState.ISSUED
                        && row.revocation().isEmpty())
                .filter(row -> row.reservation().orderHash().equals(settled.hash()))
                .reduce((older, newer) -> newer);
    }

    /** The same order once more; empty if its private key was lost before the bundle was complete. */
    private Optional<IssuedDevice> again(Settled settled, LedgerCertificate row) {
        Optional<Bundle> bundle = bundle(settled);
        boolean isComplete = bundle.isPresent()
                && bundle.get().isComplete(row.serial(), settled.packing().fileNames());
        if (isComplete) {
            bundle.get().sweep();
            if (row.deliveredAt().isEmpty()) { // killed between the rename and the ledger
                shop.store().deliver(row.issuerAndSerial(), "folder", settled.flashed());
            }
            return Optional.of(issued(settled, row.issuerAndSerial(), false, warnings(settled, row)));
        }
        if (!row.reservation().isKeyMadeHere()) {
            bundle.ifPresent(folder -> folder.prepare(settled.packing().fileNames(), List.of()));
            List<String> warnings = warnings(settled, row);
            deliver(settled, row.issuerAndSerial(), certificate(row), Optional.empty(), warnings);
            return Optional.of(issued(settled, row.issuerAndSerial(), false, warnings));
        }
        boolean mayHaveAnother =
                settled.predecessor().isEmpty() && settled.profile().naming().duplicates() != DuplicatePolicy.REFUSE;
        if (row.deliveredAt().isPresent() && !mayHaveAnother) {
            throw DevpkiException.conflict(settled.order().device() + " has certificate " + row.serial()
                            + " already; its private key was handed out at "
                            + row.deliveredAt().get() + ", is not in " + place(bundle)
                            + " as a whole bundle, and is kept nowhere")
                    .hint(
                            settled.predecessor().isPresent()
                                    ? "devpki revoke --serial " + row.serial()
                                            + " --reason superseded, then the same command again"
                                    : "devpki revoke " + settled.order().device()
                                            + " --reason superseded, then issue again");
        }
        return Optional.empty();
    }

    private IssuedDevice issue(Settled settled, List<LedgerCertificate> live) {
        List<LedgerCertificate> lost = lost(live);
        refuseOthers(settled, live);
        List<IssuerAndSerialNumber> superseded = superseded(settled, live).stream()
                .map(LedgerCertificate::issuerAndSerial)
                .toList();
        Optional<Bundle> bundle = bundle(settled);
        bundle.ifPresent(folder -> folder.prepare(
                settled.packing().fileNames(),
                lost.stream().map(LedgerCertificate::serial).toList()));
        Optional<List<SubjectAltName>> requested = settled.order()
                .csr()
                .map(csr -> CsrReview.review(
                        csr,
                        settled.order().device().value(),
                        shop.planner()
                                .subject(
                                        settled.profile(),
                                        settled.order().device().value()),
                        settled.profile()));
        Authority authority = shop.authority(settled.ca());
        try (MadeKey made = madeKey(settled)) {
            Issuing.Issued issued = new Issuing(shop)
                    .issue(
                            new Issuing.Wanted(
                                    settled.order().device().value(),
                                    settled.profile(),
                                    settled.ca(),
                                    certificateOrder(settled, made.publicKey(), requested),
                                    settled.hash(),
                                    settled.order().batch(),
                                    made.key().isPresent(),
                                    settled.serials(live),
                                    superseded,
                                    settled.flashed(),
                                    unsigned -> settled.packing()
                                            .rehearse(credential(settled, unsigned, made.key()), made, shop)),
                            authority);
            List<String> warnings = settled.packing().warnings(issued.warnings());
            deliver(settled, issued.of(), issued.certificate(), Optional.of(made), warnings);
            return issued(settled, issued.of(), true, warnings);
        }
    }

    /** Reserved and perhaps signed, or without the private key that was made for them. */
    private static List<LedgerCertificate> lost(List<LedgerCertificate> live) {
        return live.stream()
                .filter(row -> row.state() == CertificateState.RESERVED
                        || (row.reservation().isKeyMadeHere()
                                && row.deliveredAt().isEmpty()))
                .toList();
    }

    private static List<LedgerCertificate> superseded(Settled settled, List<LedgerCertificate> live) {
        boolean isReplacing =
                settled.predecessor().isEmpty() && settled.profile().naming().duplicates() == DuplicatePolicy.REPLACE;
        return isReplacing ? live : lost(live);
    }

    /**
     * @throws DevpkiException CONFLICT if the name has another live certificate, and may have only one; beside one that is
     *     followed there is one that follows it
     */
    private static void refuseOthers(Settled settled, List<LedgerCertificate> live) {
        List<LedgerCertificate> lost = lost(live);
        List<LedgerCertificate> others = live.stream()
                .filter(row -> !lost.contains(row) && !settled.isPredecessor(row))
                .toList();
        String device = settled.order().device().value();
        others.stream().filter(settled::isRival).findFirst().ifPresent(rival -> {
            throw DevpkiException.conflict(device + " has certificate " + rival.serial()
                            + " already, made by a different" + " order to follow "
                            + settled.predecessor().orElseThrow().serial())
                    .hint("--serial " + rival.serial() + " follows that one; devpki bundle export " + device
                            + " packs it once more");
        });
        boolean isReplacement = settled.predecessor()
                .filter(known -> known.kind() == Renewal.Kind.REPLACED)
                .isPresent(); // whose forerunners are all revoked
        if (settled.profile().naming().duplicates() != DuplicatePolicy.REFUSE || others.isEmpty() || isReplacement) {
            return;
        }
        LedgerCertificate other = others.get(0);
        if (other.revocation().isPresent()) {
            throw DevpkiException.conflict(device + " has certificate " + other.serial() + ", which is on hold")
                    .hint("devpki device release " + device + ", or revoke it for good");
        }
        if (settled.predecessor().isPresent()) {
            throw DevpkiException.conflict(device + " has live certificate " + other.serial() + " beside "
                            + settled.predecessor().get().serial() + "; there are two at a time, and no more")
                    .hint("devpki revoke --serial " + other.serial() + " --reason superseded, or wait until it ends");
        }
        throw DevpkiException.conflict(device + " has live certificate " + other.serial() + " of profile \""
                        + other.reservation().profile() + "\", made by a different order")
                .hint("devpki revoke " + device + " --reason superseded, then issue again");
    }

    /** A new key, or the public half that a request brought. */
    MadeKey madeKey(Settled settled) {
        settled.packing().claimForNvs(settled.order().device(), shop.store());
        Optional<CsrDer> csr = settled.order().csr();
        if (csr.isPresent()) {
            return MadeKey.ofRequest(csr.get());
        }
        Optional<PublicKeyDer> kept = settled.keptKey();
        if (kept.isPresent()) {
            return MadeKey.onDevice(kept.get());
        }
        Optional<HmacKey> given = settled.order()
                .packing()
                .flash()
                .flatMap(FlashOrder::hmacKey)
                .map(octets -> new HmacKey(octets.copy()));
        given.ifPresent(key -> MadeKey.claim(key, settled.order().device(), shop.store()));
        return MadeKey.of(
                settled.packing().home(),
                given,
                () -> shop.newKey(settled.key()),
                shop.surroundings().random());
    }

    private CertificateOrder certificateOrder(
            Settled settled, PublicKeyDer key, Optional<List<SubjectAltName>> requested) {
        return new CertificateOrder(
                settled.order().device().value(),
                key,
                sans(settled, requested),
                settled.order().notAfter());
    }

    private List<SubjectAltName> sans(Settled settled, Optional<List<SubjectAltName>> requested) {
        List<SubjectAltName> sans = new ArrayList<>(settled.order().sans());
        settled.predecessor()
                .filter(before -> !before.sans()
                        .equals(shop.planner()
                                .usualNames(
                                        settled.profile(),
                                        settled.order().device().value())))
                .ifPresent(before -> sans.addAll(before.sans(settled.profile())));
        requested.ifPresent(sans::addAll);
        return sans;
    }

    private List<String> warnings(Settled settled, LedgerCertificate row) {
        return settled.packing().warnings(lint(settled, certificate(row)));
    }

    private List<Finding> lint(Settled settled, CertificateDer certificate) {
        return shop.lint(certificate, settled.ca(), settled.profile(), settled.flashed());
    }

    private void deliver(
            Settled settled,
            IssuerAndSerialNumber of,
            CertificateDer certificate,
            Optional<MadeKey> made,
            List<String> warnings) {
        DeviceId device = settled.order().device();
        Checkpoint checkpoint = shop.surroundings().checkpoint();
        Optional<HmacKey> hmacKey = made.flatMap(MadeKey::hmacKey);
        List<ExportedFile> files = settled.packing()
                .files(
                        credential(settled, certificate, made.flatMap(MadeKey::key)),
                        hmacKey,
                        made.flatMap(MadeKey::salt),
                        warnings,
                        shop);
        hmacKey.ifPresent(key -> MadeKey.claim(key, device, shop.store()));
        shop.store().deliver(of, settled.packing().write(device, of.serial(), files, shop), settled.flashed());
        checkpoint.reached(Checkpoint.Step.ISSUE_8_DELIVERED);
        files.forEach(file -> file.content().close());
    }

    private Credential credential(Settled settled, CertificateDer certificate, Optional<DeviceKey> key) {
        return new Credential(settled.order().device(), shop.chain(certificate, settled.ca()), key);
    }

    private Optional<Bundle> bundle(Settled settled) {
        return settled.packing().bundle(settled.order().device(), shop);
    }

    private static CertificateDer certificate(LedgerCertificate row) {
        return row.certificate().orElseThrow(() -> new IllegalStateException("an issued row without certificate"));
    }

    private static String place(Optional<Bundle> bundle) {
        return bundle.map(b -> b.folder().toString()).orElse("the stream");
    }

    private IssuedDevice issued(Settled settled, IssuerAndSerialNumber of, boolean hasChanged, List<String> warnings) {
        LedgerCertificate row = reread(of);
        CredentialChain chain = shop.chain(certificate(row), settled.ca());
        Optional<Bundle> bundle = bundle(settled);
        return new IssuedDevice(
                row,
                hasChanged,
                bundle.map(Bundle::folder),
                bundle.flatMap(Bundle::toBurn),
                warnings,
                settled.packing().budget(chain));
    }

    private LedgerCertificate reread(IssuerAndSerialNumber of) {
        return shop.store()
                .certificate(of)
                .orElseThrow(() -> DevpkiException.integrity("certificate " + of + " left the ledger"));
    }
}
