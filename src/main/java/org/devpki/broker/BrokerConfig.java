package org.devpki.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.devpki.model.LoginMethod;
import org.devpki.model.PasswordHash;

/**
 * A broker's configuration, every line of which is explained. It names the files that hold certificates, CRLs and hashes, and
 * none of their content. docs/broker.md says which broker ran with it, and whose manual the others are from.
 */
public final class BrokerConfig {
    private BrokerConfig() {}

    /**
     * What is written.
     *
     * @param files text by file name
     * @param warnings what this broker does not do, and what must be done elsewhere
     */
    public record Written(Map<String, String> files, List<String> warnings) {}

    /** @param isIdpAlways whether the site's CRLs have an issuing distribution point, as EMQX wants it */
    public static Written of(BrokerPlan plan, boolean isIdpAlways) {
        return switch (plan.broker()) {
            case MOSQUITTO -> mosquitto(plan);
            case EMQX -> emqx(plan, isIdpAlways);
            case VERNEMQ -> vernemq(plan);
            case HIVEMQ -> hivemq(plan);
            case NANOMQ -> nanomq(plan);
        };
    }

    /** Lines of Mosquitto's and VerneMQ's ACL files, which are alike. */
    private static String acl() {
        return """
                # Each device has its own topics: %%u is its name. A line "user NAME" and a line "topic readwrite #" give
                # somebody else, such as a backend, all of them.
                pattern readwrite %s
                """.formatted(BrokerTopics.ofDevice("%u"));
    }

    private static Written mosquitto(BrokerPlan plan) {
        StringBuilder text = new StringBuilder("""
                # Mosquitto 2, by devpki. Start it: mosquitto -c %s

                # Nobody gets in without showing who it is.
                allow_anonymous false
                # Which topics are whose; read again at SIGHUP.
                acl_file %s
                """.formatted(plan.path("mosquitto.conf"), plan.path("acl")));
        if (plan.has(LoginMethod.PASSWORD)) {
            text.append("""
                    # Names and password hashes; read again at SIGHUP, which ends sessions whose password is gone.
                    password_file %s
                    """.formatted(plan.path(PasswordFile.name(plan.broker()))));
        }
        if (plan.has(LoginMethod.CERTIFICATE)) {
            text.append("\n# Devices with certificates. TLS only.\n").append(mosquittoListener(plan, true));
            text.append("""
                    # Whom to believe: the CAs that sign devices.
                    cafile %s
                    # What they revoked; read again at SIGHUP. An expired one refuses everybody, an empty one nobody.
                    crlfile %s
                    # No connection without a certificate.
                    require_certificate true
                    # The certificate's common name is the user name; a password is not asked for here.
                    use_identity_as_username true
                    # And the client ID, so that no device takes another's session over.
                    use_username_as_clientid true
                    """.formatted(plan.path(BrokerPlan.CAS), plan.path(BrokerPlan.CRLS)));
        }
        if (plan.has(LoginMethod.PASSWORD)) {
            text.append("\n# Devices with passwords. TLS only, so that nobody else reads them.\n")
                    .append(mosquittoListener(plan, false))
                    .append("""
                            # The user name is the client ID, so that no device takes another's session over.
                            use_username_as_clientid true
                            """);
        }
        return new Written(files("mosquitto.conf", text.toString(), "acl", acl()), List.of());
    }

    private static String mosquittoListener(BrokerPlan plan, boolean isFirst) {
        return """
                listener %d %s
                # The broker's own certificate with its CAs, and its key.
                certfile %s
                keyfile %s
                """.formatted(
                        (isFirst ? plan.listen() : plan.second()).port(),
                        plan.listen().host(),
                        plan.path(BrokerPlan.SERVER_CHAIN),
                        plan.path(BrokerPlan.SERVER_KEY));
    }

