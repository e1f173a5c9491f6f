package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.files.WholeFiles;
import org.devpki.model.BrokerAddress;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Explanation;
import org.devpki.model.MqttVersion;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;
import org.devpki.mqtt.Attempt;
import org.devpki.mqtt.Connector;
import org.devpki.mqtt.Handshake;
import org.devpki.mqtt.Login;
import org.devpki.x509.Certificates;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;

/**
 * Logs in to a broker as a device would, tries its topics and another's, and then everything that must fail. Needs no store.
 */
public final class ProbeBroker {
    private static final int MOST_OCTETS = 1 << 20;
    private static final int MOST_TOPIC_OCTETS = 65_535;

    /** Codes of CONNACK in either version that are not about who came: unavailable, busy, banned, over a quota, moved. */
    private static final Set<Integer> BUSY = Set.of(0x03, 0x88, 0x89, 0x8a, 0x97, 0x9c, 0x9d, 0x9f);

    /** Alerts that a revoked certificate is not refused by: certificate_expired, unknown_ca (RFC 8446 section 6.2). */
    private static final Set<Integer> OF_ANOTHER_FAULT = Set.of(45, 48);

    /** Whose topics are nobody's. */
    private static final String NOBODY = "devpki-probe";

    /**
     * A device, and the files that it logs in with.
     *
     * @param bundle folder of its certificate and key
     * @param password file of its password
     * @param token file of its access token, in place of a password
     */
    public record Device(DeviceId id, Optional<Path> bundle, Optional<Path> password, Optional<Path> token) {
        public Device {
            if (password.isPresent() && token.isPresent()) {
                throw DevpkiException.invalid("a password and a token of " + id + " exclude each other");
            }
            if (bundle.isEmpty() && password.isEmpty() && token.isEmpty()) {
                throw DevpkiException.invalid(
                        "what does " + id + " log in with? give its bundle, its password file or its token file");
            }
        }
    }

    /**
     * What to try.
     *
     * @param other a second device, which sends to its own topic and listens there
     * @param trust file of the CAs that the broker's certificate must lead to; the bundle's root when absent
     * @param isPlain without TLS
     * @param topic of the device's own; {@code devices/NAME/probe} when absent
     * @param otherTopic one that it must not have, and the second device has
     * @param revoked folder of a device whose certificate is revoked
     * @param expired file of a token that is over
     * @param timeout of each step
     */
    public record Order(
            BrokerAddress address,
            Device device,
            Optional<Device> other,
            Optional<Path> trust,
            boolean isPlain,
            MqttVersion version,
            Optional<String> topic,
            Optional<String> otherTopic,
            Optional<Path> revoked,
            Optional<Path> expired,
            Duration timeout) {
        public Order {
            if (timeout.isZero() || timeout.isNegative()) {
                throw DevpkiException.invalid(
                        "a step that may take " + timeout.toSeconds() + " s is never done; 10s is usual");
            }
            topic.ifPresent(Order::checkTopic);
            otherTopic.ifPresent(Order::checkTopic);
            if (other.filter(second -> second.id().equals(device.id())).isPresent()) {
                throw DevpkiException.invalid("the other device is " + device.id() + " itself");
            }
            String own = own(topic, device);
            if (own.equals(others(otherTopic, other))) {
                throw DevpkiException.invalid("topic " + Quoted.of(own)
                        + " would be both the device's own and another's; give --topic or --other-topic");
            }
            boolean hasBundle =
                    device.bundle().isPresent() || other.flatMap(Device::bundle).isPresent();
            if (isPlain && (hasBundle || trust.isPresent())) {
                throw DevpkiException.invalid("without TLS there are no certificates");
            }
            if (!isPlain && trust.isEmpty() && device.bundle().isEmpty()) {
                throw DevpkiException.invalid("which CA does the device trust? give --trust FILE");
            }
            if (revoked.isPresent() && device.bundle().isEmpty()) {
                throw DevpkiException.invalid("a revoked certificate is tried where certificates are, with --bundle");
            }
            if (expired.isPresent() && device.token().isEmpty()) {
                throw DevpkiException.invalid("an expired token is tried where tokens are, with --token-file");
            }
        }

        String own() {
            return own(topic, device);
        }

        /** Of the other device's, or of nobody's. */
        String others() {
            return others(otherTopic, other);
        }

        private static String own(Optional<String> topic, Device device) {
            return topic.orElse(topicOf(device.id().value()));
        }

        private static String others(Optional<String> topic, Optional<Device> other) {
            return topic.orElse(topicOf(other.map(second -> second.id().value()).orElse(NOBODY)));
        }

        private static String topicOf(String name) {
            return "devices/" + name + "/probe";
        }

        /** One that may be published to (MQTT 5 section 4.7). */
        private static void checkTopic(String topic) {
            if (topic.isEmpty()
                    || topic.getBytes(UTF_8).length > MOST_TOPIC_OCTETS
                    || topic.startsWith("$")
                    || topic.chars().anyMatch(c -> c == '+' || c == '#' || c == 0)) {
                throw DevpkiException.invalid("topic " + Quoted.of(topic)
                        + " cannot be published to; up to " + MOST_TOPIC_OCTETS
                        + " octets without + and # are right, of which $ is not the first");
            }
        }
    }

