package org.devpki.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.PublicKeyDer;
import org.jspecify.annotations.Nullable;

/** A token that somebody brought, taken apart; nothing of it is believed. */
public final class ParsedJwt {
    private static final int MOST_CHARACTERS = 16_384;

    private final JWT jwt;
    private final JWTClaimsSet claims;

    private ParsedJwt(JWT jwt, JWTClaimsSet claims) {
        this.jwt = jwt;
        this.claims = claims;
    }

    /** @throws DevpkiException INVALID_INPUT for what is no token, which is not repeated: it may be half of one */
    public static ParsedJwt parse(String text, String origin) {
        if (text.length() > MOST_CHARACTERS) {
            throw DevpkiException.invalid(origin + " has over " + MOST_CHARACTERS + " characters, which no token has");
        }
        try {
            JWT jwt = JWTParser.parse(text);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (claims != null) {
                return new ParsedJwt(jwt, claims);
            }
        } catch (ParseException | RuntimeException e) {
            throw none(origin); // what the library says may hold the token
        }
        throw none(origin);
    }

    private static DevpkiException none(String origin) {
        return DevpkiException.invalid(
                origin + " is no signed JSON Web Token: three parts in base64url, with dots between");
    }

    /** What the header says it is signed by. */
    public String algorithm() {
        return jwt.getHeader().getAlgorithm().getName();
    }

    /** Which key the header says. */
    public Optional<String> keyId() {
        return signed().map(token -> token.getHeader().getKeyID());
    }

    private Optional<SignedJWT> signed() {
        return jwt instanceof SignedJWT token ? Optional.of(token) : Optional.empty();
    }

    /** What must be understood, and is not (RFC 7515 section 4.1.11). */
    public Collection<String> critical() {
        return Objects.requireNonNullElse(jwt.getHeader().getCriticalParams(), List.of());
    }

    /** Whether the key made the signature, by the key's own algorithm. */
    public boolean isSignedBy(PublicKeyDer key) {
        Optional<SignedJWT> token = signed();
        if (token.isEmpty()) {
            return false;
        }
        try {
            return JwtAlgorithm.of(key)
                    .verify(
                            Bytes.of(token.get().getSigningInput()),
                            token.get().getSignature().decode(),
                            key);
        } catch (JOSEException e) {
            return false;
        }
    }

    public Optional<Instant> expires() {
        return Optional.ofNullable(claims.getExpirationTime()).map(Date::toInstant);
    }

    public Optional<Instant> notBefore() {
        return Optional.ofNullable(claims.getNotBeforeTime()).map(Date::toInstant);
    }

    public Optional<String> issuer() {
        return Optional.ofNullable(claims.getIssuer());
    }

    public Optional<String> subject() {
        return Optional.ofNullable(claims.getSubject());
    }

    public List<String> audience() {
        return claims.getAudience();
    }

    public Optional<String> clientId() {
        return claims.getClaim(Jwts.CLIENT_ID) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Every claim by its name, as JSON has it: texts, numbers, booleans, lists, maps; times are seconds since 1970. */
    public Map<String, Object> claims() {
        return plain(claims.toJSONObject());
    }

    private static Map<String, Object> plain(Map<?, ?> members) {
        Map<String, Object> plain = new LinkedHashMap<>();
        members.forEach((name, value) -> plain.put(String.valueOf(name), plain(value)));
        return plain;
    }

    private static Object plain(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Map<?, ?> map) {
            return plain(map);
        }
        return value instanceof Collection<?> many
                ? many.stream().map(member -> plain((Object) member)).toList()
                : value;
    }
}
