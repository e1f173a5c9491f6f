package org.devpki.app;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.devpki.jose.Jwts;
import org.devpki.model.AccessToken;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.JwtKey;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.model.Settings;
import org.devpki.model.TokenForm;
import org.devpki.model.TopicGrant;
import org.devpki.x509.SigningKey;

/**
 * Signs access tokens with the key whose turn it is. Each is on the audit before it is signed, so that after a power cut the
 * ledger knows what may have been. Keys are opened once; safe between threads.
 */
final class AccessTokens implements AutoCloseable {
    /** @param text the compact form, which is as good as a password until it expires */
    record Signed(AccessToken token, String keyId, SecretBytes text) {}

    /** What the bearer gets, beside its name. */
    record Wish(DeviceId clientId, Duration validity, TokenForm form, List<TopicGrant> grants) {}

    private final Workshop shop;
    private final Map<String, SigningKey> open = new HashMap<>();

    AccessTokens(Workshop shop) {
        this.shop = shop;
    }

    /** As the settings say, for a client ID that is the device's name. */
    Wish usual(DeviceId device) {
        Settings.TokenSettings settings = shop.settings().tokens();
        return new Wish(device, settings.validity(), settings.form(), settings.grants());
    }

    /** @throws DevpkiException NOT_FOUND if there is no signing key, KEY_UNAVAILABLE if it cannot be opened */
    Signed sign(DeviceId device, Wish wish) {
        Settings.TokenSettings settings = shop.settings().tokens();
        Instant now = shop.now().truncatedTo(ChronoUnit.SECONDS);
        JwtKey key = current();
        SigningKey opened = opened(key);
        AccessToken token = new AccessToken(
                SerialNumber.random(shop.surroundings().random()).hex(),
                settings.issuer(),
                settings.audience(),
                device,
                wish.clientId(),
                now,
                now.plus(wish.validity()),
                wish.form(),
                wish.grants().stream()
                        .map(grant -> grant.of(wish.clientId(), device))
                        .toList());
        shop.store().issueJwt(token, key.id());
        return new Signed(token, key.id(), Jwts.seal(token, opened));
    }

    /** The key whose turn it is. */
    JwtKey current() {
        return shop.store()
                .jwtKeys()
                .signing(shop.now())
                .orElseThrow(() -> DevpkiException.notFound("there is no token signing key whose time has come")
                        .hint("devpki token key create"));
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it is not there, or not to be opened */
    synchronized SigningKey opened(JwtKey key) {
        return open.computeIfAbsent(key.id(), id -> shop.keyRing().open(key.keyUri(), key.publicKey()));
    }

    @Override
    public synchronized void close() {
        open.values().forEach(SigningKey::close);
        open.clear();
    }
}
