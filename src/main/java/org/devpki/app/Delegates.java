package org.devpki.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.ca.CertificateOrder;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateState;
import org.devpki.model.CredentialChain;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.KeyUsage;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.NameDer;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.CmsSignatures;
import org.devpki.x509.NameBounds;
import org.devpki.x509.Names;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.SigningKey;

/**
 * Keys of devpki's own, each with a certificate that a CA gives it for one task. A note in the ledger names the one in
 * force: its serial and its key's URI.
 */
final class Delegates {
    /**
     * A task.
     *
     * @param profile which no order of a user may name
     * @param suffix of the certificate's name, behind the CA's
     */
    record Task(String profile, String suffix) {
        static final Task OCSP = new Task("ocsp-responder", "ocsp");
        static final Task MANIFEST = new Task("manifest-signer", "manifest");
        static final Task LINE_TOKEN = new Task("line-token-signer", "line-token");
        static final Task BATCH = new Task("batch-signer", "batch");

        static final List<Task> ALL = List.of(OCSP, MANIFEST, LINE_TOKEN, BATCH);

        /** Those of the tasks, and of what shows clouds a CA's key: no device's, no customer's. */
        private static final Set<String> PROFILES = Stream.concat(
                        ALL.stream().map(Task::profile), Stream.of(ProvePossession.PROFILE))
                .collect(Collectors.toSet());

        static Set<String> profiles() {
            return PROFILES;
        }

        static boolean isProfile(String name) {
            return PROFILES.contains(name);
        }

        /** Of the certificate. */
        String name(CaName ca) {
            return ca + "-" + suffix;
        }

        private String note(CaName ca) {
            return profile + " " + ca;
        }
    }

    /** A certificate with its key open. */
    record Delegate(ParsedCertificate certificate, SigningKey key) {}

    /** What the ledger knows of the one in force. */
    record InForce(PublicKeyDer publicKey, String keyUri) {}

    private final Workshop shop;
    private final Task task;

    Delegates(Workshop shop, Task task) {
        this.shop = shop;
        this.task = task;
    }

    /** Whether the CA ever had one. */
    boolean has(CaName ca) {
        return shop.store().note(task.note(ca)).isPresent();
    }

    /** Where the key should be; empty for a CA without one. */
    Optional<String> keyUri(CaName ca) {
        return shop.store().note(task.note(ca)).map(text -> text.substring(text.indexOf(' ') + 1));
    }

    /** The one that the ledger names, whether or not its key can be found. */
    Optional<InForce> inForce(CaName ca) {
        return shop.store()
                .note(task.note(ca))
                .flatMap(text -> shop.store()
                        .certificate(
                                new IssuerAndSerialNumber(ca, SerialNumber.parse(text.substring(0, text.indexOf(' ')))))
                        .flatMap(LedgerCertificate::certificate)
                        .map(der -> new InForce(
                                Certificates.parse(der).tbs().publicKey(), text.substring(text.indexOf(' ') + 1))));
    }

    /** The lock under which a CA's delegate for a task is made. */
    static String lock(Task task, CaName ca) {
        return task.equals(Task.OCSP) ? Responders.lock(ca) : task.profile() + " of " + ca;
    }

    /**
     * @param above the CA's certificate, as planned or made, and those above it
     * @throws DevpkiException REFUSED if one of them keeps the CA from naming its delegates: it would issue, and nobody could
     *     answer for that
     */
    static void refuseUnnameable(Workshop shop, CaName ca, List<ParsedTbs> above) {
        List<ParsedTbs> bounded = above.stream()
                .filter(tbs -> tbs.extension(Oids.NAME_CONSTRAINTS).isPresent())
                .toList();
        for (ParsedTbs bounds : bounded) {
            for (Task task : Task.ALL) {
                NameDer subject = Names.encode(shop.planner().subject(shop.profile(task.profile()), task.name(ca)));
                if (!NameBounds.outside(subject, bounds).isEmpty()) {
                    throw DevpkiException.refused("CA " + ca + " could have no " + task.profile() + ": its name "
                                    + Names.text(subject) + " is not within the nameConstraints of "
                                    + Names.text(bounds.subject()))
                            .hint("name-constraints of a CA's profile permit that name too, or no names of its kind");
                }
            }
        }
    }

    /** Whether a file in the store's {@code keys/} is the key of one of the CA's delegates, in force or before. */
    static boolean isKeyFile(CaName ca, String file) {
        return Task.ALL.stream().anyMatch(task -> isKeyFile(task.name(ca), file));
    }

    private static boolean isKeyFile(String name, String file) {
        return file.matches(name + "-[0-9a-f]{32}\\.key\\.pem");
    }

