package org.devpki.x509;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import javax.security.auth.DestroyFailedException;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.OctetSource;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.model.SignatureAlgorithm;

/**
 * AWS-LC by way of the Amazon Corretto Crypto Provider, which is named in every call and never registered. Its randomness
 * is its own, from the operating system; nonces of ECDSA are random, hardened by a hash of private key and digest. Ed25519,
 * which it does in part, and ML-DSA are left to plain Java.
 */
final class NativeEngine implements Engine {
    private final Provider provider;

    private NativeEngine(Provider provider) {
        this.provider = provider;
    }

    /** Loaded when it is first asked for. */
    private static final class Holder {
        static final Engine ENGINE = load();
    }

    static Engine loaded() {
        return Holder.ENGINE;
    }

    private static Engine load() {
        try {
            Provider provider = CorrettoLoader.provider();
            KeyFactory.getInstance("EC", provider); // runs its self-tests, without which it gives nothing
            return new NativeEngine(provider);
        } catch (GeneralSecurityException | ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new PlainEngine("Bouncy Castle, for native code cannot be loaded: " + cause);
        }
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public String text() {
        return String.valueOf(provider.getInfo());
    }

    @Override
    public DeviceKey generate(KeySpec spec, SecureRandom random) {
        return spec.match(
                ec -> {
                    try (DeviceKey key = generate(
                            spec, "EC", new ECGenParameterSpec(ec.curve().oid()))) {
                        return Keys.withCurveInside(key, ec.curve());
                    }
                },
                rsa -> generate(spec, "RSA", new RSAKeyGenParameterSpec(rsa.bits(), RSAKeyGenParameterSpec.F4)),
                ed -> PLAIN.generate(spec, random),
                ml -> PLAIN.generate(spec, random));
    }

    private DeviceKey generate(KeySpec spec, String kind, AlgorithmParameterSpec parameters) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind, provider);
            generator.initialize(parameters);
            KeyPair pair = generator.generateKeyPair();
            DeviceKey key = new DeviceKey(
                    spec,
                    new PublicKeyDer(Bytes.of(pair.getPublic().getEncoded())),
                    SecretBytes.taking(pair.getPrivate().getEncoded()));
            pair.getPrivate().destroy();
            return key;
        } catch (GeneralSecurityException | DestroyFailedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SigningKey signing(LocalSigningKey key) {
        if (!computes(key.algorithm())) {
            return key;
        }
        try (SecretBytes pkcs8 = key.pkcs8()) {
            return new Key(key.algorithm(), key.publicKey(), pkcs8.lend(octets -> {
                try {
                    return keyFactory(key.algorithm()).generatePrivate(new PKCS8EncodedKeySpec(octets));
                } catch (GeneralSecurityException e) {
                    throw DevpkiException.keyUnavailable("the private key cannot be read")
                            .causedBy(e);
                }
            }));
        }
    }

    /** A private key in native memory, which is wiped when the collector frees it; until then another thread may sign. */
    private final class Key implements SigningKey {
        private final SignatureAlgorithm algorithm;
        private final PublicKeyDer publicKey;
        private final PrivateKey key;

        Key(SignatureAlgorithm algorithm, PublicKeyDer publicKey, PrivateKey key) {
            this.algorithm = algorithm;
            this.publicKey = publicKey;
            this.key = key;
        }

        @Override
        public SignatureAlgorithm algorithm() {
            return algorithm;
        }

        @Override
        public PublicKeyDer publicKey() {
            return publicKey;
        }

        @Override
        public Bytes sign(OctetSource octets) {
            try {
                Signature signature = signature(algorithm);
                signature.initSign(key);
                update(signature, octets);
                return Bytes.of(signature.sign());
            } catch (IOException e) {
                throw LocalSigningKey.unreadable(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String toString() {
            return "NativeSigningKey[" + algorithm.text() + "]";
        }

        @Override
        public void close() {
            // the collector does, see above
        }
    }

    @Override
    public boolean verify(OctetSource octets, SignatureAlgorithm algorithm, byte[] signature, PublicKeyDer publicKey)
            throws IOException {
        if (!computes(algorithm)) {
            return PLAIN.verify(octets, algorithm, signature, publicKey);
        }
        try {
            Signature verifier = signature(algorithm);
            verifier.initVerify(keyFactory(algorithm)
                    .generatePublic(new X509EncodedKeySpec(publicKey.octets().toArray())));
            update(verifier, octets);
            return isGood(verifier, signature);
        } catch (GeneralSecurityException e) {
            throw new IOException("the public key is not well-formed", e);
        }
    }

    private static boolean isGood(Signature verifier, byte[] signature) {
        try {
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false; // octets that are no signature at all
        }
    }

    private static void update(Signature signature, OctetSource octets) throws IOException {
        octets.eachChunk((chunk, length) -> {
            try {
                signature.update(chunk, 0, length);
            } catch (SignatureException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static boolean computes(SignatureAlgorithm algorithm) {
        return !algorithm.digest().isEmpty();
    }

    private KeyFactory keyFactory(SignatureAlgorithm algorithm) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm == SignatureAlgorithm.RSA_WITH_SHA256 ? "RSA" : "EC", provider);
    }

    private Signature signature(SignatureAlgorithm algorithm) throws GeneralSecurityException {
        return Signature.getInstance(
                switch (algorithm) {
                    case ECDSA_WITH_SHA256 -> "SHA256withECDSA";
                    case ECDSA_WITH_SHA384 -> "SHA384withECDSA";
                    case ECDSA_WITH_SHA512 -> "SHA512withECDSA";
                    case RSA_WITH_SHA256 -> "SHA256withRSA";
                    case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                        throw new IllegalStateException(algorithm + " is left to plain Java");
                },
                provider);
    }
}
