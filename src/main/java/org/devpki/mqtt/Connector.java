package org.devpki.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientSslConfigBuilder;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.devpki.model.BrokerAddress;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.MqttVersion;

/**
 * Connects to one broker, again and again, as whoever the caller says.
 *
 * @param trusted the CAs that the broker's certificate must lead to; absent for a connection without TLS
 * @param timeout of each step
 */
public record Connector(
        BrokerAddress address, MqttVersion version, Optional<List<CertificateDer>> trusted, Duration timeout) {
    static {
        System.setProperty("io.netty.noUnsafe", "true"); // JDK 24 and later warn of what Netty would save by it
    }

    public Connector {
        trusted = trusted.map(List::copyOf);
    }

    /** @throws DevpkiException KEY_UNAVAILABLE for a key that the JDK does not use in TLS */
    public Attempt connect(Login login) {
        Optional<WatchingTrust> trust = trusted.map(this::watching);
        CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
        MqttClientTransportConfigBuilder transport = MqttClientTransportConfig.builder()
                .serverHost(address.host())
                .serverPort(address.port())
                .socketConnectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .mqttConnectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        MqttClientBuilder builder = MqttClient.builder()
                .identifier(login.clientId())
                .transportConfig(trust.map(watching -> transport.sslConfig(tls(watching, login.certificate())))
                        .orElse(transport)
                        .build())
                .addDisconnectedListener(context -> end.complete(Optional.of(context.getCause())
                        .filter(cause -> context.getSource() == MqttDisconnectSource.SERVER)));
        Connecting connecting =
                switch (version) {
                    case V3_1_1 -> new Mqtt3Session(builder.useMqttVersion3().buildAsync(), timeout, end);
                    case V5 -> new Mqtt5Session(builder.useMqttVersion5().buildAsync(), timeout, end);
                };
        return connecting.connect(login, () -> trust.flatMap(WatchingTrust::seen));
    }

    private MqttClientSslConfig tls(WatchingTrust trust, Optional<Login.Shown> certificate) {
        MqttClientSslConfigBuilder builder = MqttClientSslConfig.builder()
                .trustManagerFactory(trust.factory())
                .handshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return certificate
                .map(shown -> builder.keyManagerFactory(key(shown).factory()))
                .orElse(builder)
                .build();
    }

    private WatchingTrust watching(List<CertificateDer> cas) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, new char[0]);
            for (X509Certificate ca : parsed(cas)) {
                store.setCertificateEntry("ca" + store.size(), ca);
            }
            return new WatchingTrust(store, address.host());
        } catch (GeneralSecurityException | IOException e) {
            throw DevpkiException.invalid("the CAs to trust cannot be used in TLS: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private static ShownKey key(Login.Shown shown) {
        String kind = shown.key().spec().match(ec -> "EC", rsa -> "RSA", ed -> "Ed25519", KeySpec.MlDsa::toString);
        try {
            return new ShownKey(
                    parsed(shown.chain()),
                    KeyFactory.getInstance(kind)
                            .generatePrivate(shown.key().pkcs8().lend(PKCS8EncodedKeySpec::new)));
        } catch (GeneralSecurityException e) {
            throw DevpkiException.keyUnavailable(
                            "a key of kind " + kind + " cannot be used in TLS here: " + e.getMessage())
                    .causedBy(e);
        }
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
}
