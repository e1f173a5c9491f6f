package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.devpki.ca.CrlProof;
import org.devpki.ca.CrlScope;
import org.devpki.ca.EntryTally;
import org.devpki.ca.lint.Linter;
import org.devpki.files.FolderLock;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.ShelfPlace;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;

/**
 * Puts onto a shelf whichever CRL of a queue is due, on a host that has neither keys nor a ledger: only the CAs' certificates.
 * What goes out is proven as far as that can be known there: signature, numbers, dates, that nothing vanished, that certificates
 * which must pass do.
 */
public final class ReleaseCrl {
    /** In the queue: which CRLs hooks have been told of, a name and a number a line. */
    private static final String ANNOUNCED = "announced";

    private static final int MOST_ANNOUNCED_OCTETS = 1 << 20;

    /**
     * What is to be done.
     *
     * @param issuers certificates of the CAs whose CRLs are believed
     * @param least what must be left of the queue, or attention is due
     * @param hooks commands to run after a change, in order
     */
    public record Order(
            Path queue, ShelfPlace place, List<CertificateDer> issuers, Duration least, List<String> hooks) {}

    /**
     * A CRL on the shelf.
     *
     * @param queueEnd when the last one that can follow it ends
     * @param hasChanged whether this run put it there
     */
    public record Released(
            CrlName name,
            BigInteger number,
            Instant thisUpdate,
            Instant nextUpdate,
            Instant queueEnd,
            Urgency urgency,
            boolean hasChanged) {}

    /**
     * What a run brings.
     *
     * @param damaged files of the queue that were passed over, a sentence each
     */
    public record Done(List<Released> crls, List<String> damaged) {}

    /** How far a clock may be behind the one by which a CRL was signed or released. */
    static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    private final Clock clock;
    private final Words words;
    private final Duration lockTimeout;

    public ReleaseCrl(Surroundings surroundings) {
        this.clock = surroundings.clock();
        this.words = surroundings.words();
        this.lockTimeout = surroundings.lockTimeout();
    }

    /**
     * One name after the other; what does not hold in one keeps no other from its place, and is told at the end.
     *
     * @throws DevpkiException INTEGRITY if what is due fails its proof, after which the shelf has what it had
     */
    public Done run(Order order) {
        CrlQueue queue = new CrlQueue(order.queue());
        CrlQueue.Contents contents = queue.read();
        List<ParsedCertificate> issuers =
                order.issuers().stream().map(Certificates::parse).toList();
        List<String> damaged = new ArrayList<>(contents.damaged());
        SortedMap<String, List<CrlQueue.Queued>> byName = new TreeMap<>();
        for (CrlQueue.Queued queued : contents.crls()) {
            if (issuer(queued.crl(), issuers).isPresent()) {
                byName.computeIfAbsent(queued.name().toString(), name -> new ArrayList<>())
                        .add(queued);
            } else {
                damaged.add(queued.file() + " is not signed by any of the given CAs");
            }
        }
        if (byName.isEmpty()) {
            throw DevpkiException.notFound("queue " + order.queue() + " has no CRL of the given CAs"
                    + (damaged.isEmpty() ? "" : ": " + String.join("; ", damaged)));
        }
        List<Released> released = new ArrayList<>();
        List<DevpkiException> failures = new ArrayList<>();
        try (FolderLock alone = FolderLock.hold(
                        order.place().match(folder -> folder.path(), bucket -> order.queue()), lockTimeout);
                CrlShelf shelf = CrlShelf.at(order.place(), order.queue())) {
            shelf.tidy();
            for (List<CrlQueue.Queued> crls : byName.values()) {
                try {
                    ParsedTbs issuer =
                            issuer(crls.get(0).crl(), issuers).orElseThrow().tbs();
                    released.add(release(crls, issuer, queue, shelf, order));
                } catch (DevpkiException e) {
                    failures.add(e);
                }
            }
            announce(released, order, shelf);
        }
        if (!failures.isEmpty()) {
            released.forEach(
                    one -> words.accept("CRL " + one.number() + " of " + one.name() + " is on the shelf all the same"));
            damaged.forEach(one -> words.accept("passed over: " + one));
            throw failures.get(0);
        }
        return new Done(List.copyOf(released), List.copyOf(damaged));
    }

    /** The certificates in a file, PEM or DER. */
    public static List<CertificateDer> certificates(Bytes file, String origin) {
        return Pem.readCertificates(file, origin);
    }

    private static Optional<ParsedCertificate> issuer(ParsedCrl crl, List<ParsedCertificate> issuers) {
        return issuers.stream()
                .filter(ca -> ca.tbs().subject().equals(crl.issuer())
                        && crl.isSignedBy(ca.tbs().publicKey()))
                .findFirst();
    }

    private Released release(
            List<CrlQueue.Queued> crls, ParsedTbs issuer, CrlQueue queue, CrlShelf shelf, Order order) {
        CrlName name = crls.get(0).name();
        Instant now = clock.instant();
        Optional<ParsedCrl> shelved = shelf.crl(name, issuer.publicKey());
        BigInteger before = shelved.flatMap(ParsedCrl::number).orElse(BigInteger.ZERO);
        Optional<CrlQueue.Queued> due =
                due(crls, now).filter(queued -> queued.number().compareTo(before) > 0);
        boolean hasChanged = false;
        if (due.isPresent()) {
            Workshop.refuseErrors(
                    new Linter().crl(due.get().crl()), due.get().file().toString());
            proof(due.get().crl(), issuer, shelved, ReleaseCrl::mayVanish, mustPass(due.get(), queue), now);
            hasChanged = shelf.bring(name, due.get().crl().der().octets());
        }
        hasChanged |= shelf.putPem(name);
        ParsedCrl current = shelf.crl(name, issuer.publicKey())
                .orElseThrow(() -> DevpkiException.notFound(
                        "no CRL of " + name + " in queue " + order.queue() + " holds now, and none is on the shelf"));
        if (isForAll(name, issuer, shelf)) {
            hasChanged |= shelf.putIntoAll(current);
        }
        return told(name, current, crls, now, order.least(), hasChanged);
    }

