package org.devpki.app;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.devpki.model.DeviceId;
import org.devpki.model.MqttVersion;
import org.devpki.mqtt.Attempt;
import org.devpki.mqtt.Connector;
import org.devpki.mqtt.Login;
import org.devpki.mqtt.Session;

/**
 * What a device may do that is let in: its own topic, another's, another client ID. That it reads another's topic shows only when
 * somebody sends there, and that it publishes there, in MQTT 3.1.1, only when somebody listens: a second device does both.
 */
final class ProbeTopics {
    /** Whose topic and client ID are nobody's. */
    private static final String NOBODY = "devpki-probe";

    /** Codes of PUBACK and SUBACK (MQTT 5) that are not about who asked: a filter, a topic, a packet, a quota, a payload. */
    private static final Set<Integer> ABOUT_ELSE = Set.of(0x8f, 0x90, 0x91, 0x97, 0x99, 0x9e, 0xa1, 0xa2);

    private final ProbeBroker.Order order;
    private final ProbeRows rows;
    private final Connector broker;
    private final Login login;
    private final Supplier<String> unique;
    private final String own;
    private final String others;
    private Session session;

    /** What was seen, and what it comes to. */
    private record Seen(Probed.Verdict verdict, String words) {
        static Seen right(String words) {
            return new Seen(Probed.Verdict.RIGHT, words);
        }

        static Seen weak(String words) {
            return new Seen(Probed.Verdict.WEAK, words);
        }

        static Seen wrong(String words) {
            return new Seen(Probed.Verdict.WRONG, words);
        }

        static Seen notTried(String why) {
            return new Seen(Probed.Verdict.NOT_TRIED, "not tried: " + why);
        }
    }

    /** What came of another's topic. */
    private record Others(Seen publishes, Seen subscribes) {
        static Others both(Seen seen) {
            return new Others(seen, seen);
        }

        boolean has(Probed.Verdict verdict) {
            return publishes.verdict == verdict || subscribes.verdict == verdict;
        }
    }

    /** @param session of the device, which {@link #run} closes */
    ProbeTopics(
            ProbeBroker.Order order,
            ProbeRows rows,
            Connector broker,
            Login login,
            Supplier<String> unique,
            Session session) {
        this.order = order;
        this.rows = rows;
        this.broker = broker;
        this.login = login;
        this.unique = unique;
        this.session = session;
        this.own = order.topic().orElse(topic(order.device().id().value()));
        this.others = order.otherTopic()
                .orElse(topic(order.other()
                        .map(ProbeBroker.Device::id)
                        .map(DeviceId::value)
                        .orElse(NOBODY)));
    }

    private static String topic(String name) {
        return "devices/" + name + "/probe";
    }

    /**
     * @param second another device's login, where there is one
     * @return what the broker takes the device for
     */
    String run(Optional<Login> second) {
        try {
            boolean hasOwn = ownTopic();
            Others seen = hasOwn
                    ? second.map(this::witnessed).orElseGet(() -> othersTopic(Optional.empty()))
                    : Others.both(Seen.notTried("the device has not even its own topic"));
            othersRow("publish-other", "a message on " + others + " is refused, or comes to nobody", seen.publishes);
            othersRow("subscribe-other", "what another sends on " + others + " does not come", seen.subscribes);
            boolean isTied = clientId();
            return hasOwn
                    ? identity(seen) + "; its client ID is " + (isTied ? "tied to it" : "what it says")
                    : "somebody else: it has not the topics of "
                            + order.device().id();
        } finally {
            session.close();
        }
    }

    /** Where the device is not let in. */
    static void notTried(ProbeRows rows) {
        for (String name : new String[] {"own-topic", "publish-other", "subscribe-other", "client-id"}) {
            rows.notTried(name, "", "the device is not let in");
        }
    }

    private String identity(Others seen) {
        if (seen.has(Probed.Verdict.WRONG)) {
            return "anybody: it has another's topics as well as its own";
        }
        return order.device().id()
                + (seen.publishes.verdict == Probed.Verdict.RIGHT && seen.subscribes.verdict == Probed.Verdict.RIGHT
                        ? ", for it has its own topics and not another's"
                        : ", for it has its own topics; whether it has another's as well was not seen");
    }

    private boolean ownTopic() {
        Optional<String> fault = roundTrip(session, own);
        rows.add(
                "own-topic",
                "a message on " + own + " comes back",
                fault.orElse("it came back"),
                fault.isEmpty() ? Probed.Verdict.RIGHT : Probed.Verdict.WRONG,
                "let the ACL give each device devices/NAME/#, by the name that the broker takes from its login (devpki broker config"
                        + " writes one), and look that it takes the common name");
        return fault.isEmpty();
    }

    /** @return why no message came back; what the broker said of the message goes before what it said of the subscription */
    private Optional<String> roundTrip(Session who, String topic) {
        Session.Answer subscribed = who.subscribe(topic);
        String payload = unique.get();
        Session.Answer published = who.publish(topic, payload);
        if (who.receives(topic, payload)) {
            return Optional.empty();
        }
        if (published.code().isPresent()) {
            return Optional.of("the message was refused, code " + ProbeRows.hex(published.code()));
        }
        if (subscribed.code().isPresent()) {
            return Optional.of("the subscription was refused, code " + ProbeRows.hex(subscribed.code()));
        }
        return Optional.of(who.hasEnded() ? "the broker ended the session" : "nothing came back");
    }

    // ---- another's topic ----