    private static Written emqx(BrokerPlan plan, boolean isIdpAlways) {
        List<String> warnings = new ArrayList<>();
        StringBuilder text = new StringBuilder("""
                # EMQX 5, by devpki: what replaces etc/emqx.conf, or is included there: include "%s"

                # No listener without TLS.
                listeners.tcp.default.enable = false
                listeners.ws.default.enable = false
                listeners.wss.default.enable = false
                """.formatted(plan.path("emqx.conf")));
        if (plan.has(LoginMethod.CERTIFICATE)) {
            text.append("""

                    # Devices with certificates.
                    listeners.ssl.default {
                      enable = true
                      bind = "%s"
                      # The certificate is the login: no password is asked for here.
                      enable_authn = false
                      ssl_options {
                    %s    # Whom to believe: the CAs that sign devices.
                        cacertfile = "%s"
                        # No connection without a certificate of theirs.
                        verify = verify_peer
                        fail_if_no_peer_cert = true
                        # Fetches the CRL that the certificate names, and keeps it for 15 minutes.
                        enable_crl_check = true
                      }
                    }
                    # The certificate's common name is user name and client ID.
                    mqtt.peer_cert_as_username = cn
                    mqtt.peer_cert_as_clientid = cn
                    """.formatted(plan.listen(), emqxServer(plan), plan.path(BrokerPlan.CAS)));
            if (!isIdpAlways) {
                warnings.add(
                        "EMQX does not enforce a CRL without an issuing distribution point: say `crl.idp: always` in"
                                + " devpki.yaml and run devpki crl publish");
            }
        } else {
            text.append("\n# There is one of our own below.\nlisteners.ssl.default.enable = false\n");
        }
        if (plan.has(LoginMethod.PASSWORD) || plan.has(LoginMethod.TOKEN)) {
            warnings.add(anyClientId("EMQX, of devices with passwords or tokens,"));
            text.append("""

                    # Devices with passwords or tokens: TLS, so that nobody else reads them.
                    listeners.ssl.login {
                      enable = true
                      bind = "%s"
                      ssl_options {
                    %s    # Certificates are not asked for here.
                        verify = verify_none
                      }
                    }
                    # Who is known; whoever none of them knows is refused.
                    authentication = [
                    %s]
                    """.formatted(plan.second(), emqxServer(plan), emqxLogins(plan, warnings)));
        }
        text.append("""

                # Which topics are whose; what no rule allows is denied.
                authorization {
                  no_match = deny
                  sources = [ { type = file, enable = true, path = "%s" } ]
                }
                """.formatted(plan.path("acl.conf")));
        String acl = """
                %%%% Each device has its own topics.
                {allow, all, all, ["%s"]}.
                %%%% Nothing else.
                {deny, all}.
                """.formatted(BrokerTopics.ofDevice("${username}"));
        return new Written(files("emqx.conf", text.toString(), "acl.conf", acl), warnings);
    }

    private static String emqxServer(BrokerPlan plan) {
        return """
                    # The broker's own certificate with its CAs, and its key.
                    certfile = "%s"
                    keyfile = "%s"
                """.formatted(plan.path(BrokerPlan.SERVER_CHAIN), plan.path(BrokerPlan.SERVER_KEY));
    }

    private static String emqxLogins(BrokerPlan plan, List<String> warnings) {
        StringBuilder text = new StringBuilder();
        if (plan.has(LoginMethod.PASSWORD)) {
            warnings.add(
                    "EMQX imports passwords.csv when it starts, or by its REST API, and never forgets who is not in it"
                            + " any more: delete a revoked device's user there");
            text.append("""
                      # Password hashes as devpki makes them; the file is imported at start.
                      { mechanism = password_based, backend = built_in_database, user_id_type = username
                        password_hash_algorithm { name = pbkdf2, mac_fun = sha512, iterations = %d, dk_length = 64 }
                        bootstrap_file = "%s", bootstrap_type = hash }
                    """.formatted(PasswordHash.ITERATIONS, plan.path(PasswordFile.name(plan.broker()))));
        }
        plan.jwksUrl().ifPresent(url -> text.append("""
                  # Tokens in the password field, verified by these keys; the user name must be the token's.
                  { mechanism = jwt, from = password, use_jwks = true, endpoint = "%s", refresh_interval = 300
                    verify_claims { username = "${username}" } }
                """.formatted(url)));
        return text.toString();
    }

    private static Written vernemq(BrokerPlan plan) {
        String text = """
                # VerneMQ, by devpki: lines for vernemq.conf, in the place of its own about listeners and ACLs.

                # Nobody gets in without showing who it is.
                allow_anonymous = off
                # Devices with certificates. TLS only: leave no listener.tcp line in vernemq.conf.
                listener.ssl.devpki = %s
                # The broker's own certificate with its CAs, and its key.
                listener.ssl.devpki.certfile = %s
                listener.ssl.devpki.keyfile = %s
                # Whom to believe: the CAs that sign devices.
                listener.ssl.devpki.cafile = %s
                # What they revoked; read again once a minute.
                listener.ssl.devpki.crlfile = %s
                # No connection without a certificate.
                listener.ssl.devpki.require_certificate = on
                # The certificate's common name is the user name.
                listener.ssl.devpki.use_identity_as_username = on
                # The certificate is the login: no password is asked for on this listener, and on this one alone.
                listener.ssl.devpki.allow_anonymous_override = on
                # No passwords.
                plugins.vmq_passwd = off
                # Which topics are whose; read again by itself.
                plugins.vmq_acl = on
                vmq_acl.acl_file = %s
                """.formatted(
                        plan.listen(),
                        plan.path(BrokerPlan.SERVER_CHAIN),
                        plan.path(BrokerPlan.SERVER_KEY),
                        plan.path(BrokerPlan.CAS),
                        plan.path(BrokerPlan.CRLS),
                        plan.path("acl"));
        return new Written(files("vernemq.conf", text, "acl", acl()), List.of(anyClientId("VerneMQ")));
    }