    private final SecureRandom random;
    private final Clock clock;

    public ProbeBroker(SecureRandom random, Clock clock) {
        this.random = random;
        this.clock = clock;
    }

    /**
     * @throws DevpkiException STORE_FAILED if the broker cannot be reached; INVALID_INPUT and NOT_FOUND for files; what the broker
     *     does is never one
     */
    public Probed run(Order order) {
        List<Login> logins = new ArrayList<>(); // all that has secrets in it
        try {
            Login login = opened(logins, ProbeLogin.of(order.device()));
            Optional<Login> other = order.other().map(device -> opened(logins, ProbeLogin.of(device)));
            Optional<List<CertificateDer>> trusted = order.isPlain() ? Optional.empty() : Optional.of(trusted(order));
            List<Try> tries = tries(order, login, trusted.orElse(List.of()));
            tries.forEach(one -> one.login().ifPresent(shown -> opened(logins, shown)));
            Connector broker = new Connector(order.address(), order.version(), trusted, order.timeout());
            return probed(order, broker, login, other, tries);
        } finally {
            logins.forEach(ProbeLogin::close);
        }
    }

    private static Login opened(List<Login> logins, Login login) {
        logins.add(login);
        return login;
    }

    private Probed probed(Order order, Connector broker, Login login, Optional<Login> other, List<Try> tries) {
        Attempt first = broker.connect(login);
        refuseUnreachable(order, first);
        ProbeRows rows = new ProbeRows(order.version());
        server(order, rows, first);
        login(order, rows, first);
        String identity = "nobody: the device is not let in";
        if (first instanceof Attempt.Accepted accepted) {
            identity = new ProbeTopics(order, rows, broker, login, this::unique, accepted.session()).run(other);
            forbidden(rows, broker, login, tries);
        } else {
            ProbeTopics.notTried(rows);
            tries.forEach(one -> rows.notTried(
                    one.name(), "refused", "the device itself is not let in, so that another is not says nothing"));
        }
        return new Probed(
                first.handshake().map(Handshake::protocol),
                first.handshake().map(Handshake::cipherSuite),
                first.handshake().map(Handshake::chain).orElse(List.of()).stream()
                        .map(ProbeBroker::told)
                        .toList(),
                identity,
                rows.all());
    }

    private static List<CertificateDer> trusted(Order order) {
        Path file = order.trust()
                .or(() -> order.device().bundle().flatMap(ProbeLogin::root))
                .orElseThrow(() -> DevpkiException.notFound(
                                "folder " + order.device().bundle().orElseThrow() + " has no root CA")
                        .hint("--trust FILE"));
        List<CertificateDer> cas = Pem.readCertificates(WholeFiles.read(file, MOST_OCTETS), file.toString());
        if (cas.isEmpty()) {
            throw DevpkiException.invalid("file " + file + " has no certificate in PEM");
        }
        return cas;
    }

