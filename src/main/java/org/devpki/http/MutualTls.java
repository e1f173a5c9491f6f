package org.devpki.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.devpki.app.ServerIdentity;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;

/** The TLS of a server that asks its clients for certificates, by the JDK's own PKIX. */
final class MutualTls {
    /** Of a key store that is never written down. */
    private static final char[] NO_PASSWORD = new char[0];

    private MutualTls() {}

    /** @param trusted certificates of CAs; asked at each handshake, for they may become more */
    static SSLContext context(ServerIdentity identity, Supplier<List<CertificateDer>> trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(identity), new TrustManager[] {new Trusting(trusted)}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw DevpkiException.keyUnavailable("a server cannot use the certificate or its key: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private static KeyManager[] keys(ServerIdentity identity) throws GeneralSecurityException, IOException {
        List<X509Certificate> chain = parsed(identity.chain());
        String kind = identity.key().spec().match(ec -> "EC", rsa -> "RSA", ed -> "Ed25519", KeySpec.MlDsa::toString);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry(
                "server",
                KeyFactory.getInstance(kind)
                        .generatePrivate(identity.key().pkcs8().lend(PKCS8EncodedKeySpec::new)),
                NO_PASSWORD,
                chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static List<X509Certificate> parsed(List<CertificateDer> certificates) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> parsed = new ArrayList<>();
        for (CertificateDer certificate : certificates) {
            parsed.add((X509Certificate) factory.generateCertificate(
                    new ByteArrayInputStream(certificate.octets().toArray())));
        }
        return parsed;
    }

    /** Believes the CAs of the moment. */
    private static final class Trusting extends X509ExtendedTrustManager {
        private final Supplier<List<CertificateDer>> trusted;
        private Believed last;

        /** What is made of one list of CAs. */
        private record Believed(List<CertificateDer> cas, X509ExtendedTrustManager manager) {}

        Trusting(Supplier<List<CertificateDer>> trusted) throws GeneralSecurityException, IOException {
            this.trusted = trusted;
            this.last = believed(trusted.get());
        }

        private static Believed believed(List<CertificateDer> cas) throws GeneralSecurityException, IOException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            List<X509Certificate> parsed = parsed(cas);
            for (int i = 0; i < parsed.size(); i++) {
                store.setCertificateEntry("ca" + i, parsed.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return new Believed(cas, (X509ExtendedTrustManager) factory.getTrustManagers()[0]);
        }

        private synchronized X509ExtendedTrustManager now() throws CertificateException {
            try {
                List<CertificateDer> cas = trusted.get();
                if (!cas.equals(last.cas())) {
                    last = believed(cas);
                }
                return last.manager();
            } catch (GeneralSecurityException | IOException | DevpkiException e) {
                throw new CertificateException("the CAs cannot be read", e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            now().checkClientTrusted(chain, kind, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            now().checkClientTrusted(chain, kind, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            now().checkClientTrusted(chain, kind);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no client is made of this");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            throw new CertificateException("no client is made of this");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            throw new CertificateException("no client is made of this");
        }

        @Override
        public synchronized X509Certificate[] getAcceptedIssuers() {
            return last.manager().getAcceptedIssuers();
        }
    }
}