    /** The one that the ledger names, if it is in force and its key can be found. */
    Optional<Delegate> current(CaName ca) {
        return shop.store().note(task.note(ca)).flatMap(text -> {
            int blank = text.indexOf(' ');
            String uri = text.substring(blank + 1);
            return shop.store()
                    .certificate(new IssuerAndSerialNumber(ca, SerialNumber.parse(text.substring(0, blank))))
                    .filter(row -> row.isGood(shop.now()))
                    .filter(row -> shop.keyRing().has(uri))
                    .flatMap(LedgerCertificate::certificate)
                    .map(Certificates::parse)
                    .map(certificate -> new Delegate(
                            certificate,
                            shop.keyRing().open(uri, certificate.tbs().publicKey())));
        });
    }

    /** The one in force, or a first one that lasts as its profile says. */
    Delegate lasting(CaName ca) {
        try (Store.Held making = shop.store().lock(lock(task, ca))) {
            return current(ca)
                    .orElseGet(
                            () -> make(ca, shop.profile(task.profile()).period().notAfter()));
        }
    }

    /** Signs octets, which stand inside the signature. */
    Bytes signWhole(CaName ca, Bytes content, Instant at) {
        Delegate signer = lasting(ca);
        CredentialChain chain = shop.chain(signer.certificate().der(), ca);
        try (SigningKey key = signer.key()) {
            return CmsSignatures.signWhole(content, key, chain.leaf(), chain.intermediates(), at);
        }
    }

    /** Whether a certificate is one that signs files: for signatures, and for nothing that has a name. */
    static boolean signsFiles(ParsedCertificate signer) {
        return signer.tbs().extendedKeyUsage().isEmpty()
                && signer.tbs().keyUsage().orElse(Set.of()).contains(KeyUsage.DIGITAL_SIGNATURE)
                && !signer.tbs().isCa();
    }

    /**
     * Whether a CA made a signer for the task. A store that was copied before, or knows the CA's certificate alone, does
     * not know it; what such a store has itself it does know, and whatever that is called it is no signer.
     */
    boolean isSigner(CaName ca, ParsedCertificate signer) {
        Optional<LedgerCertificate> known = shop.store()
                .certificate(new IssuerAndSerialNumber(ca, signer.tbs().serialNumber()));
        boolean isKnownForAnother = known.filter(row -> !row.certificate().equals(Optional.of(signer.der()))
                        || !row.reservation().profile().equals(task.profile()))
                .isPresent();
        return !isKnownForAnother
                && VerifyManifest.isIssuer(shop.certificate(ca), signer)
                && signsFiles(signer)
                && signer.tbs().commonNames().equals(List.of(task.name(ca)));
    }

    /** Makes another, which is in force from now on; the caller holds the lock under which that is done. */
    Delegate make(CaName ca, NotAfter end) {
        Profile profile = shop.profile(task.profile());
        String name = task.name(ca);
        String unique = SerialNumber.random(shop.surroundings().random()).hex();
        String uri = "file:" + name + "-" + unique + ".key.pem";
        List<LedgerCertificate> live = shop.store().certificatesNamed(name).stream()
                .filter(row -> row.reservation().ca().equals(ca) && row.isLive(shop.now()))
                .toList();
        List<IssuerAndSerialNumber> lost = live.stream()
                .filter(row -> row.state() == CertificateState.RESERVED
                        || row.deliveredAt().isEmpty())
                .map(LedgerCertificate::issuerAndSerial)
                .toList();
        SigningKey key = shop.keyRing().create(uri, profile.defaultKey());
        Optional<String> oldUri = keyUri(ca);
        Issuing.Issued issued = new Issuing(shop)
                .issue(
                        new Issuing.Wanted(
                                name,
                                profile,
                                ca,
                                new CertificateOrder(name, key.publicKey(), List.of(), Optional.of(end)),
                                Bytes.utf8(uri).sha256(),
                                Optional.empty(),
                                false,
                                live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                                lost,
                                Optional.empty(),
                                made -> {}),
                        shop.authority(ca));
        shop.store().setNote(task.note(ca), issued.of().serial().hex() + " " + uri);
        shop.store().deliver(issued.of(), task.profile());
        forgetOldKeys(name, uri, oldUri);
        return new Delegate(Certificates.parse(issued.certificate()), key);
    }

    /**
     * All but the new one and the one before, which another process may be about to open, or a backup to copy; never a CA's,
     * whatever it is called.
     */
    private void forgetOldKeys(String name, String uri, Optional<String> oldUri) {
        Set<String> kept = new HashSet<>(Set.of(uri));
        oldUri.ifPresent(kept::add);
        shop.store().cas().forEach(ca -> kept.add(ca.keyUri()));
        for (Path file : WholeFiles.list(shop.folder().keys())) {
            String fileName = String.valueOf(file.getFileName());
            if (isKeyFile(name, fileName) && !kept.contains("file:" + fileName)) {
                WholeFiles.delete(file);
            }
        }
    }
}
