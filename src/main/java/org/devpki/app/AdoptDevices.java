package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.CrlName;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LifeState;
import org.devpki.model.OldCertificate;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.Names;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedTbs;

/**
 * Takes the certificates that a CA issued by another program into the ledger, where they are listed, renewed and revoked like
 * devpki's own. All of them are looked at first. One that has to be left out is told of and keeps no other out, but with one
 * that is revoked nothing is brought: it would vanish from the CRL.
 */
public final class AdoptDevices {
    /** Of those that are told in one sentence; the rest is counted. */
    private static final int MOST_TOLD = 20;

    private static final Bytes UNKNOWN = Bytes.of(new byte[32]);

    /**
     * @param from {@code openssl}, {@code easy-rsa}, {@code cfssl} or {@code folder}
     * @param place its folder or file
     * @param profile what they count as made by, when they are renewed; the store's default when absent
     * @param leftOut serials of revoked certificates that stay off the CRLs here, for they cannot be brought; no CRL could list
     *     some of them, as 0
     */
    public record Order(
            CaName ca, String from, Path place, Optional<String> profile, Set<BigInteger> leftOut, boolean isDryRun) {
        public Order {
            leftOut = Set.copyOf(leftOut);
        }
    }

    /** What became of a certificate. */
    public enum Outcome {
        IMPORTED,
        REVOKED,
        UNCHANGED,
        LEFT;

        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * @param place where the old ledger has it
     * @param name as this ledger has it
     * @param why it was left out, or has a name that is not its own
     */
    public record Result(
            String place,
            Outcome outcome,
            Optional<SerialNumber> serial,
            Optional<String> name,
            Optional<String> why) {}

    /**
     * What a run brings back.
     *
     * @param revoked how many of those that were brought are revoked, and how many that were known are so from now on
     * @param several names with more than one live certificate
     * @param urls for CRLs and OCSP in live certificates that are not this store's
     */
    public record Summary(
            long imported, long revoked, long unchanged, long left, Set<String> several, Set<String> urls) {
        /** Whether nothing was left out. */
        public boolean isWhole() {
            return left == 0;
        }
    }

    private final Workshop shop;
    private final Store store;
    private final Map<SerialNumber, LedgerCertificate> added = new LinkedHashMap<>();
    private final Map<IssuerAndSerialNumber, Revocation> revoked = new LinkedHashMap<>();
    private final List<Result> results = new ArrayList<>();
    private final Map<BigInteger, String> lost = new LinkedHashMap<>();
    private final Set<String> urls = new TreeSet<>();