    private static Probed.Shown told(CertificateDer der) {
        ParsedTbs tbs = Certificates.parse(der).tbs();
        return new Probed.Shown(
                Names.text(tbs.subject()),
                Names.text(tbs.issuer()),
                tbs.notAfter().at().toString());
    }

    private static void refuseUnreachable(Order order, Attempt first) {
        if (first instanceof Attempt.Ended ended && ended.how() == Attempt.How.UNREACHABLE) {
            throw DevpkiException.storeFailed("broker " + order.address() + " cannot be reached: " + ended.words());
        }
    }

    // ---- what must work ----

    private static void server(Order order, ProbeRows rows, Attempt first) {
        String expected = "a certificate of a CA that the device trusts, for "
                + order.address().host();
        if (order.isPlain()) {
            rows.add(
                    "server",
                    expected,
                    "no TLS: nothing proves who the broker is",
                    Probed.Verdict.WEAK,
                    "give the broker a listener with TLS");
            return;
        }
        Optional<Handshake> handshake = first.handshake();
        if (handshake.isEmpty()) {
            rows.add(
                    "server",
                    expected,
                    "it came to no certificate: " + ProbeRows.words(first),
                    Probed.Verdict.WRONG,
                    "look whether a listener with TLS is at that port");
            return;
        }
        Optional<String> fault = handshake.get().fault();
        rows.add(
                "server",
                expected,
                fault.orElse("it is, by " + handshake.get().protocol() + " and "
                        + handshake.get().cipherSuite()),
                fault.isEmpty() ? Probed.Verdict.RIGHT : Probed.Verdict.WRONG,
                "give the broker a certificate for the name that devices use, with the CAs between it and the root: devpki issue"
                        + " NAME --profile broker-server --san dns:NAME, and its chain.pem");
    }

    private static void login(Order order, ProbeRows rows, Attempt first) {
        rows.add(
                "login",
                "accepted",
                first,
                first instanceof Attempt.Accepted ? Probed.Verdict.RIGHT : Probed.Verdict.WRONG,
                fix(order, rows, first));
    }

    private static String fix(Order order, ProbeRows rows, Attempt first) {
        if (first instanceof Attempt.Ended ended && ended.how() == Attempt.How.DISTRUSTED) {
            return "see server";
        }
        if (first instanceof Attempt.Refused && order.device().bundle().isEmpty()) {
            return order.device().password().isPresent()
                    ? "look whether it is the device's password, by devpki password check, and whether the broker has it, by devpki"
                            + " broker install"
                    : "look whether the token counts, by devpki token verify, and whether the broker has the keys of devpki token jwks";
        }
        return rows.explained(first)
                .map(Explanation::fix)
                .orElse("read the broker's log at that second, and devpki explain what it says");
    }

    // ---- what must fail ----

    /**
     * Somebody who must be kept out.
     *
     * @param login what he says; absent where it could not be made
     * @param fix what to do if he is let in; or why he is not tried
     * @param others alerts of TLS that have another reason
     */
    private record Try(String name, Optional<Login> login, String fix, Set<Integer> others) {
        private Try(String name, Login login, String fix) {
            this(name, Optional.of(login), fix, Set.of());
        }

        private static Try none(String name, String why) {
            return new Try(name, Optional.empty(), why, Set.of());
        }
    }

    private static final String OPEN_TO_ALL =
            "let nobody unknown in: require_certificate true and allow_anonymous false in Mosquitto, fail_if_no_peer_cert and an"
                    + " authentication in EMQX";

