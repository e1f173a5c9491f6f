package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedCertificate;

/**
 * Gives a device an access token for its certificate, whose key the caller has proven (RFC 8705 section 2). The ledger is
 * asked each time, so that a device which is revoked gets none from then on. Safe between threads.
 */
public final class ExchangeCertificate implements AutoCloseable {
    private static final int MOST_KEPT = 10_000;

    /** A device that asks again before a tenth of its token's life is over gets the same: it cannot flood the audit. */
    private static final int SAME_FOR = 10;

    /** What became of a request. */
    public sealed interface Answer {
        /** @param text the compact form, ASCII */
        record Given(String text, Duration expiresIn) implements Answer {}

        /** The certificate counts for nothing here. */
        record Refused(String sentence) implements Answer {}

        /** No fault of the device's: it may ask again. */
        record Unavailable() implements Answer {}

        default <T> T match(
                Function<Given, T> given, Function<Refused, T> refused, Function<Unavailable, T> unavailable) {
            if (this instanceof Given g) {
                return given.apply(g);
            }
            if (this instanceof Refused r) {
                return refused.apply(r);
            }
            return unavailable.apply((Unavailable) this);
        }
    }

    private final Workshop shop;
    private final AccessTokens tokens;
    private final Map<IssuerAndSerialNumber, AccessTokens.Signed> kept =
            Collections.synchronizedMap(new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<IssuerAndSerialNumber, AccessTokens.Signed> eldest) {
                    return size() > MOST_KEPT;
                }
            });

    ExchangeCertificate(Workshop shop) {
        this.shop = shop;
        this.tokens = new AccessTokens(shop);
    }

    /** @throws DevpkiException as {@link AccessTokens#opened}: better at start than at the first request */
    public void openKey() {
        shop.refuseHome("issues no access token");
        tokens.opened(tokens.current());
    }

    /** Whose certificates clients may show: those of all CAs of the store, at this moment. */
    public List<CertificateDer> trusted() {
        return shop.store().cas().stream()
                .map(ca -> shop.certificate(ca.name()).der())
                .toList();
    }

    /** The keys that tokens are verified with, as JSON. */
    public Bytes jwks() {
        return shop.publishJwks().content();
    }

    /** @param clientId whom the device says that it is, if it says so */
    public Answer run(CertificateDer shown, Optional<String> clientId) {
        try {
            return given(shown, clientId);
        } catch (DevpkiException e) {
            if (e.fault() == Fault.REFUSED || e.fault() == Fault.INVALID_INPUT) {
                return new Answer.Refused(e.sentence());
            }
            shop.surroundings().words().accept("token: " + e.sentence());
            return new Answer.Unavailable();
        }
    }

    private Answer given(CertificateDer shown, Optional<String> clientId) {
        Instant now = shop.now();
        ParsedCertificate certificate = Certificates.parse(shown);
        LedgerCertificate row = good(certificate, now);
        DeviceId device = new DeviceId(row.reservation().name());
        if (clientId.filter(Predicate.not(device.value()::equals)).isPresent()) {
            throw DevpkiException.refused("the certificate is of " + device + ", and not of the client_id");
        }
        AccessTokens.Signed old = kept.get(row.issuerAndSerial());
        AccessTokens.Signed signed = old != null && isFresh(old, now) ? old : sign(device, row, now);
        kept.put(row.issuerAndSerial(), signed);
        return new Answer.Given(
                signed.text().lend(octets -> Bytes.of(octets).asUtf8()),
                Duration.between(now, signed.token().expires()));
    }

    private AccessTokens.Signed sign(DeviceId device, LedgerCertificate row, Instant now) {
        AccessTokens.Wish usual = tokens.usual(device);
        Duration left = Duration.between(now, row.reservation().validity().notAfter());
        Duration validity =
                left.compareTo(usual.validity()) < 0 ? left : usual.validity(); // no longer than its certificate
        return tokens.sign(device, new AccessTokens.Wish(device, validity, usual.form(), usual.grants()));
    }

    private boolean isFresh(AccessTokens.Signed signed, Instant now) {
        Duration life =
                Duration.between(signed.token().issuedAt(), signed.token().expires());
        return now.isBefore(signed.token().issuedAt().plus(life.dividedBy(SAME_FOR)))
                && shop.publishJwks().keys().stream().anyMatch(key -> key.id().equals(signed.keyId()));
    }

    /** @throws DevpkiException REFUSED for a certificate that is none of a device, or was revoked, or is over */
    private LedgerCertificate good(ParsedCertificate certificate, Instant now) {
        LedgerCertificate row = shop.row(certificate)
                .orElseThrow(() -> DevpkiException.refused("the certificate is not on the ledger"));
        if (!row.isGood(now) || now.isBefore(row.reservation().validity().notBefore())) {
            throw DevpkiException.refused(
                    "the certificate is " + row.standing(now) + (row.isGood(now) ? ", but not yet" : ""));
        }
        shop.refuseRevoked(row.reservation().ca());
        boolean isClients = certificate
                .tbs()
                .extendedKeyUsage()
                .filter(uses -> uses.contains(ExtendedKeyUsage.CLIENT_AUTH.oid()))
                .isPresent();
        boolean isNamed =
                certificate.tbs().commonNames().equals(List.of(row.reservation().name()));
        if (!isClients || !isNamed || certificate.tbs().isCa()) {
            throw DevpkiException.refused("the certificate is not one of a device: its use is not clientAuth, or its"
                    + " common name is not the name that it was issued to");
        }
        return row;
    }

    @Override
    public void close() {
        tokens.close();
        kept.clear();
    }
}