    /** Whether it belongs into the file of all: of a shard only where the main CRL does not cover it. */
    private static boolean isForAll(CrlName name, ParsedTbs issuer, CrlShelf shelf) {
        return name.shard() == 0
                || shelf.crl(CrlName.main(name.ca()), issuer.publicKey())
                        .filter(main -> main.idp().isEmpty())
                        .isEmpty();
    }

    /** The latest one that holds now. */
    static Optional<CrlQueue.Queued> due(List<CrlQueue.Queued> crls, Instant now) {
        return crls.stream()
                .filter(queued ->
                        !queued.crl().thisUpdate().isAfter(now) && !queued.crl().isExpired(now))
                .max(Comparator.comparing(CrlQueue.Queued::number));
    }

    /** What is to be said of the one on the shelf, and of those that can follow it. */
    static Released told(
            CrlName name,
            ParsedCrl current,
            List<CrlQueue.Queued> crls,
            Instant now,
            Duration least,
            boolean hasChanged) {
        Instant end = end(current, crls);
        Duration left = Duration.between(now, nextUpdate(current));
        boolean isToCome = current.thisUpdate().isAfter(now.plus(CLOCKS_DIFFER)); // released by a clock that was ahead
        Urgency urgency = isToCome
                ? Urgency.TOO_LATE
                : PublishedCrl.urgency(
                        left, Duration.ZERO, Duration.between(now, end).compareTo(least) < 0);
        return new Released(
                name,
                current.number().orElseThrow(),
                current.thisUpdate(),
                nextUpdate(current),
                end,
                urgency,
                hasChanged);
    }

    /** Until when one CRL after the other holds, without a gap. */
    private static Instant end(ParsedCrl current, List<CrlQueue.Queued> crls) {
        List<ParsedCrl> later = crls.stream()
                .filter(queued -> queued.number().compareTo(current.number().orElseThrow()) > 0)
                .sorted(Comparator.comparing(CrlQueue.Queued::number))
                .map(CrlQueue.Queued::crl)
                .toList();
        Instant end = nextUpdate(current);
        for (ParsedCrl next : later) {
            if (next.thisUpdate().isAfter(end)) {
                return end;
            }
            end = nextUpdate(next);
        }
        return end;
    }

    private static Instant nextUpdate(ParsedCrl crl) {
        return crl.nextUpdate().orElse(crl.thisUpdate());
    }

    private static List<ParsedTbs> mustPass(CrlQueue.Queued queued, CrlQueue queue) {
        return queue.mustPass(queued.name()).stream()
                .map(der -> Certificates.parse(der).tbs())
                .filter(tbs -> queued.isPresigned()
                        || CrlScope.entry(queued.crl(), tbs).isEmpty()) // it may be revoked since
                .toList();
    }

    /**
     * Proves a CRL that another machine signed, as far as that can be known without its ledger.
     *
     * @throws DevpkiException INTEGRITY with the first thing that does not hold
     */
    static void proof(
            ParsedCrl crl,
            ParsedTbs issuer,
            Optional<ParsedCrl> shelved,
            Predicate<RevokedEntry> mayVanish,
            List<ParsedTbs> live,
            Instant now) {
        EntryTally told = new EntryTally();
        crl.entries().each(told::add);
        CrlPlan said = new CrlPlan(
                crl.issuer(),
                crl.authorityKeyId().orElse(Bytes.of(new byte[0])),
                crl.number().orElseThrow(() -> DevpkiException.integrity("the new CRL has no number")),
                crl.thisUpdate(),
                nextUpdate(crl),
                consumer -> crl.entries().each(consumer),
                CrlPlan.Scope.complete(List.of()));
        List<CrlProof.Shelved> olds = shelved.stream()
                .map(old -> new CrlProof.Shelved(old, mayVanish))
                .toList();
        new CrlProof(issuer, told, olds, live, List.of()).prove(crl, said, now);
    }

    /** Only a hold may end here, for nobody knows here who has expired. */
    static boolean mayVanish(RevokedEntry entry) {
        return entry.reason() == RevocationReason.CERTIFICATE_HOLD;
    }

    /** Runs the hooks if something changed, or if a run that was cut short did not come to it. */
    private void announce(List<Released> released, Order order, CrlShelf shelf) {
        Path file = order.queue().resolve(ANNOUNCED);
        SortedMap<String, String> told = new TreeMap<>();
        WholeFiles.readIfPresent(file, MOST_ANNOUNCED_OCTETS).stream()
                .flatMap(text -> text.asUtf8().lines())
                .map(line -> line.split(" ", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> told.put(pair[0], pair[1]));
        SortedMap<String, String> now = new TreeMap<>(told);
        released.forEach(crl -> now.put(crl.name().toString(), crl.number().toString()));
        boolean isNews = released.stream().anyMatch(Released::hasChanged) || !now.equals(told);
        if (isNews && !order.hooks().isEmpty()) {
            order.hooks().forEach(hook -> Hooks.run(hook, shelf.place(), words));
            StringBuilder text = new StringBuilder();
            now.forEach((name, number) ->
                    text.append(name).append(' ').append(number).append('\n'));
            WholeFiles.write(file, Bytes.utf8(text.toString()), Modes.PUBLIC_FILE);
        }
    }
}
