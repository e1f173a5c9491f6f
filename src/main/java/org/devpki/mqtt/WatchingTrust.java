package org.devpki.mqtt;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import javax.net.ssl.X509ExtendedTrustManager;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;

/** Believes a broker whose certificate leads to a given CA and names its host, and remembers what it saw either way. */
final class WatchingTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager pkix;
    private final String host;
    private volatile Optional<Handshake> seen = Optional.empty();

    WatchingTrust(KeyStore trusted, String host) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        this.pkix = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        this.host = host;
    }

    Optional<Handshake> seen() {
        return seen;
    }

    /** In the form that the MQTT client takes. */
    TrustManagerFactory factory() {
        return new Factory(this);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        SSLSession session = engine.getHandshakeSession();
        List<CertificateDer> sent = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            sent.add(new CertificateDer(Bytes.of(certificate.getEncoded())));
        }
        Optional<String> fault = Optional.empty();
        try {
            pkix.checkServerTrusted(chain, kind, engine);
        } catch (CertificateException e) {
            fault = Optional.of(fault(chain, kind));
            throw e;
        } finally {
            seen = Optional.of(new Handshake(session.getProtocol(), session.getCipherSuite(), sent, fault));
        }
    }

    private String fault(X509Certificate[] chain, String kind) {
        try {
            pkix.checkServerTrusted(chain, kind);
            return "its certificate is not for " + host;
        } catch (CertificateException e) {
            return Arrays.stream(chain)
                    .flatMap(certificate -> outOfTime(certificate).stream())
                    .findFirst()
                    .orElse("no CA that is trusted here issued its certificate, or one between them was not sent");
        }
    }

    private static Optional<String> outOfTime(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        try {
            certificate.checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of("certificate " + subject + " ended at "
                    + certificate.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException e) {
            return Optional.of("certificate " + subject + " begins at "
                    + certificate.getNotBefore().toInstant());
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {
        throw new IllegalStateException("the client uses engines");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {
        throw new IllegalStateException("the client uses engines");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {
        throw new IllegalStateException("no server is made of this");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {
        throw new IllegalStateException("no server is made of this");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {
        throw new IllegalStateException("no server is made of this");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return pkix.getAcceptedIssuers();
    }

    private static final class Factory extends TrustManagerFactory {
        Factory(TrustManager manager) {
            super(
                    new TrustManagerFactorySpi() {
                        @Override
                        protected void engineInit(KeyStore store) {
                            // it has what it needs
                        }

                        @Override
                        protected void engineInit(ManagerFactoryParameters parameters) {
                            // it has what it needs
                        }

                        @Override
                        protected TrustManager[] engineGetTrustManagers() {
                            return new TrustManager[] {manager};
                        }
                    },
                    null,
                    "PKIX");
        }
    }
}