    AdoptDevices(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param told of each certificate of the old ledger
     * @throws DevpkiException NOT_FOUND and INVALID_INPUT for the old ledger; CONFLICT, with nothing brought, if it is another
     *     CA's or a revoked certificate could not be brought; REFUSED if the CA's CRLs would not be for its certificates
     */
    public Summary run(Order order, Consumer<Result> told) {
        shop.refuseHome("imports nothing");
        OldLedger.Kind kind = OldLedger.Kind.parse(order.from());
        LedgerCa ca = shop.ca(order.ca());
        if (ca.isAtOffice()) {
            throw DevpkiException.refused("the key of CA " + ca.name() + " is elsewhere, so its certificates are listed"
                    + " and revoked there");
        }
        Profile profile = shop.profile(order.profile().orElse(shop.settings().defaultProfile()));
        if (profile.purpose().isCa() || profile.purpose().isOcspNoCheck() || Delegates.Task.isProfile(profile.name())) {
            throw DevpkiException.invalid("profile \"" + profile.name() + "\" is not for devices or servers");
        }
        OldLedger old = OldLedger.read(kind, order.place(), shop.certificate(ca.name()));
        try (Store.Held importing = store.lock("import into " + ca.name())) {
            old.certificates().forEach(certificate -> judge(certificate, ca, profile));
            old.unreadable().forEach((place, why) -> leave(place, Optional.empty(), why));
            order.leftOut().forEach(lost::remove);
            throwIfAnyIsLost(order.place());
            refuseOutOfScope(ca);
            if (!order.isDryRun()) {
                if (!(added.isEmpty() && revoked.isEmpty())) {
                    order.leftOut()
                            .forEach(serial ->
                                    store.audit("certificate.leave-out", SerialNumber.hex(serial), "ca=" + ca.name()));
                    store.adopt(new Store.Adoption(kind.text(), List.copyOf(added.values()), revoked));
                }
                respond(ca); // also where a run was cut short before it
            }
        }
        results.forEach(told);
        return new Summary(
                count(Outcome.IMPORTED),
                added.values().stream()
                                .filter(row -> row.revocation().isPresent())
                                .count()
                        + revoked.size(),
                count(Outcome.UNCHANGED),
                count(Outcome.LEFT),
                several(ca),
                urls);
    }

    private long count(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /** A root that issues to devices has a responder from now on, as every other CA has. */
    private void respond(LedgerCa ca) {
        if (!new Responders(shop).has(ca.name())) {
            new Responders(shop).renew(ca.name());
        }
    }

    // ---- one certificate ----

    private void judge(OldCertificate old, LedgerCa ca, Profile profile) {
        SerialNumber serial;
        try {
            serial = new SerialNumber(old.serial());
        } catch (DevpkiException e) {
            leave(old, Optional.empty(), e.sentence());
            return;
        }
        if (old.certificate().isEmpty()) {
            judgeUnseen(old, serial, ca);
            return;
        }
        ParsedCertificate certificate;
        try {
            certificate = Certificates.parse(old.certificate().get());
        } catch (DevpkiException e) {
            leave(old, Optional.of(serial), e.sentence());
            return;
        }
        ParsedCertificate own = shop.certificate(ca.name());
        if (certificate.der().equals(own.der())) {
            return; // the CA's own, of which the ledger has always known
        }
        if (!ForeignSeals.isIssuer(own, certificate)) {
            leaveStranger(old, serial, certificate);
        } else if (!certificate.tbs().serial().equals(old.serial())) {
            leave(
                    old,
                    Optional.of(serial),
                    "its certificate has another serial, "
                            + certificate.tbs().serial().toString(16));
        } else {
            bring(old, serial, certificate, ca, profile);
        }
    }

    /** One that the old ledger tells of and has no certificate of: it must be on the CRL if it is revoked. */
    private void judgeUnseen(OldCertificate old, SerialNumber serial, LedgerCa ca) {
        Optional<LedgerCertificate> here = here(serial, ca);
        Instant end = old.end()
                .orElseGet(() -> shop.certificate(ca.name()).tbs().notAfter().at());
        if (isOwn(serial, ca)) {
            return;
        }
        if (here.isPresent()) {
            known(old, here.get());
        } else if (old.revocation().isPresent()) {
            Reservation reservation = new Reservation(
                    ca.name(),
                    serial,
                    Reservation.unknownName(serial),
                    Reservation.UNKNOWN_PROFILE,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN,
                    new Validity(Instant.EPOCH, end),
                    0,
                    Optional.empty(),
                    false);
            add(
                    old,
                    row(reservation, Optional.empty(), old.revocation()),
                    Optional.of("its certificate is in no file"));
        } else if (end.isAfter(shop.now())) {
            leave(old, Optional.of(serial), "its certificate is in no file of the folder");
        } else {
            results.add(new Result(
                    old.place(),
                    Outcome.UNCHANGED,
                    Optional.of(serial),
                    Optional.empty(),
                    Optional.of("it ended at " + end + ", and its certificate is in no file")));
        }
    }

    private void bring(
            OldCertificate old, SerialNumber serial, ParsedCertificate certificate, LedgerCa ca, Profile profile) {
        Optional<LedgerCertificate> here = here(serial, ca);
        boolean isHalfKnown = here.filter(row -> row.certificate().isEmpty()
                        && row.reservation().profile().equals(Reservation.UNKNOWN_PROFILE))
                .isPresent();
        if (here.isPresent() && !isHalfKnown) {
            if (here.get().certificate().equals(Optional.of(certificate.der()))) {
                known(old, here.get());
            } else {
                leave(old, Optional.of(serial), "the ledger has another certificate with serial " + serial);
            }
            return;
        }
        Optional<Revocation> revocation = old.revocation().or(() -> here.flatMap(LedgerCertificate::revocation));
        if (certificate.tbs().isCa() && revocation.isEmpty()) {
            leave(old, Optional.of(serial), "it is a CA's certificate; devpki ca import brings it");
            return;
        }
        if (here.isEmpty() && (isOwn(serial, ca) || added.containsKey(serial))) {
            leave(
                    old,
                    Optional.of(serial),
                    "serial " + serial + " is another certificate's; a CA gives each serial once");
            return;
        }
        Named named = Named.of(certificate.tbs());
        if (revocation.isEmpty() && certificate.tbs().notAfter().at().isAfter(shop.now())) {
            noteUrls(certificate.tbs());
        }
        Reservation reservation = new Reservation(
                ca.name(),
                serial,
                named.name(),
                profile.name(),
                profile.source().sha256(),
                certificate.der().octets().sha256(), // ordered elsewhere
                certificate.tbs().publicKey().octets().sha256(),
                certificate.tbs().octets().sha256(),
                new Validity(
                        certificate.tbs().notBefore().at(),
                        certificate.tbs().notAfter().at()),
                0,
                Optional.empty(),
                false);
        Optional<Revocation> before = here.flatMap(LedgerCertificate::revocation); // of one that a CRL told of
        add(
                old,
                row(
                        reservation,
                        Optional.of(certificate.der()),
                        old.revocation().filter(there -> Revocation.isNews(before, there.reason()))),
                named.why());
    }

    private LedgerCertificate row(
            Reservation reservation, Optional<CertificateDer> certificate, Optional<Revocation> revocation) {
        // long ago, often: nobody waits for its renewal
        boolean isOver = revocation.isEmpty() && reservation.validity().isExpired(shop.now());
        LifeState life = isOver ? LifeState.RETIRED : LifeState.EXPORTED;
        return new LedgerCertificate(
                0,
                reservation,
                certificate.isPresent() ? CertificateState.ISSUED : CertificateState.RESERVED,
                shop.now(),
                certificate,
                certificate.map(der -> shop.now()),
                revocation,
                Optional.empty(),
                certificate.isPresent() ? life : LifeState.PLANNED,
                certificate.filter(der -> isOver).map(der -> shop.now()),
                Optional.empty());
    }

    private void add(OldCertificate old, LedgerCertificate row, Optional<String> note) {
        added.put(row.serial(), row);
        results.add(new Result(
                old.place(),
                Outcome.IMPORTED,
                Optional.of(row.serial()),
                Optional.of(row.reservation().name()),
                note));
    }

    /** @param why it is not the certificate's own, where that is none that a device may have */
    private record Named(String name, Optional<String> why) {
        static Named of(ParsedTbs certificate) {
            String unknown = Reservation.unknownName(certificate.serialNumber());
            List<String> names = certificate.commonNames();
            if (names.size() != 1) {
                return new Named(
                        unknown,
                        Optional.of(Names.text(certificate.subject()) + " has " + names.size() + " common names"));
            }
            try {
                return new Named(new DeviceId(names.get(0)).value(), Optional.empty());
            } catch (DevpkiException e) {
                return new Named(unknown, Optional.of(e.sentence()));
            }
        }
    }

    /** What the CA issued with this serial, by the ledger. */
    private Optional<LedgerCertificate> here(SerialNumber serial, LedgerCa ca) {
        return store.certificate(new IssuerAndSerialNumber(ca.name(), serial)).filter(row -> !isOwn(serial, ca));
    }

    /** Whether a root gave itself the serial. */
    private static boolean isOwn(SerialNumber serial, LedgerCa ca) {
        return ca.issuerAndSerial().equals(new IssuerAndSerialNumber(ca.name(), serial));
    }

    /** One that the ledger has; a revocation there counts here, and one here is not undone. */
    private void known(OldCertificate old, LedgerCertificate row) {
        boolean isNews = old.revocation()
                .filter(there -> Revocation.isNews(row.revocation(), there.reason()))
                .isPresent();
        if (isNews) {
            revoked.put(row.issuerAndSerial(), old.revocation().orElseThrow());
        }
        results.add(new Result(
                old.place(),
                isNews ? Outcome.REVOKED : Outcome.UNCHANGED,
                Optional.of(row.serial()),
                Optional.of(row.reservation().name()),
                Optional.empty()));
    }

    // ---- what is left out ----

    private void leave(OldCertificate old, Optional<SerialNumber> serial, String why) {
        boolean mayVanish = old.revocation().isEmpty()
                || old.end().filter(end -> end.isBefore(shop.now())).isPresent();
        if (!mayVanish) {
            lost.put(old.serial(), old.place() + ": " + why);
        }
        leave(old.place(), serial, why);
    }

    private void leave(String place, Optional<SerialNumber> serial, String why) {
        results.add(new Result(place, Outcome.LEFT, serial, Optional.empty(), Optional.of(why)));
    }

    /** Of another CA; not a word where that is one of this store's own. */
    private void leaveStranger(OldCertificate old, SerialNumber serial, ParsedCertificate certificate) {
        boolean isCaHere = store.cas().stream()
                .anyMatch(known -> shop.certificate(known.name()).der().equals(certificate.der()));
        if (!isCaHere) {
            results.add(new Result(
                    old.place(),
                    Outcome.LEFT,
                    Optional.of(serial),
                    Optional.empty(),
                    Optional.of("another CA issued it: "
                            + Quoted.of(Names.text(certificate.tbs().issuer())))));
        }
    }

    private void throwIfAnyIsLost(Path place) {
        if (!lost.isEmpty()) {
            List<String> some = lost.values().stream().limit(MOST_TOLD).toList();
            throw DevpkiException.conflict(lost.size() + " revoked certificates of " + place
                            + " cannot be brought, so nothing is; they would vanish from the CRL:\n  "
                            + String.join("\n  ", some)
                            + (lost.size() > some.size() ? "\n  and " + (lost.size() - some.size()) + " more" : ""))
                    .hint("--leave-out SERIAL, of a device that is gone for certain: no CRL lists it then");
        }
    }

    // ---- what they mean for CRLs ----

    /** OpenSSL's error 44 would refuse certificates that do not repeat the CRL's issuing distribution point. */
    private void refuseOutOfScope(LedgerCa ca) {
        List<String> points = shop.crlNames().idpUrls(ca, CrlName.main(ca.name()));
        if (points.isEmpty()) {
            return;
        }
        added.values().stream()
                .filter(row -> row.isLive(shop.now()) && row.certificate().isPresent())
                .filter(row -> Certificates.parse(row.certificate().get()).tbs().crlDistributionPoints().stream()
                        .noneMatch(point -> point.uris().stream().anyMatch(points::contains)))
                .findFirst()
                .ifPresent(row -> {
                    throw DevpkiException.refused(
                                    "the CRL of " + ca.name() + " says that it is for certificates which name "
                                            + points.get(0) + ", and certificate " + row.serial() + " of "
                                            + row.reservation().name() + " does not; every broker would refuse it")
                            .hint("crl.idp: auto and crl.complete: true in devpki.yaml make one CRL for all of them");
                });
    }

    private void noteUrls(ParsedTbs certificate) {
        Set<String> found = new LinkedHashSet<>();
        certificate.crlDistributionPoints().forEach(point -> found.addAll(point.uris()));
        found.addAll(certificate.accessUris(Oids.OCSP_ACCESS));
        shop.settings().urls().values().forEach(own -> found.removeIf(url -> url.startsWith(own)));
        urls.addAll(found);
    }

    /** The names that have more than one live certificate: each opens the door until it is revoked or over. */
    private Set<String> several(LedgerCa ca) {
        Map<String, Set<SerialNumber>> live = new TreeMap<>();
        for (LedgerCertificate row : added.values()) {
            if (row.isLive(shop.now())) {
                live.computeIfAbsent(row.reservation().name(), name -> new LinkedHashSet<>())
                        .add(row.serial());
            }
        }
        live.forEach((name, serials) -> store.certificatesNamed(name).stream()
                .filter(row -> row.reservation().ca().equals(ca.name()) && row.isLive(shop.now()))
                .forEach(row -> serials.add(row.serial())));
        Map<String, Set<SerialNumber>> many = new HashMap<>(live);
        many.values().removeIf(serials -> serials.size() < 2);
        return new TreeSet<>(many.keySet());
    }
}