    private static Written hivemq(BrokerPlan plan) {
        boolean isMutual = plan.has(LoginMethod.CERTIFICATE);
        String trust = !isMutual ? "" : """
                                    <!-- Whom to believe: the CAs that sign devices. -->
                                    <truststore>
                                        <path>%s</path>
                                        <password>${HIVEMQ_KEYSTORE_PASSWORD}</password>
                                    </truststore>
                                    <!-- No connection without a certificate; a password is asked for as well. -->
                                    <client-authentication-mode>REQUIRED</client-authentication-mode>
                    """.formatted(plan.path("trust.p12"));
        String config = """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- HiveMQ, by devpki: its conf/config.xml. Run keystores.sh first. -->
                <hivemq>
                    <listeners>
                        <!-- TLS only, so that nobody else reads passwords. -->
                        <tls-tcp-listener>
                            <port>%d</port>
                            <bind-address>%s</bind-address>
                            <tls>
                                <!-- The broker's own certificate with its CAs, and its key. -->
                                <keystore>
                                    <path>%s</path>
                                    <!-- Read from the environment, so that it stands in no file. -->
                                    <password>${HIVEMQ_KEYSTORE_PASSWORD}</password>
                                    <private-key-password>${HIVEMQ_KEYSTORE_PASSWORD}</private-key-password>
                                </keystore>
                %s            </tls>
                        </tls-tcp-listener>
                    </listeners>
                </hivemq>
                """.formatted(plan.listen().port(), plan.listen().host(), plan.path("server.p12"), trust);
        String extension = """
                <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
                <!-- HiveMQ's File RBAC extension, by devpki: beside credentials.xml. No other extension lets anybody in:
                     remove hivemq-allow-all-extension. -->
                <extension-configuration>
                    <!-- Seconds until a changed credentials.xml counts. -->
                    <credentials-reload-interval>60</credentials-reload-interval>
                    <!-- Hashes only. -->
                    <password-type>HASHED</password-type>
                </extension-configuration>
                """;
        List<String> warnings = new ArrayList<>(List.of(anyClientId("HiveMQ")));
        if (isMutual) {
            warnings.add("HiveMQ looks at no CRL: what keeps a revoked device out is that its password is gone");
        }
        return new Written(
                files("config.xml", config, "extension-config.xml", extension, "keystores.sh", keystores(isMutual)),
                warnings);
    }

    /** Stores in PKCS #12 are new octets each time, under a password that is the operator's; so the broker's machine makes them. */
    private static String keystores(boolean isMutual) {
        String trust = !isMutual ? "" : """
                        # One entry for each CA: keytool reads one certificate at a time.
                        rm -f trust.p12
                        awk '/BEGIN/ { n++ } { print > ("ca-" n ".tmp") }' ca.pem
                        for ca in ca-*.tmp; do
                            keytool -importcert -noprompt -alias "$ca" -file "$ca" -keystore trust.p12 \\
                                -storetype PKCS12 -storepass:env HIVEMQ_KEYSTORE_PASSWORD
                            rm "$ca"
                        done
                        """;
        return """
                #!/bin/sh
                # Makes the key stores that HiveMQ reads out of the PEM files here. HIVEMQ_KEYSTORE_PASSWORD is their
                # password, which HiveMQ needs in its environment too. Run it again after a renewal, then restart HiveMQ.
                set -eu
                umask 077
                cd "$(dirname "$0")"
                openssl pkcs12 -export -in server.pem -inkey server.key -name broker -out server.p12 \\
                    -passout env:HIVEMQ_KEYSTORE_PASSWORD
                """ + trust;
    }

    private static Written nanomq(BrokerPlan plan) {
        String text = """
                # NanoMQ, by devpki: its nanomq.conf, in HOCON.

                # Devices with certificates. TLS only: there is no listeners.tcp.
                listeners.ssl {
                  bind = "%s"
                  # The broker's own certificate with its CAs, and its key.
                  certfile = "%s"
                  keyfile = "%s"
                  # Whom to believe: the CAs that sign devices.
                  cacertfile = "%s"
                  # No connection without a certificate of theirs.
                  verify_peer = true
                  fail_if_no_peer_cert = true
                }

                auth {
                  # A certificate is the login; NanoMQ would otherwise ask for passwords that it keeps in clear.
                  allow_anonymous = true
                  # What no rule allows is denied.
                  no_match = deny
                  deny_action = ignore
                  acl = {
                    rules = [
                      # Each device has its own topics. The name is what the device says of itself.
                      {"permit": "allow", "action": "pubsub", "topics": ["%s"]}
                    ]
                  }
                }
                """.formatted(
                        plan.listen(),
                        plan.path(BrokerPlan.SERVER_CHAIN),
                        plan.path(BrokerPlan.SERVER_KEY),
                        plan.path(BrokerPlan.CAS),
                        BrokerTopics.ofDevice("${username}"));
        return new Written(
                files("nanomq.conf", text),
                List.of(
                        "WARNING: NanoMQ does not tie user names to certificates: any device can say another's name and use"
                                + " its topics",
                        "WARNING: NanoMQ looks at no CRL: a revoked device still connects"));
    }

    private static String anyClientId(String broker) {
        return broker + " takes any client ID: a device could take another's session over, though not its topics";
    }

    private static Map<String, String> files(String... namesAndTexts) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        return files;
    }
}
