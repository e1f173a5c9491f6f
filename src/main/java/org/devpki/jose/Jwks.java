package org.devpki.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.PublicKeyDer;

/** Public keys as JSON: what brokers fetch to verify tokens with (RFC 7517). */
public final class Jwks {
    /** In front of the 32 octets of an Ed25519 key (RFC 8410 section 4). */
    private static final String ED25519 = "302a300506032b6570032100";

    private static final int ED25519_OCTETS = 32;

    private Jwks() {}

    /** The thumbprint that tokens name the key by: SHA-256, base64url (RFC 7638). */
    public static String keyId(PublicKeyDer key) {
        try {
            return jwk(key, "").computeThumbprint().toString();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key set with nothing in it but what is public; the same keys give the same octets. */
    public static Bytes write(List<PublicKeyDer> keys) {
        List<JWK> all = keys.stream().map(key -> jwk(key, keyId(key))).toList();
        return Bytes.utf8(new JWKSet(all).toString(true) + "\n");
    }

    private static JWK jwk(PublicKeyDer key, String keyId) {
        JwtAlgorithm algorithm = JwtAlgorithm.of(key);
        byte[] der = key.octets().toArray();
        try {
            return switch (algorithm.signature()) {
                case ECDSA_WITH_SHA256 -> ec(Curve.P_256, der, keyId, algorithm);
                case ECDSA_WITH_SHA384 -> ec(Curve.P_384, der, keyId, algorithm);
                case ECDSA_WITH_SHA512 -> ec(Curve.P_521, der, keyId, algorithm);
                case RSA_WITH_SHA256 ->
                    new RSAKey.Builder((RSAPublicKey) parsed("RSA", "SunRsaSign", der))
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(algorithm.jws())
                            .keyID(keyId)
                            .build();
                case ED25519 ->
                    new OctetKeyPair.Builder(
                                    Curve.Ed25519,
                                    Base64URL.encode(Arrays.copyOfRange(der, der.length - ED25519_OCTETS, der.length)))
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(algorithm.jws())
                            .keyID(keyId)
                            .build();
                case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> throw new IllegalStateException("no JWK of ML-DSA");
            };
        } catch (GeneralSecurityException e) {
            throw DevpkiException.invalid("the public key cannot be read").causedBy(e);
        }
    }

    private static JWK ec(Curve curve, byte[] der, String keyId, JwtAlgorithm algorithm)
            throws GeneralSecurityException {
        return new ECKey.Builder(curve, (ECPublicKey) parsed("EC", "SunEC", der))
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(algorithm.jws())
                .keyID(keyId)
                .build();
    }

    private static java.security.PublicKey parsed(String kind, String provider, byte[] der)
            throws GeneralSecurityException {
        return KeyFactory.getInstance(kind, provider).generatePublic(new X509EncodedKeySpec(der));
    }

    /**
     * The keys of a set by their ids; those without one, and of kinds that devpki does not know, are left out.
     *
     * @throws DevpkiException INVALID_INPUT for what is no key set
     */
    public static Map<String, PublicKeyDer> read(Bytes json, String origin) {
        try {
            Map<String, PublicKeyDer> keys = new LinkedHashMap<>();
            for (JWK jwk : JWKSet.parse(json.asUtf8()).getKeys()) {
                if (jwk.getKeyID() != null && der(jwk).length > 0) {
                    keys.put(jwk.getKeyID(), new PublicKeyDer(Bytes.of(der(jwk))));
                }
            }
            return keys;
        } catch (ParseException | JOSEException | RuntimeException e) {
            throw DevpkiException.invalid(origin + " is no JSON Web Key Set").causedBy(e);
        }
    }

    /** SubjectPublicKeyInfo; empty for other kinds. */
    private static byte[] der(JWK jwk) throws JOSEException {
        if (jwk instanceof ECKey ec) {
            return ec.toECPublicKey().getEncoded();
        }
        if (jwk instanceof RSAKey rsa) {
            return rsa.toRSAPublicKey().getEncoded();
        }
        if (jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
            return Bytes.fromHex(ED25519 + Bytes.of(pair.getX().decode()).hex()).toArray();
        }
        return new byte[0];
    }
}