    private void othersRow(String name, String expected, Seen seen) {
        rows.add(
                name,
                expected,
                seen.words,
                seen.verdict,
                seen.verdict == Probed.Verdict.WEAK
                        ? ProbeRows.LOOK
                        : "let the ACL give each device its own topics alone: devices/%u/# in Mosquitto, devices/${username}/# in"
                                + " EMQX, and no line for everybody");
    }

    private Others witnessed(Login second) {
        Attempt attempt = broker.connect(second);
        if (!(attempt instanceof Attempt.Accepted accepted)) {
            return Others.both(Seen.weak(second.clientId() + " is not let in: " + ProbeRows.words(attempt)));
        }
        try (Session witness = accepted.session()) {
            return roundTrip(witness, others)
                    .map(fault ->
                            Others.both(Seen.weak(second.clientId() + " has not the topic " + others + ": " + fault)))
                    .orElseGet(() -> othersTopic(Optional.of(witness)));
        }
    }

    private Others othersTopic(Optional<Session> witness) {
        Seen subscribes = isThere() ? subscribes(witness) : gone();
        String payload = unique.get();
        Seen publishes = isThere() ? publishes(payload, witness) : gone();
        return session.hasReceived(others, payload)
                ? Others.both(Seen.wrong("it came back: the device reads and writes it"))
                : new Others(publishes, subscribes);
    }

    private static Seen gone() {
        return Seen.weak("the broker ended the session, and did not let the device in again");
    }

    /** A broker may end a session that tries another's topic; the device then comes back, unless it is the broker that ended. */
    private boolean isThere() {
        if (session.hasEnded() && broker.connect(login) instanceof Attempt.Accepted accepted) {
            session = accepted.session();
            session.subscribe(own);
        }
        return !session.hasEnded();
    }

    private Seen subscribes(Optional<Session> witness) {
        Optional<Seen> refused = unlessGranted(session.subscribe(others), "subscription");
        if (refused.isPresent()) {
            return refused.get();
        }
        if (witness.isEmpty()) {
            return Seen.notTried(
                    "the subscription is granted, and nobody sends something there; --other names a device that does");
        }
        String payload = unique.get();
        boolean isSent = sends(witness.get(), others, payload);
        boolean isFenced = sends(session, own, unique.get());
        if (session.hasReceived(others, payload)) {
            return Seen.wrong("what another device sends there comes");
        }
        return isSent && isFenced
                ? Seen.right("what another device sends there does not come")
                : Seen.weak("what was sent afterwards did not come either, not even on their own topics");
    }

    private Seen publishes(String payload, Optional<Session> witness) {
        Optional<Seen> refused = unlessGranted(session.publish(others, payload), "message");
        boolean isFenced = refused.isPresent() || sends(session, own, unique.get());
        boolean isWitnessFenced =
                witness.map(other -> sends(other, others, unique.get())).orElse(true);
        if (witness.filter(other -> other.hasReceived(others, payload)).isPresent()) {
            return Seen.wrong("another device got it");
        }
        if (refused.isPresent()) {
            return refused.get();
        }
        if (!isFenced || !isWitnessFenced) {
            return Seen.weak("what was sent afterwards did not come either, not even on their own topics");
        }
        boolean isTold = order.version() == MqttVersion.V5;
        if (witness.isPresent()) {
            return isTold ? Seen.weak("the broker took it, and it came to nobody") : Seen.right("it came to nobody");
        }
        return isTold
                ? Seen.wrong("the broker took it, so the device writes there")
                : Seen.notTried(
                        "a broker does not say in MQTT 3.1.1 whether it took a message; --other names a device that listens");
    }

    /** Publishes, and waits until it is back: what was on its way before has come then. */
    private static boolean sends(Session who, String topic, String payload) {
        who.publish(topic, payload);
        return who.receives(topic, payload);
    }

    /** What an answer comes to that does not grant; by QoS 1 it may be the end of the session (MQTT 3.1.1 section 3.3.5). */
    private Optional<Seen> unlessGranted(Session.Answer answer, String what) {
        if (answer.isGranted()) {
            return Optional.empty();
        }
        if (answer.code().isPresent()) {
            String words = "the " + what + " was refused, code " + ProbeRows.hex(answer.code());
            return Optional.of(ABOUT_ELSE.contains(answer.code().getAsInt()) ? Seen.weak(words) : Seen.right(words));
        }
        if (!session.ends()) {
            return Optional.of(Seen.weak("the broker did not answer the " + what));
        }
        return Optional.of(isThere() ? Seen.right("the broker ended the session at the " + what) : gone());
    }

    // ---- another client ID ----

    /** @return whether the broker ties it to the login */
    private boolean clientId() {
        String expected = "another client ID is refused, or is the device's own session again";
        if (!isThere()) {
            rows.add("client-id", expected, gone().words, gone().verdict, ProbeRows.LOOK);
            return false;
        }
        Attempt second = broker.connect(login.as(NOBODY));
        boolean isRefused = ProbeBroker.isRefusal(second);
        boolean isIn = second instanceof Attempt.Accepted;
        boolean isTakenOver = isIn && session.ends();
        if (second instanceof Attempt.Accepted accepted) {
            accepted.session().close();
        }
        rows.add(
                "client-id",
                expected,
                !isIn
                        ? ProbeRows.words(second)
                        : isTakenOver ? "it is the device's own session" : "it is let in as another session",
                isRefused || isTakenOver ? Probed.Verdict.RIGHT : Probed.Verdict.WEAK,
                "one device can end another's session by its client ID: set use_username_as_clientid in Mosquitto, or"
                        + " peer_cert_as_clientid in EMQX");
        return isRefused || isTakenOver;
    }
}
