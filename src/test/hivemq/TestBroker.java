import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.Map;

/**
 * A HiveMQ with TLS on 127.0.0.1 whose one extension asks each client for an access token in the password field. It is
 * another reader of tokens than devpki: Nimbus' own verifiers, by the key set in a file that is read at each connection.
 *
 * Arguments: port, key set, the server's chain.pem and key.pem, a folder of its own. It says "running" and runs until it is ended.
 */
public final class TestBroker {
    private static final String PASSWORD = "changeit"; // of a file that is gone with the test

    private TestBroker() {}

    public static void main(String[] arguments) throws Exception {
        String port = arguments[0];
        Path folder = Path.of(arguments[4]);
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Path store = folder.resolve("server.p12");
        writeKeyStore(store, Path.of(arguments[2]), Path.of(arguments[3]));
        Files.writeString(
                conf.resolve("config.xml"),
                "<hivemq><listeners><tls-tcp-listener><port>" + port
                        + "</port><bind-address>127.0.0.1</bind-address><tls><keystore><path>" + store + "</path><password>"
                        + PASSWORD + "</password><private-key-password>" + PASSWORD
                        + "</private-key-password></keystore></tls></tls-tcp-listener></listeners>"
                        + "<persistence><mode>in-memory</mode></persistence>"
                        + "<anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics></hivemq>");
        EmbeddedExtension extension = EmbeddedExtension.builder()
                .withId("access-tokens")
                .withName("access tokens")
                .withVersion("0")
                .withExtensionMain(new Extension(Path.of(arguments[1])))
                .build();
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(conf)
                .withDataFolder(Files.createDirectories(folder.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                .withEmbeddedExtension(extension)
                .build();
        broker.start().join();
        System.out.println("the test broker is running");
    }

    private static void writeKeyStore(Path file, Path chainFile, Path keyFile) throws Exception {
        String pem = Files.readString(keyFile).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key =
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        Collection<? extends Certificate> chain;
        try (InputStream in = Files.newInputStream(chainFile)) {
            chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", key, PASSWORD.toCharArray(), chain.toArray(new Certificate[0]));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    private static final class Extension implements ExtensionMain {
        private final Path keySet;

        Extension(Path keySet) {
            this.keySet = keySet;
        }

        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            Services.securityRegistry().setAuthenticatorProvider(provider -> new Tokens(keySet));
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
    }

    private static final class Tokens implements SimpleAuthenticator {
        private final Path keySet;

        Tokens(Path keySet) {
            this.keySet = keySet;
        }

        @Override
        public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
            String client = input.getClientInformation().getClientId();
            try {
                String user = input.getConnectPacket().getUserName().orElse("");
                ByteBuffer password = input.getConnectPacket().getPassword().orElseThrow();
                JWTClaimsSet claims =
                        verified(StandardCharsets.US_ASCII.decode(password).toString());
                require(client.equals(claims.getStringClaim("client_id")), "its client ID is another");
                require(user.equals(claims.getStringClaim("username")), "its user name is another");
                permit(claims, output.getDefaultPermissions());
                System.out.println("accepted " + client);
                output.authenticateSuccessfully();
            } catch (Exception e) {
                System.out.println("refused " + client + ": " + e.getMessage());
                output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD, "no access token");
            }
        }

        private JWTClaimsSet verified(String text) throws Exception {
            SignedJWT token = SignedJWT.parse(text);
            JWK key = JWKSet.load(keySet.toFile()).getKeyByKeyId(token.getHeader().getKeyID());
            require(key != null, "its key is not in the key set");
            require(key.getAlgorithm().equals(token.getHeader().getAlgorithm()), "its algorithm is not its key's");
            require(token.verify(verifier(key)), "its signature does not hold");
            Date now = new Date();
            JWTClaimsSet claims = token.getJWTClaimsSet();
            require(claims.getExpirationTime().after(now), "it has expired");
            require(!claims.getNotBeforeTime().after(now), "it does not hold yet");
            return claims;
        }

        private static JWSVerifier verifier(JWK key) throws Exception {
            switch (key.getKeyType().getValue()) {
                case "EC":
                    return new ECDSAVerifier(key.toECKey());
                case "RSA":
                    return new RSASSAVerifier(key.toRSAKey());
                default:
                    return new Ed25519Verifier(key.toOctetKeyPair());
            }
        }

        private static void require(boolean holds, String sentence) {
            if (!holds) {
                throw new IllegalStateException(sentence);
            }
        }

        /** The rules as EMQX reads them. */
        private static void permit(JWTClaimsSet claims, ModifiableDefaultPermissions permissions) throws Exception {
            for (Object rule : claims.getListClaim("acl")) {
                Map<?, ?> members = (Map<?, ?>) rule;
                permissions.add(Builders.topicPermission()
                        .topicFilter(String.valueOf(members.get("topic")))
                        .type(TopicPermission.PermissionType.valueOf(
                                String.valueOf(members.get("permission")).toUpperCase()))
                        .activity(TopicPermission.MqttActivity.valueOf(
                                String.valueOf(members.get("action")).toUpperCase()))
                        .build());
            }
            permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
        }
    }
}
