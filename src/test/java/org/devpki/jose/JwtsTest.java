package org.devpki.jose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.AccessToken;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.TokenForm;
import org.devpki.model.TopicGrant;
import org.devpki.testing.CountingRandom;
import org.devpki.x509.Keys;
import org.devpki.x509.LocalSigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens made and taken apart. */
class JwtsTest {
    private static final DeviceKey KEY = Keys.generate(KeySpec.parse("P-256"), new CountingRandom());

    private static AccessToken token(TokenForm form) {
        return new AccessToken(
                "4f01",
                "https://id.acme.example",
                Optional.of("mqtt"),
                new DeviceId("plant-7"),
                new DeviceId("plant-7-a"),
                Instant.parse("2026-03-01T12:00:00Z"),
                Instant.parse("2026-03-01T13:00:00Z"),
                form,
                List.of(
                        TopicGrant.parse("all:devices/plant-7/#"),
                        TopicGrant.parse("publish:alarms"),
                        TopicGrant.parse("subscribe:news/+")));
    }

    private static String sealed(DeviceKey key, TokenForm form) {
        return Jwts.seal(token(form), LocalSigningKey.of(key))
                .lend(octets -> new String(octets, StandardCharsets.US_ASCII));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"P-256, ES256", "P-384, ES384", "P-521, ES512", "RSA-2048, RS256", "Ed25519, EdDSA"})
    void aTokenIsSignedByTheOneAlgorithmOfItsKey(String kind, String algorithm) {
        DeviceKey key = Keys.generate(KeySpec.parse(kind), new CountingRandom());
        DeviceKey other = Keys.generate(KeySpec.parse(kind), new CountingRandom(7));

        ParsedJwt read = ParsedJwt.parse(sealed(key, TokenForm.EMQX), "it");

        assertEquals(algorithm, read.algorithm());
        assertEquals(Optional.of(Jwks.keyId(key.publicKey())), read.keyId());
        assertTrue(read.isSignedBy(key.publicKey()));
        assertFalse(read.isSignedBy(other.publicKey()));
    }

    @Test
    void aChangedClaimIsNoticed() {
        String[] parts = sealed(KEY, TokenForm.EMQX).split("\\.", -1);
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);

        String forged = parts[0] + "." + base64(claims.replace("plant-7", "plant-8")) + "." + parts[2];

        assertFalse(ParsedJwt.parse(forged, "it").isSignedBy(KEY.publicKey()));
    }

    @Test
    void emqxGetsRulesWhoseLastDeniesTheRest() {
        assertEquals(
                List.of(
                        Map.of("permission", "allow", "action", "all", "topic", "devices/plant-7/#"),
                        Map.of("permission", "allow", "action", "publish", "topic", "alarms"),
                        Map.of("permission", "allow", "action", "subscribe", "topic", "news/+"),
                        Map.of("permission", "deny", "action", "all", "topic", "#")),
                ParsedJwt.parse(sealed(KEY, TokenForm.EMQX), "it").claims().get("acl"));
    }

    @Test
    void vernemqGetsPatternsOfEachKind() {
        Map<String, Object> claims =
                ParsedJwt.parse(sealed(KEY, TokenForm.VERNEMQ), "it").claims();

        assertEquals(
                List.of(Map.of("pattern", "devices/plant-7/#"), Map.of("pattern", "alarms")),
                claims.get("publish_acl"));
        assertEquals(
                List.of(Map.of("pattern", "devices/plant-7/#"), Map.of("pattern", "news/+")),
                claims.get("subscribe_acl"));
        assertFalse(claims.containsKey("acl"));
    }

    @Test
    void hivemqGetsAScope() {
        assertEquals(
                "mqtt",
                ParsedJwt.parse(sealed(KEY, TokenForm.HIVEMQ), "it").claims().get("scope"));
    }

    @Test
    void theClaimsSayWhoAndUntilWhen() {
        Map<String, Object> claims =
                ParsedJwt.parse(sealed(KEY, TokenForm.VERNEMQ), "it").claims();

        assertEquals("https://id.acme.example", claims.get("iss"));
        assertEquals("mqtt", claims.get("aud"));
        assertEquals("plant-7", claims.get("sub"));
        assertEquals("plant-7", claims.get("username"));
        assertEquals("plant-7-a", claims.get("client_id"));
        assertEquals("4f01", claims.get("jti"));
        assertEquals(1772366400L, claims.get("iat"));
        assertEquals(1772366400L, claims.get("nbf"));
        assertEquals(1772370000L, claims.get("exp"));
    }

    @Test
    void aTokenThatSaysNoneIsSignedByNobody() {
        String none = base64("{\"alg\":\"none\"}") + "." + base64("{\"sub\":\"plant-7\"}") + ".";

        ParsedJwt read = ParsedJwt.parse(none, "it");

        assertEquals("none", read.algorithm());
        assertFalse(read.isSignedBy(KEY.publicKey()));
    }

    @Test
    void whatIsNoTokenIsToldWithoutRepeatingIt() {
        for (String text : List.of("", "secret", "a.b.c", "secret." + base64("{}") + ".x", "x".repeat(20_000))) {
            DevpkiException told = assertThrows(DevpkiException.class, () -> ParsedJwt.parse(text, "it"));
            assertFalse(told.sentence().contains("secret"), told.sentence());
            assertEquals(Optional.empty(), Optional.ofNullable(told.getCause()));
        }
    }

    @Test
    void theKeyIdIsTheThumbprintOfTheRfc() {
        String example =
                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"2011-04-29\",\"e\":\"AQAB\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx"
                        + "4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
                        + "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2"
                        + "QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI"
                        + "SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqb"
                        + "w0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\"}]}"; // RFC 7638 section 3.1

        PublicKeyDer key = Jwks.read(Bytes.utf8(example), "it").get("2011-04-29");

        assertEquals("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", Jwks.keyId(key));
    }

    @ParameterizedTest
    @CsvSource({"P-256", "P-384", "RSA-2048", "Ed25519"})
    void aKeySetHasThePublicHalvesAlone(String kind) {
        DeviceKey key = Keys.generate(KeySpec.parse(kind), new CountingRandom());

        Bytes json = Jwks.write(List.of(key.publicKey()));

        assertEquals(Map.of(Jwks.keyId(key.publicKey()), key.publicKey()), Jwks.read(json, "it"));
        assertFalse(json.asUtf8().contains("\"d\""), json::asUtf8);
        assertTrue(json.asUtf8().contains("\"use\":\"sig\""), json::asUtf8);
    }

    @Test
    void whatIsNoKeySetIsRefused() {
        for (String text : List.of("", "{}", "[]", "{\"keys\":[{\"kty\":\"EC\"}]}")) {
            assertThrows(DevpkiException.class, () -> Jwks.read(Bytes.utf8(text), "it"), text);
        }
    }
}
