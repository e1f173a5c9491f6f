package org.devpki.broker;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.devpki.model.BrokerKind;
import org.devpki.model.DevpkiException;
import org.devpki.model.ListenAddress;
import org.devpki.model.LoginMethod;
import org.devpki.model.Quoted;

/**
 * What a broker is to be configured for.
 *
 * @param methods at least one, and such as the broker can do
 * @param listen where it listens; the second of two listeners has the next port
 * @param at the absolute path that the folder will have on the broker's machine
 * @param jwksUrl where it finds the keys that tokens are verified by
 */
public record BrokerPlan(
        BrokerKind broker, Set<LoginMethod> methods, ListenAddress listen, String at, Optional<String> jwksUrl) {
    /** The broker's certificate, then the CAs between it and the root. */
    public static final String SERVER_CHAIN = "server.pem";

    public static final String SERVER_KEY = "server.key";
    /** The CAs that devices' certificates are believed by. */
    public static final String CAS = "ca.pem";
    /** The CRLs of these CAs, for brokers that read a file. */
    public static final String CRLS = "crl.pem";

    /** Neither a blank nor anything that one of five configuration languages takes for its own. */
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._/+@=,~-]*");

    private static final Pattern URL = Pattern.compile("https?://[A-Za-z0-9._:/%?=&~-]+");

    public BrokerPlan {
        methods = Set.copyOf(methods.isEmpty() ? usual(broker) : methods);
        if (!PATH.matcher(at).matches()) {
            throw DevpkiException.invalid("folder " + Quoted.of(at)
                    + " is no absolute path of letters, digits and . _ / + @ = , ~ - alone, as all brokers read it");
        }
        jwksUrl.filter(url -> !URL.matcher(url).matches()).ifPresent(url -> {
            throw DevpkiException.invalid("JWKS URL " + Quoted.of(url) + " is not like https://host/path");
        });
        refuse(broker, methods, jwksUrl);
    }

    private static Set<LoginMethod> usual(BrokerKind broker) {
        return EnumSet.of(broker == BrokerKind.HIVEMQ ? LoginMethod.PASSWORD : LoginMethod.CERTIFICATE);
    }

    private static void refuse(BrokerKind broker, Set<LoginMethod> methods, Optional<String> jwksUrl) {
        if (methods.contains(LoginMethod.PASSWORD)) {
            PasswordFile.name(broker);
        }
        if (methods.contains(LoginMethod.TOKEN) && broker != BrokerKind.EMQX) {
            throw DevpkiException.invalid(broker.text()
                    + " verifies tokens by a plugin or extension of others, which is not configured here; emqx does");
        }
        if (methods.contains(LoginMethod.TOKEN) != jwksUrl.isPresent()) {
            throw DevpkiException.invalid("login by token and the URL of the keys that verify tokens go together")
                    .hint("--auth token --jwks-url https://HOST/PATH");
        }
        if (broker == BrokerKind.HIVEMQ && !methods.contains(LoginMethod.PASSWORD)) {
            throw DevpkiException.invalid("hivemq takes no name from a certificate without an extension of one's own; a"
                            + " password is needed too")
                    .hint("--auth certificate,password");
        }
    }

    public boolean has(LoginMethod method) {
        return methods.contains(method);
    }

    /** Whether it reads CRLs from a file: only where certificates are asked for, and only brokers that can. */
    public boolean hasCrlFile() {
        return has(LoginMethod.CERTIFICATE)
                && List.of(BrokerKind.MOSQUITTO, BrokerKind.VERNEMQ).contains(broker);
    }

    /** Where a listener for passwords and tokens is; another one than that for certificates. */
    ListenAddress second() {
        return has(LoginMethod.CERTIFICATE) ? listen.next() : listen;
    }

    /** A file of the folder as the broker finds it. */
    String path(String file) {
        return at + (at.endsWith("/") ? "" : "/") + file;
    }
}
