package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.config.Codes;
import org.devpki.files.WholeFiles;
import org.devpki.model.BrokerAddress;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CodeSource;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Explanation;
import org.devpki.model.MqttVersion;
import org.devpki.model.SecretBytes;
import org.devpki.mqtt.Attempt;
import org.devpki.mqtt.Connector;
import org.devpki.mqtt.Handshake;
import org.devpki.mqtt.Login;
import org.devpki.mqtt.Session;
import org.devpki.x509.Certificates;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;

/**
 * Logs in to a broker as a device would, tries its topics and another's, and then everything that must fail. Needs no store.
 */
public final class ProbeBroker {
    private static final int MOST_OCTETS = 1 << 20;

    /** Whose topic and client ID are not the device's. */
    private static final String OTHER = "devpki-probe";

    /** Codes of CONNACK in either version that are not about who came: unavailable, busy, over a quota, moved. */
    private static final Set<Integer> BUSY = Set.of(0x03, 0x88, 0x89, 0x97, 0x9c, 0x9d, 0x9f);

    /**
     * What to try.
     *
     * @param bundle folder of the device's certificate and key
     * @param password file of its password
     * @param token file of its access token, in place of a password
     * @param trust file of the CAs that the broker's certificate must lead to; the bundle's root when absent
     * @param isPlain without TLS
     * @param topic of the device's own; {@code devices/NAME/probe} when absent
     * @param otherTopic one that it must not have
     * @param revoked folder of a device whose certificate is revoked
     * @param expired file of a token that is over
     * @param timeout of each step
     */
    public record Order(
            BrokerAddress address,
            DeviceId device,
            Optional<Path> bundle,
            Optional<Path> password,
            Optional<Path> token,
            Optional<Path> trust,
            boolean isPlain,
            MqttVersion version,
            Optional<String> topic,
            Optional<String> otherTopic,
            Optional<Path> revoked,
            Optional<Path> expired,
            Duration timeout) {
        public Order {
            if (password.isPresent() && token.isPresent()) {
                throw DevpkiException.invalid("a password and a token exclude each other");
            }
            if (bundle.isEmpty() && password.isEmpty() && token.isEmpty()) {
                throw DevpkiException.invalid(
                        "what does the device log in with? give --bundle, --password-file or" + " --token-file");
            }
            if (isPlain && (bundle.isPresent() || trust.isPresent())) {
                throw DevpkiException.invalid("without TLS there are no certificates");
            }
            if (!isPlain && trust.isEmpty() && bundle.isEmpty()) {
                throw DevpkiException.invalid("which CA does the device trust? give --trust FILE");
            }
            if (revoked.isPresent() && bundle.isEmpty()) {
                throw DevpkiException.invalid("a revoked certificate is tried where certificates are, with --bundle");
            }
            if (expired.isPresent() && token.isEmpty()) {
                throw DevpkiException.invalid("an expired token is tried where tokens are, with --token-file");
            }
        }
    }

    private final SecureRandom random;
    private final List<Probed.Row> rows = new ArrayList<>();
    private final List<Explanation> known = Codes.all();

    public ProbeBroker(SecureRandom random) {
        this.random = random;
    }

    /**
     * @throws DevpkiException STORE_FAILED if the broker cannot be reached; INVALID_INPUT and NOT_FOUND for files; what the broker
     *     does is never one
     */
    public Probed run(Order order) {
        Optional<Login.Shown> shown = order.bundle().map(ProbeLogin::shown);
        shown.map(ProbeLogin::name).filter(name -> !name.equals(order.device())).ifPresent(name -> {
            throw DevpkiException.invalid(
                    "folder " + order.bundle().orElseThrow() + " is of " + name + ", not of " + order.device());
        });
        Optional<SecretBytes> secret = order.password().or(order::token).map(ProbeLogin::secret);
        Optional<List<CertificateDer>> trusted = order.isPlain() ? Optional.empty() : Optional.of(trusted(order));
        Connector broker = new Connector(order.address(), order.version(), trusted, order.timeout());
        Login login = new Login(
                order.device().value(),
                shown,
                secret.map(present -> order.device().value()),
                secret);
        try {
            return probed(order, broker, login, trusted.orElse(List.of()));
        } finally {
            secret.ifPresent(SecretBytes::close);
            shown.ifPresent(pair -> pair.key().close());
        }
    }