    private List<Try> tries(Order order, Login login, List<CertificateDer> trusted) {
        List<Try> tries = new ArrayList<>();
        login.certificate().ifPresent(shown -> {
            tries.add(new Try("no-certificate", login.showing(Optional.empty()), OPEN_TO_ALL));
            tries.add(
                    ProbeLogin.strange(shown, trusted, random)
                            .map(
                                    strange -> new Try(
                                            "strange-certificate",
                                            login.showing(Optional.of(strange)),
                                            "let the broker verify certificates against your CAs alone: cafile and require_certificate in Mosquitto"))
                            .orElseGet(
                                    () -> Try.none(
                                            "strange-certificate",
                                            "the CA that issued the device's certificate is not in its chain, nor among those that are trusted")));
            tries.add(order.revoked()
                    .map(ProbeLogin::shown)
                    .map(revoked -> new Try(
                            "revoked-certificate",
                            Optional.of(
                                    login.as(ProbeLogin.name(revoked).value()).showing(Optional.of(revoked))),
                            "publish the CRL, put it in place and have the broker read it: devpki crl publish, then devpki broker"
                                    + " install; crlfile in Mosquitto",
                            OF_ANOTHER_FAULT))
                    .orElseGet(() ->
                            Try.none("revoked-certificate", "no revoked device's folder is given, by --revoked")));
        });
        login.password().filter(secret -> order.device().password().isPresent()).ifPresent(secret -> {
            tries.add(new Try(
                    "wrong-password",
                    login.saying(login.userName(), Optional.of(SecretBytes.taking(unique().getBytes(UTF_8)))),
                    "give the broker a password file: devpki broker config --auth password"));
            tries.add(new Try("no-password", login.saying(login.userName(), Optional.empty()), OPEN_TO_ALL));
        });
        login.password().filter(secret -> order.device().token().isPresent()).ifPresent(token -> {
            tries.add(new Try(
                    "forged-token",
                    login.saying(login.userName(), Optional.of(ProbeLogin.forged(token))),
                    "let the broker verify signatures by the keys of devpki token jwks, and by nothing else"));
            tries.add(order.expired()
                    .map(file -> new Try(
                            "expired-token",
                            login.saying(
                                    login.userName(),
                                    Optional.of(ProbeLogin.expired(
                                            file, order.device().id(), clock))),
                            "let the broker compare exp with its clock, and look at that"))
                    .orElseGet(() -> Try.none("expired-token", "no expired token is given, by --expired-token")));
        });
        if (login.password().isPresent()) {
            tries.add(new Try("nobody", login.saying(Optional.empty(), Optional.empty()), OPEN_TO_ALL));
        }
        return tries;
    }

    /** Refusals count if the device itself is let in afterwards as before: a broker may have had enough of the address. */
    private static void forbidden(ProbeRows rows, Connector broker, Login login, List<Try> tries) {
        Map<Try, Attempt> seen = new LinkedHashMap<>();
        for (Try one : tries) {
            one.login().ifPresent(as -> {
                Attempt attempt = broker.connect(as);
                leave(attempt);
                seen.put(one, attempt);
            });
        }
        Attempt control = broker.connect(login);
        leave(control);
        for (Try one : tries) {
            Attempt attempt = seen.get(one);
            if (attempt == null) {
                rows.notTried(one.name(), "refused", one.fix());
            } else if (attempt instanceof Attempt.Accepted) {
                rows.add(one.name(), "refused", attempt, Probed.Verdict.WRONG, one.fix());
            } else {
                OptionalInt alert = rows.alert(attempt);
                boolean isMeant = isRefusal(attempt)
                        && !(alert.isPresent() && one.others().contains(alert.getAsInt()))
                        && (one.others().isEmpty() || attempt instanceof Attempt.Ended)
                        && control instanceof Attempt.Accepted;
                rows.add(
                        one.name(),
                        "refused",
                        attempt,
                        isMeant ? Probed.Verdict.RIGHT : Probed.Verdict.WEAK,
                        control instanceof Attempt.Accepted
                                ? ProbeRows.LOOK
                                : "the device itself was let in no more afterwards: " + ProbeRows.words(control));
            }
        }
    }

    private static void leave(Attempt attempt) {
        if (attempt instanceof Attempt.Accepted accepted) {
            accepted.session().close();
        }
    }

    /** Whether the broker meant the one who came; that it is busy, silent or away says nothing about who is let in. */
    static boolean isRefusal(Attempt attempt) {
        return attempt.match(
                accepted -> false,
                refused -> !BUSY.contains(refused.code()),
                ended -> ended.how() == Attempt.How.CLOSED);
    }

    private String unique() {
        byte[] octets = new byte[16];
        random.nextBytes(octets);
        return Bytes.of(octets).hex();
    }
}
