package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.ca.Authority;
import org.devpki.ca.CertificateOrder;
import org.devpki.ca.CsrReview;
import org.devpki.export.Exporter;
import org.devpki.export.Exporters;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.Checkpoint;
import org.devpki.model.Credential;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.ExportedFile;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SerialNumber;
import org.devpki.model.SubjectAltName;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Csrs;
import org.devpki.x509.Keys;

/**
 * Issues one device's certificate and delivers it. The serial is on the ledger before anything is signed, and the
 * delivery after it is complete; whatever was cut short before is finished or superseded by the next run for the name.
 */
public final class IssueDevice {
    private final Workshop shop;

    IssueDevice(Workshop shop) {
        this.shop = shop;
    }

    /** What is settled about an order before its name is looked at. */
    private record Settled(
            DeviceOrder order, Profile profile, CaName ca, KeySpec key, List<Exporter> exporters, Bytes hash) {}

    public IssuedDevice run(DeviceOrder order) {
        Settled settled = settle(order);
        try (Store.Held name =
                shop.store().lock(Workshop.nameLock(settled.ca(), order.device().value()))) {
            shop.surroundings().checkpoint().reached(Checkpoint.Step.ISSUE_1_LOCKED);
            List<LedgerCertificate> live = live(settled);
            Optional<LedgerCertificate> same = live.stream()
                    .filter(row -> row.state() == CertificateState.ISSUED
                            && row.revocation().isEmpty())
                    .filter(row -> row.reservation().orderHash().equals(settled.hash()))
                    .reduce((older, newer) -> newer);
            Optional<IssuedDevice> done = same.flatMap(row -> again(settled, row));
            return done.isPresent() ? done.get() : issue(settled, live);
        }
    }

    private Settled settle(DeviceOrder order) {
        Profile profile =
                shop.profiles().named(order.profile().orElse(shop.settings().defaultProfile()));
        if (profile.purpose().isCa() || profile.purpose().isOcspNoCheck()) {
            throw DevpkiException.invalid("profile \"" + profile.name() + "\" is not for devices or servers");
        }
        CaName ca = order.ca().orElse(shop.settings().defaultCa());
        KeySpec key = order.key().orElse(profile.defaultKey());
        if (order.csr().isPresent() && order.key().isPresent()) {
            throw DevpkiException.invalid("--key and --csr exclude each other: the request brings its own key");
        }
        if (!profile.keys().contains(key)) {
            throw DevpkiException.refused("key of kind " + key.text() + " is not one that profile \"" + profile.name()
                            + "\" allows: "
                            + profile.keys().stream().map(KeySpec::text).collect(Collectors.joining(", ")))
                    .hint("devpki profile show " + profile.name());
        }
        List<Exporter> exporters = shop.exporters().named(formats(order, profile));
        for (Exporter exporter : exporters) {
            if (exporter.needsPassphrase() && order.exportPassphrase().isEmpty()) {
                throw DevpkiException.invalid("format " + exporter.name() + " needs --export-passphrase-file");
            }
            if (exporter.needsPassphrase() && order.csr().isPresent()) {
                throw DevpkiException.invalid("format " + exporter.name()
                        + " holds the private key, which a certification request does not bring");
            }
        }
        return new Settled(order, profile, ca, key, exporters, order.hash(profile.name(), ca, key));
    }

    /** What was ordered, or else what the destination or the kind of certificate suggests. */
    private static List<String> formats(DeviceOrder order, Profile profile) {
        if (!order.formats().isEmpty()) {
            return order.formats();
        }
        boolean isServer = profile.purpose().extendedKeyUsage().contains(ExtendedKeyUsage.SERVER_AUTH);
        return order.destination().match(folder -> List.of(isServer ? "pem" : "embed"), stream -> List.of("pem"));
    }

    private List<LedgerCertificate> live(Settled settled) {
        Instant now = shop.now();
        return shop.store().certificatesNamed(settled.order().device().value()).stream()
                .filter(row -> row.reservation().ca().equals(settled.ca()) && row.isLive(now))
                .toList();
    }

    /** The same order once more; empty if its private key was lost before the bundle was complete. */
    private Optional<IssuedDevice> again(Settled settled, LedgerCertificate row) {
        Optional<Bundle> bundle = bundle(settled);
        boolean isComplete = bundle.isPresent() && bundle.get().isComplete(row.serial(), fileNames(settled));
        if (isComplete) {
            if (row.deliveredAt().isEmpty()) { // killed between the rename and the ledger
                shop.store().deliver(row.serial(), "folder");
            }
            return Optional.of(new IssuedDevice(reread(row.serial()), false, bundle.map(Bundle::folder)));
        }
        if (!row.reservation().isKeyMadeHere()) {
            bundle.ifPresent(folder -> folder.prepare(fileNames(settled)));
            deliver(settled, row.serial(), certificate(row), Optional.empty());
            return Optional.of(new IssuedDevice(reread(row.serial()), false, bundle.map(Bundle::folder)));
        }
        boolean mayHaveAnother = settled.profile().naming().duplicates() != DuplicatePolicy.REFUSE;
        if (row.deliveredAt().isPresent() && !mayHaveAnother) {
            throw DevpkiException.conflict(settled.order().device() + " has certificate " + row.serial()
                            + " already; its private key was handed out at "
                            + row.deliveredAt().get() + ", is not in " + place(bundle)
                            + " as a whole bundle, and is kept nowhere")
                    .hint("devpki revoke " + settled.order().device() + " --reason superseded, then issue again");
        }
        return Optional.empty();
    }