    private Probed probed(Order order, Connector broker, Login login, List<CertificateDer> trusted) {
        Attempt first = broker.connect(login);
        refuseUnreachable(order, first);
        server(order, first);
        boolean isIn = login(order, first);
        String identity = first instanceof Attempt.Accepted accepted
                ? allowed(order, broker, login, accepted.session())
                : notIn();
        forbidden(order, broker, login, trusted, isIn);
        return new Probed(
                first.handshake().map(Handshake::protocol),
                first.handshake().map(Handshake::cipherSuite),
                first.handshake().map(Handshake::chain).orElse(List.of()).stream()
                        .map(ProbeBroker::told)
                        .toList(),
                identity,
                List.copyOf(rows));
    }

    private static List<CertificateDer> trusted(Order order) {
        Path file = order.trust()
                .or(() -> order.bundle().flatMap(ProbeLogin::root))
                .orElseThrow(() -> DevpkiException.notFound(
                                "folder " + order.bundle().orElseThrow() + " has no root CA")
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

    private void server(Order order, Attempt first) {
        String expected = "a certificate of a CA that the device trusts, for "
                + order.address().host();
        if (order.isPlain()) {
            row(
                    "server",
                    expected,
                    "no TLS: nothing proves who the broker is",
                    Probed.Verdict.WEAK,
                    "give the broker a listener with TLS");
            return;
        }
        Optional<Handshake> handshake = first.handshake();
        if (handshake.isEmpty()) {
            row(
                    "server",
                    expected,
                    "it came to no certificate: " + words(first),
                    Probed.Verdict.WRONG,
                    "look whether a listener with TLS is at that port");
            return;
        }
        Optional<String> fault = handshake.get().fault();
        row(
                "server",
                expected,
                fault.orElse("it is, by " + handshake.get().protocol() + " and "
                        + handshake.get().cipherSuite()),
                fault.isEmpty() ? Probed.Verdict.RIGHT : Probed.Verdict.WRONG,
                "give the broker a certificate for the name that devices use, with the CAs between it and the root: devpki issue"
                        + " NAME --profile broker-server --san dns:NAME, and its chain.pem");
    }

    private boolean login(Order order, Attempt first) {
        Optional<Explanation> code = explained(order, first);
        boolean isIn = first instanceof Attempt.Accepted;
        rows.add(new Probed.Row(
                "login",
                "accepted",
                words(first),
                isIn ? Probed.Verdict.RIGHT : Probed.Verdict.WRONG,
                code,
                isIn
                        ? Optional.empty()
                        : code.map(Explanation::fix)
                                .or(() -> Optional.of(
                                        "read the broker's log at that second, and devpki explain what it says"))));
        return isIn;
    }

    private String notIn() {
        for (String name : List.of("own-topic", "other-topic", "client-id")) {
            notTried(name, "", "the device is not let in");
        }
        return "nobody: the device is not let in";
    }

    /** @return what the broker takes the device for */
    private String allowed(Order order, Connector broker, Login login, Session session) {
        try (session) {
            String own = order.topic().orElse("devices/" + order.device() + "/probe");
            boolean hasOwn = ownTopic(session, own);
            boolean isBounded = otherTopic(order, session, own, hasOwn);
            boolean isTied = clientId(broker, login, session);
            return hasOwn && isBounded
                    ? order.device() + ", for it has its own topics and not another's"
                            + (isTied ? "; its client ID is tied to it" : "; its client ID is what it says")
                    : hasOwn
                            ? "anybody: it has another's topics as well as its own"
                            : "somebody else: it has not the topics of " + order.device();
        }
    }

    private boolean ownTopic(Session session, String topic) {
        String payload = unique();
        OptionalInt subscribed = session.subscribe(topic).code();
        OptionalInt published = session.publish(topic, payload).code();
        boolean isBack = session.receives(topic, payload);
        row(
                "own-topic",
                "a message on " + topic + " comes back",
                isBack ? "it came back" : unheard(session, subscribed, published),
                isBack ? Probed.Verdict.RIGHT : Probed.Verdict.WRONG,
                "let the ACL give each device devices/NAME/#, by the name that the broker takes from its login (devpki broker config"
                        + " writes one), and look that it takes the common name");
        return isBack;
    }

    /** Why no message came back; what the broker said of the message goes before what it said of the subscription. */
    private static String unheard(Session session, OptionalInt subscribed, OptionalInt published) {
        if (published.isPresent()) {
            return "the message was refused, code " + hex(published);
        }
        if (subscribed.isPresent()) {
            return "the subscription was refused, code " + hex(subscribed);
        }
        return session.hasEnded() ? "the broker ended the session" : "nothing came back";
    }

    /** @return whether the broker keeps the device from it */
    private boolean otherTopic(Order order, Session session, String own, boolean hasOwn) {
        String topic = order.otherTopic().orElse("devices/" + OTHER + "/probe");
        String expected = "a message on " + topic + " is refused, or comes to nobody";
        if (!hasOwn) {
            notTried("other-topic", expected, "the device has not even its own topic");
            return false;
        }
        String payload = unique();
        String fence = unique();
        OptionalInt subscribed = session.subscribe(topic).code();
        Session.Answer published = session.publish(topic, payload);
        if (!session.hasEnded()) {
            session.publish(own, fence); // what is on its way comes before this
            session.receives(own, fence);
        }
        boolean isBack = session.hasReceived(topic, payload);
        boolean isTaken = isBack || (order.version() == MqttVersion.V5 && published.isGranted());
        row(
                "other-topic",
                expected,
                isBack
                        ? "it came back: the device reads and writes it"
                        : isTaken
                                ? "the broker took it, so the device writes there"
                                : unheard(session, subscribed, published.code()),
                isTaken ? Probed.Verdict.WRONG : Probed.Verdict.RIGHT,
                "let the ACL give each device its own topics alone: devices/%u/# in Mosquitto, devices/${username}/# in EMQX, and"
                        + " no line for everybody");
        return !isTaken;
    }

    /** @return whether the broker ties it to the login */
    private boolean clientId(Connector broker, Login login, Session before) {
        String expected = "another client ID is refused, or is the device's own session again";
        if (!before.hasEnded()) {
            return clientId(expected, broker, login, before);
        }
        Attempt again = broker.connect(login); // brokers may end a session that tries another's topic
        if (again instanceof Attempt.Accepted accepted) {
            try (Session session = accepted.session()) {
                return clientId(expected, broker, login, session);
            }
        }
        notTried("client-id", expected, "the device was not let in again: " + words(again));
        return false;
    }

    private boolean clientId(String expected, Connector broker, Login login, Session session) {
        Attempt second = broker.connect(login.as(OTHER));
        boolean isRefused = isRefusal(second);
        boolean isIn = second instanceof Attempt.Accepted;
        boolean isTakenOver = isIn && session.ends();
        if (second instanceof Attempt.Accepted accepted) {
            accepted.session().close();
        }
        row(
                "client-id",
                expected,
                !isIn
                        ? words(second)
                        : isTakenOver ? "it is the device's own session" : "it is let in as another session",
                isRefused || isTakenOver ? Probed.Verdict.RIGHT : Probed.Verdict.WEAK,
                "one device can end another's session by its client ID: set use_username_as_clientid in Mosquitto, or"
                        + " peer_cert_as_clientid in EMQX");
        return isRefused || isTakenOver;
    }

    // ---- what must fail ----

    private void forbidden(Order order, Connector broker, Login login, List<CertificateDer> trusted, boolean isIn) {
        List<Try> tries = new ArrayList<>();
        login.certificate().ifPresent(shown -> {
            tries.add(new Try("no-certificate", login.showing(Optional.empty()), OPEN_TO_ALL));
            tries.add(
                    new Try(
                            "strange-certificate",
                            login.showing(Optional.of(ProbeLogin.strange(shown, trusted, random))),
                            "let the broker verify certificates against your CAs alone: cafile and require_certificate in Mosquitto"));
        });
        order.revoked()
                .map(ProbeLogin::shown)
                .ifPresent(shown -> tries.add(new Try(
                        "revoked-certificate",
                        login.as(ProbeLogin.name(shown).value()).showing(Optional.of(shown)),
                        "publish the CRL, put it in place and have the broker read it: devpki crl publish, then devpki broker install;"
                                + " crlfile in Mosquitto")));
        login.password().filter(secret -> order.password().isPresent()).ifPresent(secret -> {
            tries.add(new Try(
                    "wrong-password",
                    login.saying(login.userName(), Optional.of(SecretBytes.taking(unique().getBytes(UTF_8)))),
                    "give the broker a password file: devpki broker config --auth password"));
            tries.add(new Try("no-password", login.saying(login.userName(), Optional.empty()), OPEN_TO_ALL));
        });
        order.token()
                .ifPresent(file -> tries.add(new Try(
                        "forged-token",
                        login.saying(login.userName(), login.password().map(ProbeLogin::forged)),
                        "let the broker verify signatures by the keys of devpki token jwks, and by nothing else")));
        order.expired()
                .map(ProbeLogin::secret)
                .ifPresent(token -> tries.add(new Try(
                        "expired-token",
                        login.saying(login.userName(), Optional.of(token)),
                        "let the broker compare exp with its clock, and look at that")));
        if (login.password().isPresent()) {
            tries.add(new Try("nobody", login.saying(Optional.empty(), Optional.empty()), OPEN_TO_ALL));
        }
        for (Try one : tries) {
            if (isIn) {
                refused(order, broker, one);
            } else {
                notTried(one.name(), "refused", "the device itself is not let in, so that another is not says nothing");
            }
        }
        if (login.certificate().isPresent() && order.revoked().isEmpty()) {
            notTried("revoked-certificate", "refused", "no revoked device's folder is given, by --revoked");
        }
        if (order.token().isPresent() && order.expired().isEmpty()) {
            notTried("expired-token", "refused", "no expired token is given, by --expired-token");
        }
    }

    private static final String OPEN_TO_ALL =
            "let nobody unknown in: require_certificate true and allow_anonymous false in Mosquitto, fail_if_no_peer_cert and an"
                    + " authentication in EMQX";

    private record Try(String name, Login login, String fix) {}

    private void refused(Order order, Connector broker, Try one) {
        Attempt attempt = broker.connect(one.login());
        Probed.Verdict verdict = isRefusal(attempt)
                ? Probed.Verdict.RIGHT
                : attempt instanceof Attempt.Accepted ? Probed.Verdict.WRONG : Probed.Verdict.WEAK;
        if (attempt instanceof Attempt.Accepted accepted) {
            accepted.session().close();
        }
        rows.add(new Probed.Row(
                one.name(),
                "refused",
                words(attempt),
                verdict,
                explained(order, attempt),
                switch (verdict) {
                    case RIGHT, NOT_TRIED -> Optional.empty();
                    case WEAK ->
                        Optional.of("look at the broker and the way to it, and probe again; --timeout waits longer");
                    case WRONG -> Optional.of(one.fix());
                }));
    }

    /** Whether the broker meant the one who came; that it is busy, silent or away says nothing about who is let in. */
    private static boolean isRefusal(Attempt attempt) {
        return attempt.match(
                accepted -> false,
                refused -> !BUSY.contains(refused.code()),
                ended -> ended.how() == Attempt.How.CLOSED);
    }

    // ---- words ----

    private static String words(Attempt attempt) {
        return attempt.match(
                accepted -> "accepted"
                        + accepted.session()
                                .assignedClientId()
                                .map(id -> ", as client ID " + id)
                                .orElse(""),
                refused -> "refused, CONNACK code " + hex(OptionalInt.of(refused.code()))
                        + refused.reason().map(reason -> " (" + reason + ")").orElse(""),
                ended -> switch (ended.how()) {
                    case DISTRUSTED -> "the device hung up: " + ended.words();
                    case CLOSED -> "refused in TLS or by hanging up: " + ended.words();
                    case SILENT -> ended.words();
                    case UNREACHABLE -> "not reached: " + ended.words();
                });
    }

    /** The broker's CONNACK, or its alert in TLS. */
    private Optional<Explanation> explained(Order order, Attempt attempt) {
        return attempt.match(
                accepted -> Optional.empty(),
                refused -> known.stream()
                        .filter(one -> one.source() == order.version().codes()
                                && one.number().equals(OptionalInt.of(refused.code())))
                        .findFirst(),
                ended -> new CodesInText(known)
                        .find(ended.words()).stream()
                                .flatMap(found -> found.explanations().stream())
                                .filter(one -> one.source() == CodeSource.TLS_ALERT)
                                .findFirst());
    }

    private static String hex(OptionalInt code) {
        int value = code.getAsInt();
        return value < 0x80 ? Integer.toString(value) : String.format("0x%02x", value);
    }

    private String unique() {
        byte[] octets = new byte[16];
        random.nextBytes(octets);
        return Bytes.of(octets).hex();
    }

    private void row(String name, String expected, String seen, Probed.Verdict verdict, String fix) {
        rows.add(new Probed.Row(
                name,
                expected,
                seen,
                verdict,
                Optional.empty(),
                verdict == Probed.Verdict.RIGHT ? Optional.empty() : Optional.of(fix)));
    }

    private void notTried(String name, String expected, String why) {
        rows.add(new Probed.Row(
                name, expected, "not tried: " + why, Probed.Verdict.NOT_TRIED, Optional.empty(), Optional.empty()));
    }
}
