package org.devpki.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.ca.Authority;
import org.devpki.ca.CertificateOrder;
import org.devpki.files.WholeFiles;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CaIdentity;
import org.devpki.model.CaName;
import org.devpki.model.CertificateState;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.NameDer;
import org.devpki.model.NotAfter;
import org.devpki.model.Profile;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.SigningKey;

/**
 * Makes a CA: its key, its certificate, its OCSP responder and its first CRL. It issues nothing before all of that is
 * there. What was cut short is finished by the same order once more.
 */
public final class CreateCa {
    /** How a CA's certificate is handed out: on the shelf, and on the ledger as a CA. */
    static final String DELIVERED = "ca";

    /** Begins the notes that say where the key of a CA is that may not be on the ledger yet. */
    private static final String BEGUN = "ca-key ";

    private static final int OWNER_OCTETS = 16;

    /** @param hasChanged false if the same order made the CA before */
    public record Made(CaName name, boolean hasChanged) {}

    private final Workshop shop;
    private final Store store;

    CreateCa(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @throws DevpkiException CONFLICT if there is such a CA by a different order, or another one of that subject; REFUSED by
     *     the profile, lint or the parent's end; nothing is made then
     */
    public Made run(CaOrder order) {
        shop.refuseHome("makes no CA");
        String lock = Workshop.nameLock(order.issuer(), order.name().value());
        try (Store.Held making = store.lock(lock);
                Store.Held keys = store.lock(RewrapKeys.LOCK)) {
            Optional<LedgerCa> there = store.ca(order.name());
            there.ifPresent(ca -> refuseOther(ca, order));
            if (CaRequest.waiting(store, order.name()).isPresent()) {
                throw DevpkiException.conflict("a request of CA " + order.name() + " waits for its certificate")
                        .hint("devpki ca import " + order.name() + " --cert FILE");
            }
            if (there.filter(this::isFinished).isPresent()) {
                return new Made(order.name(), false);
            }
            LedgerCa ca = there.or(() -> adopted(order)).orElseGet(() -> {
                look(order);
                noteKey(order);
                return make(order);
            });
            finish(ca);
            return new Made(ca.name(), true);
        }
    }

    private void refuseOther(LedgerCa ca, CaOrder order) {
        boolean isSame = Stream.concat(Stream.of(row(ca)), shop.caCertificates().all(ca).stream())
                .anyMatch(row -> row.reservation().orderHash().equals(order.hash()));
        if (!isSame) {
            throw DevpkiException.conflict("there is a CA " + ca.name() + " already, made by a different order")
                    .hint("devpki ca show " + ca.name());
        }
    }

    private LedgerCertificate row(LedgerCa ca) {
        return shop.caCertificates().row(ca);
    }

    /** Whether it may issue. */
    boolean isFinished(LedgerCa ca) {
        return row(ca).deliveredAt().isPresent();
    }

    /** Plans and lints, with a key that nobody keeps, so that what is refused leaves no key behind. */
    private void look(CaOrder order) {
        Profile profile = profile(order);
        refuseTaken(subject(order, profile));
        try (var standIn =
                Keys.generate(kind(order, profile), shop.surroundings().random())) {
            if (order.parent().isEmpty()) {
                shop.planner().planSelfSigned(profile, wanted(order, standIn.publicKey()), order.name());
            } else {
                ParsedTbs planned = new Issuing(shop)
                        .lint(profile, order.issuer(), wanted(order, standIn.publicKey()), Optional.empty());
                refuseUnnameable(order.name(), planned, order.issuer());
                shop.authority(order.issuer());
            }
        }
    }

    /** @throws DevpkiException REFUSED if the CA, or one above it, may not name the CA's delegates */
    void refuseUnnameable(CaName name, ParsedTbs own, CaName parent) {
        List<ParsedTbs> above = new ArrayList<>(List.of(own));
        shop.issuers(parent).forEach(issuer -> above.add(issuer.tbs()));
        Delegates.refuseUnnameable(shop, name, above);
    }

    NameDer subject(CaOrder order, Profile profile) {
        return Names.encode(shop.planner().subject(profile, order.name().value()));
    }

    void refuseTaken(NameDer subject) {
        for (LedgerCa other : store.cas()) {
            if (shop.certificate(other.name()).tbs().subject().equals(subject)) {
                throw DevpkiException.conflict("CA " + other.name() + " has the subject " + Names.text(subject)
                                + " already; CRLs and chains are found by it")
                        .hint("--cn names another");
            }
        }
    }

    /** The profile as the order narrows it. */
    Profile profile(CaOrder order) {
        Profile profile = shop.profile(order.profile());
        if (!profile.purpose().isCa()) {
            throw DevpkiException.invalid("profile \"" + profile.name() + "\" is not for CAs");
        }
        OptionalInt most = profile.purpose().pathLength();
        OptionalInt asked = order.pathLength();
        if (asked.isPresent() && most.isPresent() && asked.getAsInt() > most.getAsInt()) {
            throw DevpkiException.refused("path length " + asked.getAsInt() + " exceeds the " + most.getAsInt()
                            + " that profile \"" + profile.name() + "\" allows")
                    .hint("devpki profile show " + profile.name());
        }
        Profile named = profile.named(commonName(order, profile));
        return asked.isPresent() ? named.limited(asked.getAsInt()) : named;
    }

    /** The profile for a CA that has its name and its key, as one of its certificates has them. */
    Profile profile(CaOrder order, ParsedTbs own) {
        return profile(order)
                .identified(
                        new CaIdentity(own.subject(), own.subjectKeyId()),
                        Keys.spec(own.publicKey())
                                .orElseThrow(() -> DevpkiException.refused("CA " + order.name()
                                        + " has a key of a kind that devpki signs no certificate for")));
    }

    /** What gives a CA another certificate like its own. */
    CaOrder again(LedgerCa ca, Optional<CaName> parent, Optional<NotAfter> end) {
        ParsedTbs own = shop.certificate(ca.name()).tbs();
        return new CaOrder(
                ca.name(),
                parent,
                row(ca).reservation().profile(),
                Optional.empty(),
                Optional.empty(),
                end,
                own.basicConstraints()
                        .map(ParsedTbs.BasicConstraints::pathLength)
                        .orElse(OptionalInt.empty()),
                own.commonNames().stream().findFirst());
    }

    /** A CA that is called as its profile has the profile's subject; any other has its name in it. */
    private static String commonName(CaOrder order, Profile profile) {
        List<Profile.SubjectTemplate> subject = profile.naming().subject();
        String usual = subject.stream()
                .filter(part -> part.type() == AttributeType.COMMON_NAME)
                .map(Profile.SubjectTemplate::template)
                .collect(Collectors.joining());
        boolean isTold = order.name().value().equals(profile.name())
                || subject.stream().anyMatch(part -> part.template().contains("{name}"));
        return order.commonName().orElse(isTold ? usual : usual + " {name}");
    }

    static KeySpec kind(CaOrder order, Profile profile) {
        KeySpec kind = order.key().orElse(profile.defaultKey());
        profile.refuseOther(Optional.of(kind));
        return kind;
    }

    private static CertificateOrder wanted(CaOrder order, PublicKeyDer key) {
        return new CertificateOrder(order.name().value(), key, List.of(), order.notAfter());
    }

    /** The live certificates of the CA's name by its issuer, oldest first, of whatever order. */
    List<LedgerCertificate> live(CaOrder order) {
        return store.certificatesNamed(order.name().value()).stream()
                .filter(row -> row.reservation().ca().equals(order.issuer()) && row.isLive(shop.now()))
                .toList();
    }

    /** A certificate that a run recorded before it was cut short, if its key is there too. */
    private Optional<LedgerCa> adopted(CaOrder order) {
        return live(order).stream()
                .filter(row -> row.state() == CertificateState.ISSUED
                        && row.revocation().isEmpty()
                        && row.deliveredAt().isEmpty()
                        && row.reservation().orderHash().equals(order.hash())
                        && shop.keyRing().has(order.place()))
                .findFirst()
                .map(row -> added(order, row.serial()));
    }

    /** Tells an order, for a store, from all others: a key that bears it is that order's. */
    static Bytes owner(Path store, Bytes order, String uri) {
        String place = store.toAbsolutePath().normalize().toString();
        byte[] hash =
                Bytes.utf8(order.hex() + "\n" + place + "\n" + uri).sha256().toArray();
        return Bytes.of(Arrays.copyOf(hash, OWNER_OCTETS));
    }

    /** A new key, where the order wants it; in a token, one that a run left there which was cut short. */
    SigningKey newKey(CaOrder order, KeySpec kind) {
        String uri = order.place();
        return shop.keyRing().createFor(owner(shop.surroundings().store(), order.hash(), uri), uri, kind);
    }

    private LedgerCa make(CaOrder order) {
        return make(order, kind -> newKey(order, kind));
    }

    /** Key and certificate, on the ledger; what was begun before ends with it. */
    LedgerCa make(CaOrder order, Function<KeySpec, SigningKey> maker) {
        Profile profile = profile(order);
        List<LedgerCertificate> live = live(order);
        live.stream().filter(row -> row.deliveredAt().isPresent()).findFirst().ifPresent(other -> {
            throw DevpkiException.conflict("CA " + order.issuer() + " has certificate " + other.serial()
                    + " for the name " + order.name() + " already");
        });
        try (SigningKey key = maker.apply(kind(order, profile))) {
            shop.surroundings().checkpoint().reached(Checkpoint.Step.CA_1_KEY_MADE);
            Issuing.Wanted wanted = new Issuing.Wanted(
                    order.name().value(),
                    profile,
                    order.issuer(),
                    wanted(order, key.publicKey()),
                    order.hash(),
                    Optional.empty(),
                    false, // the key is in the store, not in a bundle
                    live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                    live.stream().map(LedgerCertificate::issuerAndSerial).toList(),
                    Optional.empty(),
                    certificate -> {});
            IssuerAndSerialNumber own = order.parent().isEmpty()
                    ? new Issuing(shop)
                            .issueSelfSigned(wanted, new Authority(key))
                            .of()
                    : new Issuing(shop)
                            .issue(wanted, shop.authority(order.issuer()))
                            .of();
            return added(order, own.serial());
        }
    }

    /**
     * Notes where the key will be, so that one that a run left there which was cut short can be told from anybody else's: no
     * certificate is in force for it, and another takes its place.
     */
    void noteKey(CaOrder order) {
        shop.keyRing().refuse(order.place(), kind(order, profile(order))); // a URI that is refused may have a PIN in it
        String note = BEGUN + order.name();
        boolean isLeft = order.keyUri().isEmpty()
                && store.note(note).equals(Optional.of(order.place()))
                && shop.keyRing().has(order.place());
        if (isLeft) {
            WholeFiles.delete(shop.folder().keys().resolve(order.name() + ".key.pem"));
        }
        store.setNote(note, order.place());
    }

    /** CAs that were begun, have a key, and are neither on the ledger nor waiting for a certificate. */
    List<String> unfinished() {
        Set<String> known = store.cas().stream().map(LedgerCa::keyUri).collect(Collectors.toSet());
        return store.notes(BEGUN).entrySet().stream()
                .filter(note ->
                        !known.contains(note.getValue()) && shop.keyRing().has(note.getValue()))
                .map(note -> note.getKey().substring(BEGUN.length()))
                .filter(name -> CaRequest.waiting(store, new CaName(name)).isEmpty())
                .toList();
    }

    private LedgerCa added(CaOrder order, SerialNumber serial) {
        LedgerCa ca = new LedgerCa(order.name(), order.parent(), serial, order.place());
        store.addCa(ca);
        shop.surroundings().checkpoint().reached(Checkpoint.Step.CA_2_ADDED);
        return ca;
    }

    /** What a CA has before it issues: its responder, its certificate on the shelf, its first CRL. */
    void finish(LedgerCa ca) {
        shop.authority(ca.name()); // the key there is the certificate's
        if (!ca.isRoot()) {
            new Responders(shop).renew(ca.name());
        }
        InitStore.shelveIssuers(shop);
        publish(ca);
        if (!isFinished(ca)) {
            store.deliver(ca.issuerAndSerial(), DELIVERED);
        }
    }

    /** Another CA's key may not be at hand; what counts is this one's CRL. */
    private void publish(LedgerCa ca) {
        try {
            shop.publishCrl().run(new CrlOrder(Optional.empty(), true, List.of(), Optional.empty()));
        } catch (DevpkiException e) {
            boolean isPublished = e.fault() == Fault.KEY_UNAVAILABLE
                    && CrlShelf.own(shop)
                            .crl(
                                    CrlName.main(ca.name()),
                                    shop.certificate(ca.name()).tbs().publicKey())
                            .isPresent();
            if (!isPublished) {
                throw e;
            }
            shop.surroundings().words().accept("crl publish: " + e.sentence());
        }
    }
}
