package org.devpki.x509;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;

/** PKCS #12 files (RFC 7292), by the JDK: AES-256, PBKDF2 and HMAC with SHA-256, as OpenSSL 3 reads without legacy. */
public final class Pkcs12 {
    private Pkcs12() {}

    /**
     * One key with its certificates.
     *
     * @param chain from the leaf upwards
     * @param passphrase opens the file and the key in it; UTF-8
     * @throws DevpkiException REFUSED as {@link #check} does
     */
    public static SecretBytes encode(String alias, DeviceKey key, List<CertificateDer> chain, SecretBytes passphrase) {
        check(key.spec());
        char[] password = passphrase.lend(octets -> new String(octets, StandardCharsets.UTF_8).toCharArray());
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
            Certificate[] certificates = new Certificate[chain.size()];
            for (int i = 0; i < certificates.length; i++) {
                certificates[i] = factory.generateCertificate(
                        new ByteArrayInputStream(chain.get(i).octets().toArray()));
            }
            KeyStore store = KeyStore.getInstance("PKCS12", "SunJSSE");
            store.load(null, null);
            store.setKeyEntry(alias, privateKey(key), password, certificates);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.store(out, password);
            return SecretBytes.taking(out.toByteArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** @throws DevpkiException REFUSED for ML-DSA, for which JDK 17 has no key to put into such a file */
    public static void check(KeySpec spec) {
        if (spec instanceof KeySpec.MlDsa) {
            throw DevpkiException.refused("format p12 is not made for a key of kind " + spec.text())
                    .hint("--format pem; openssl pkcs12 -export of OpenSSL 3.5 makes it of the files");
        }
    }

    /**
     * What a file holds.
     *
     * @param chain the key's own certificate first
     */
    public record Opened(DeviceKey key, List<CertificateDer> chain) implements AutoCloseable {
        public Opened {
            chain = List.copyOf(chain);
        }

        @Override
        public void close() {
            key.close();
        }
    }

    /**
     * The one key of a file of any program, with its certificates.
     *
     * @param passphrase of the file and of the key in it; UTF-8
     * @param origin the file's name, for messages
     * @throws DevpkiException KEY_UNAVAILABLE for another passphrase, a cut file, or one without exactly one key
     */
    public static Opened decode(SecretBytes file, SecretBytes passphrase, String origin) {
        char[] password = passphrase.lend(octets -> new String(octets, StandardCharsets.UTF_8).toCharArray());
        byte[] octets = file.lend(byte[]::clone);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12", "SunJSSE");
            store.load(new ByteArrayInputStream(octets), password);
            List<String> keys = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    keys.add(alias);
                }
            }
            if (keys.size() != 1) {
                throw DevpkiException.keyUnavailable(
                        origin + " holds " + keys.size() + " private keys; one with its certificate is right");
            }
            List<CertificateDer> chain = new ArrayList<>();
            for (Certificate certificate : store.getCertificateChain(keys.get(0))) {
                chain.add(new CertificateDer(Bytes.of(certificate.getEncoded())));
            }
            try (SecretBytes pkcs8 =
                    SecretBytes.taking(store.getKey(keys.get(0), password).getEncoded())) {
                return new Opened(Keys.ofPkcs8(pkcs8), chain);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof DevpkiException known) {
                throw known;
            }
            boolean isOther =
                    e.getCause() instanceof UnrecoverableKeyException || e instanceof UnrecoverableKeyException;
            throw DevpkiException.keyUnavailable(
                            isOther
                                    ? "the passphrase does not open " + origin
                                    : origin + " is cut, or is no PKCS #12 file that can be read")
                    .causedBy(e);
        } finally {
            Arrays.fill(password, '\0');
            Arrays.fill(octets, (byte) 0);
        }
    }

    private static PrivateKey privateKey(DeviceKey key) throws GeneralSecurityException {
        KeyFactory factory = key.spec()
                .match(
                        ec -> factory("EC", "SunEC"),
                        rsa -> factory("RSA", "SunRsaSign"),
                        ed -> factory("Ed25519", "SunEC"),
                        ml -> {
                            throw new IllegalStateException("refused before");
                        });
        byte[] octets = key.pkcs8().lend(byte[]::clone);
        try {
            return factory.generatePrivate(new PKCS8EncodedKeySpec(octets));
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    private static KeyFactory factory(String algorithm, String provider) {
        try {
            return KeyFactory.getInstance(algorithm, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
