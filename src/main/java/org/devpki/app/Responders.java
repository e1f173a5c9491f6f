package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.NotAfter;
import org.devpki.model.OcspAnswer;
import org.devpki.model.Profile;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Engine;
import org.devpki.x509.Keys;
import org.devpki.x509.Ocsp;
import org.devpki.x509.OcspClient;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.SigningKey;

/** The delegated OCSP responders: short-lived, each CA's own, renewed when half their life is over. */
final class Responders {
    private static final Duration RETRY = Duration.ofMinutes(5);

    /**
     * A responder with its key open.
     *
     * @param keyHash SHA-1 of its public key's bits
     */
    record Responder(ParsedCertificate certificate, Bytes keyHash, SigningKey key, Instant renewal) {
        Responder(ParsedCertificate certificate, SigningKey key, Instant renewal) {
            this(certificate, Keys.bitsHash(certificate.tbs().publicKey(), "SHA-1"), key, renewal);
        }

        SerialNumber serial() {
            return certificate.tbs().serialNumber();
        }

        /** The end of an answer that should be good for so long: no answer outlives the certificate that proves it. */
        Instant end(Instant now, Duration validity) {
            Instant wanted = now.plus(validity);
            Instant own = certificate.tbs().notAfter().at();
            return wanted.isBefore(own) ? wanted : own;
        }

        /**
         * An OCSPResponse, DER. It is proven first, but for one to a nonce by an engine that a fault cannot make give the
         * key away: that goes to a single client, which proves it itself, and proving costs three times what signing does.
         */
        Bytes sign(Instant now, List<OcspAnswer.Single> singles, Optional<Bytes> nonce, Engine engine) {
            Bytes answer = Ocsp.seal(Ocsp.tbs(new OcspAnswer(keyHash, now, singles, nonce)), key, certificate.der());
            boolean isToBeProven = nonce.isEmpty() || engine.isDeterministic();
            if (isToBeProven && !OcspClient.parse(answer).isSignedByResponder(engine)) {
                throw DevpkiException.integrity("the signature just made does not verify; nothing was answered");
            }
            return answer;
        }
    }

    private final Workshop shop;
    private final Delegates delegates;
    private final Map<CaName, Responder> open = new ConcurrentHashMap<>();
    private final Map<CaName, Long> lookedAt = new ConcurrentHashMap<>();

    Responders(Workshop shop) {
        this.shop = shop;
        this.delegates = new Delegates(shop, Delegates.Task.OCSP);
    }

    /** Whether the CA has a responder at all; roots have none, for their few certificates are on their CRL. */
    boolean has(CaName ca) {
        return open.containsKey(ca) || delegates.has(ca);
    }

    /** The CA's responder, renewed first if it is time; one that is revoked is renewed at once. */
    Responder of(CaName ca) {
        return of(ca, shop.store().revocationSequence(ca, OptionalInt.empty()));
    }

    /** @param sequence of the CA's last revocation or release, which may have been the responder's */
    synchronized Responder of(CaName ca, long sequence) {
        Responder now = open.get(ca);
        boolean mayBeRevoked = !Objects.equals(lookedAt.put(ca, sequence), sequence);
        if (now != null && (mayBeRevoked || isOver(now)) && !isLive(now)) {
            open.remove(ca);
            now = null;
        }
        if (now == null || !shop.now().isBefore(now.renewal())) {
            Responder next = renewed(ca);
            open.put(ca, next);
            if (now != null) {
                now.key().close();
            }
            return next;
        }
        return now;
    }

    private boolean isOver(Responder responder) {
        return !shop.now().isBefore(responder.certificate().tbs().notAfter().at());
    }

    private boolean isLive(Responder responder) {
        return shop.row(responder.certificate())
                .filter(row -> row.isGood(shop.now()))
                .isPresent();
    }

    /** The one that the ledger names if it is young enough, or else a new one; an old one rather than none. */
    private Responder renewed(CaName ca) {
        Optional<Responder> found = current(ca);
        if (found.isPresent() && shop.now().isBefore(found.get().renewal())) {
            return found.get();
        }
        try {
            return renew(ca);
        } catch (DevpkiException e) {
            Responder old = found.orElseThrow(() -> e);
            shop.surroundings()
                    .words()
                    .accept("ocsp: the responder of " + ca + " cannot be renewed yet: " + e.sentence());
            return new Responder(old.certificate(), old.key(), shop.now().plus(RETRY));
        }
    }

    /** Makes a new responder for the CA, unless another process has just done so. */
    Responder renew(CaName ca) {
        try (Store.Held name = shop.store().lock(lock(ca))) {
            Optional<Responder> made = current(ca).filter(found -> shop.now().isBefore(found.renewal()));
            return made.isPresent() ? made.get() : make(ca);
        }
    }

    /** The lock under which a CA's responder is renewed. */
    static String lock(CaName ca) {
        return "OCSP responder of " + ca;
    }

    /** Where the key of the CA's responder should be; empty for a CA without one. */
    Optional<String> keyUri(CaName ca) {
        return delegates.keyUri(ca);
    }

    private Responder make(CaName ca) {
        return responder(delegates.make(ca, end(ca, shop.profile(Delegates.Task.OCSP.profile()))));
    }

    /** As the settings say, but within what the profile and the CA's own end allow. */
    private NotAfter end(CaName ca, Profile profile) {
        Duration wanted = shop.settings().ocsp().responderValidity();
        if (profile.period().longest() instanceof NotAfter.In longest
                && longest.length().compareTo(wanted) < 0) {
            wanted = longest.length();
        }
        boolean isPastCa =
                shop.certificate(ca).tbs().notAfter().at().isBefore(shop.now().plus(wanted));
        return isPastCa ? new NotAfter.IssuersEnd() : new NotAfter.In(wanted);
    }

    private Optional<Responder> current(CaName ca) {
        return delegates.current(ca).map(Responders::responder);
    }

    private static Responder responder(Delegates.Delegate delegate) {
        ParsedCertificate certificate = delegate.certificate();
        Instant start = certificate.tbs().notBefore().at();
        Duration life = Duration.between(start, certificate.tbs().notAfter().at());
        return new Responder(certificate, delegate.key(), start.plus(life.dividedBy(2)));
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if the passphrase is wrong: better at start than at the first request */
    void openAll(List<CaName> cas) {
        cas.stream().filter(this::has).forEach(this::of);
    }
}
