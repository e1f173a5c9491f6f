package org.devpki.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.devpki.model.AccessToken;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.model.TopicGrant;
import org.devpki.x509.SigningKey;

/** Access tokens, signed. */
public final class Jwts {
    /** The claims that name the bearer; brokers compare them with what CONNECT says. */
    static final String CLIENT_ID = "client_id";

    static final String USER_NAME = "username";

    private Jwts() {}

    /** What a key signs tokens by, such as {@code ES256}. @throws DevpkiException INVALID_INPUT for a key that cannot */
    public static String algorithm(PublicKeyDer key) {
        return JwtAlgorithm.of(key).jws().getName();
    }

    /** The compact form, ASCII: header, claims and signature, base64url, with dots between (RFC 7515 section 7.1). */
    public static SecretBytes seal(AccessToken token, SigningKey key) {
        JwtAlgorithm algorithm = JwtAlgorithm.of(key.publicKey());
        JWSHeader header = new JWSHeader.Builder(algorithm.jws())
                .type(JOSEObjectType.JWT)
                .keyID(Jwks.keyId(key.publicKey()))
                .build();
        SignedJWT jwt = new SignedJWT(header, claims(token));
        try {
            jwt.sign(new OwnSigner(algorithm, key));
        } catch (JOSEException e) {
            if (e.getCause() instanceof DevpkiException told) {
                throw told;
            }
            throw new IllegalStateException(e);
        }
        return SecretBytes.taking(jwt.serialize().getBytes(StandardCharsets.US_ASCII));
    }

    private static JWTClaimsSet claims(AccessToken token) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(token.issuer())
                .subject(token.device().value())
                .issueTime(Date.from(token.issuedAt()))
                .notBeforeTime(Date.from(token.issuedAt()))
                .expirationTime(Date.from(token.expires()))
                .jwtID(token.id())
                .claim(CLIENT_ID, token.clientId().value())
                .claim(USER_NAME, token.device().value());
        token.audience().ifPresent(claims::audience);
        switch (token.form()) {
            case EMQX -> claims.claim("acl", rules(token.grants()));
            case HIVEMQ -> claims.claim("scope", "mqtt").claim("acl", rules(token.grants()));
            case VERNEMQ ->
                claims.claim("publish_acl", patterns(token.grants(), TopicGrant.Access.PUBLISH))
                        .claim("subscribe_acl", patterns(token.grants(), TopicGrant.Access.SUBSCRIBE));
        }
        return claims.build();
    }

    /** With a last one that denies the rest: a broker goes on to its other rules where none of these says anything. */
    private static List<Map<String, Object>> rules(List<TopicGrant> grants) {
        List<Map<String, Object>> rules = new ArrayList<>();
        grants.forEach(grant -> rules.add(rule("allow", grant.access().text(), grant.topic())));
        rules.add(rule("deny", TopicGrant.Access.ALL.text(), "#"));
        return rules;
    }

    private static Map<String, Object> rule(String permission, String action, String topic) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("permission", permission);
        rule.put("action", action);
        rule.put("topic", topic);
        return rule;
    }

    private static List<Map<String, Object>> patterns(List<TopicGrant> grants, TopicGrant.Access access) {
        return grants.stream()
                .filter(grant -> grant.access().includes(access))
                .map(grant -> Map.<String, Object>of("pattern", grant.topic()))
                .toList();
    }

    /** A key of ours as Nimbus asks for one. */
    private record OwnSigner(JwtAlgorithm algorithm, SigningKey key) implements JWSSigner {
        @Override
        public Base64URL sign(JWSHeader header, byte[] octets) throws JOSEException {
            try {
                return Base64URL.encode(algorithm.sign(Bytes.of(octets), key));
            } catch (DevpkiException e) {
                throw new JOSEException(e.sentence(), e);
            }
        }

        @Override
        public Set<JWSAlgorithm> supportedJWSAlgorithms() {
            return Set.of(algorithm.jws());
        }

        @Override
        public JCAContext getJCAContext() {
            return new JCAContext();
        }
    }
}