    private IssuedDevice issue(Settled settled, List<LedgerCertificate> live) {
        List<LedgerCertificate> lost = live.stream()
                .filter(row -> row.state() == CertificateState.RESERVED
                        || (row.reservation().isKeyMadeHere()
                                && row.deliveredAt().isEmpty()))
                .toList();
        List<LedgerCertificate> others =
                live.stream().filter(row -> !lost.contains(row)).toList();
        DuplicatePolicy policy = settled.profile().naming().duplicates();
        if (policy == DuplicatePolicy.REFUSE && !others.isEmpty()) {
            LedgerCertificate other = others.get(0);
            if (other.revocation().isPresent()) {
                throw DevpkiException.conflict(
                                settled.order().device() + " has certificate " + other.serial() + ", which is on hold")
                        .hint("devpki device release " + settled.order().device() + ", or revoke it for good");
            }
            throw DevpkiException.conflict(settled.order().device() + " has live certificate " + other.serial()
                            + " of profile \"" + other.reservation().profile() + "\", made by a different order")
                    .hint("devpki revoke " + settled.order().device() + " --reason superseded, then issue again");
        }
        List<SerialNumber> superseded = (policy == DuplicatePolicy.REPLACE ? live : lost)
                .stream().map(LedgerCertificate::serial).toList();
        Optional<Bundle> bundle = bundle(settled);
        bundle.ifPresent(folder -> folder.prepare(fileNames(settled)));
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
            CertificateDer certificate = new Issuing(shop)
                    .issue(
                            new Issuing.Wanted(
                                    settled.order().device().value(),
                                    settled.profile(),
                                    settled.ca(),
                                    new CertificateOrder(
                                            settled.order().device().value(),
                                            made.publicKey(),
                                            sans(settled, requested),
                                            settled.order().notAfter()),
                                    settled.hash(),
                                    made.key().isPresent(),
                                    live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                                    superseded),
                            authority);
            SerialNumber serial = Certificates.parse(certificate).tbs().serialNumber();
            deliver(settled, serial, certificate, made.key());
            return new IssuedDevice(reread(serial), true, bundle.map(Bundle::folder));
        }
    }

    /** The key of the certificate: made here, or the public half that a request brought. */
    private record MadeKey(PublicKeyDer publicKey, Optional<DeviceKey> key) implements AutoCloseable {
        @Override
        public void close() {
            key.ifPresent(DeviceKey::close);
        }
    }

    private MadeKey madeKey(Settled settled) {
        Optional<CsrDer> csr = settled.order().csr();
        if (csr.isPresent()) {
            return new MadeKey(Csrs.parse(csr.get()).publicKey(), Optional.empty());
        }
        DeviceKey key = Keys.generate(settled.key(), shop.surroundings().random());
        return new MadeKey(key.publicKey(), Optional.of(key));
    }

    private static List<SubjectAltName> sans(Settled settled, Optional<List<SubjectAltName>> requested) {
        List<SubjectAltName> sans = new ArrayList<>(settled.order().sans());
        requested.ifPresent(sans::addAll);
        return sans;
    }

    private void deliver(Settled settled, SerialNumber serial, CertificateDer certificate, Optional<DeviceKey> key) {
        Credential credential = new Credential(settled.order().device(), shop.chain(certificate, settled.ca()), key);
        List<ExportedFile> files =
                Exporters.files(settled.exporters(), credential, settled.order().exportPassphrase());
        String how = settled.order()
                .destination()
                .match(
                        folder -> {
                            Bundle.of(
                                            folder,
                                            settled.order().device(),
                                            shop.surroundings().checkpoint())
                                    .write(serial, files);
                            return "folder";
                        },
                        stream -> {
                            stream.writer().accept(files);
                            return "stream";
                        });
        shop.store()
                .deliver(
                        serial,
                        how + " "
                                + String.join(
                                        ",",
                                        settled.exporters().stream()
                                                .map(Exporter::name)
                                                .toList()));
        shop.surroundings().checkpoint().reached(Checkpoint.Step.ISSUE_8_DELIVERED);
        files.forEach(file -> file.content().close());
    }

    private Optional<Bundle> bundle(Settled settled) {
        return settled.order()
                .destination()
                .match(
                        folder -> Optional.of(Bundle.of(
                                folder,
                                settled.order().device(),
                                shop.surroundings().checkpoint())),
                        stream -> Optional.empty());
    }

    /** What the bundle will hold. */
    private static List<String> fileNames(Settled settled) {
        boolean hasKey = settled.order().csr().isEmpty();
        return settled.exporters().stream()
                .flatMap(exporter -> exporter.fileNames(hasKey).stream())
                .toList();
    }

    private static CertificateDer certificate(LedgerCertificate row) {
        return row.certificate().orElseThrow(() -> new IllegalStateException("an issued row without certificate"));
    }

    private static String place(Optional<Bundle> bundle) {
        return bundle.map(b -> b.folder().toString()).orElse("the stream");
    }

    private LedgerCertificate reread(SerialNumber serial) {
        return shop.store()
                .certificate(serial)
                .orElseThrow(() -> DevpkiException.integrity("certificate " + serial + " left the ledger"));
    }
}
