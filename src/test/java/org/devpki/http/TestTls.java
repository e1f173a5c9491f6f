package org.devpki.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.devpki.app.ServerIdentity;
import org.devpki.model.CertificateDer;

/** The JDK's own TLS on the client's side. */
final class TestTls {
    private TestTls() {}

    /** @param shown to a server that asks, whoever it says that it believes */
    static SSLContext client(Optional<ServerIdentity> shown, List<CertificateDer> trusted) {
        try {
            KeyStore believed = KeyStore.getInstance("PKCS12");
            believed.load(null, null);
            for (Certificate ca : parsed(trusted)) {
                believed.setCertificateEntry("ca" + believed.size(), ca);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(believed);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    shown.isPresent() ? new KeyManager[] {stubborn(shown.get())} : null,
                    trust.getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Shows its certificate even where the server's list of CAs does not name its issuer. */
    private static KeyManager stubborn(ServerIdentity shown) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "it",
                KeyFactory.getInstance("EC").generatePrivate(shown.key().pkcs8().lend(PKCS8EncodedKeySpec::new)),
                new char[0],
                parsed(shown.chain()).toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, new char[0]);
        X509ExtendedKeyManager usual = (X509ExtendedKeyManager) keys.getKeyManagers()[0];
        return new X509ExtendedKeyManager() {
            @Override
            public String chooseEngineClientAlias(String[] kinds, Principal[] issuers, SSLEngine engine) {
                return "it";
            }

            @Override
            public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
                return "it";
            }

            @Override
            public String[] getClientAliases(String kind, Principal[] issuers) {
                return new String[] {"it"};
            }

            @Override
            public String[] getServerAliases(String kind, Principal[] issuers) {
                return new String[0];
            }

            @Override
            public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
                return "it";
            }

            @Override
            public X509Certificate[] getCertificateChain(String alias) {
                return usual.getCertificateChain("it");
            }

            @Override
            public PrivateKey getPrivateKey(String alias) {
                return usual.getPrivateKey("it");
            }
        };
    }

    private static List<Certificate> parsed(List<CertificateDer> certificates) throws GeneralSecurityException {
        List<Certificate> parsed = new ArrayList<>();
        for (CertificateDer certificate : certificates) {
            parsed.add(CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(certificate.octets().toArray())));
        }
        return parsed;
    }
}
