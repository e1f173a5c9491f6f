package org.devpki.app;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
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
    /** Of DISCONNECT, PUBACK and SUBACK in MQTT 5: not authorised. */
    private static final int NOT_AUTHORIZED = 0x87;

    /** Of SUBACK in MQTT 3.1.1, which knows no other that refuses. */
    private static final int FAILURE = 0x80;

    /** Of DISCONNECT in MQTT 5: another connection has the session now. */
    private static final int TAKEN_OVER = 0x8e;

    /** How long what was sent before a fence may still take, where another node delivers it. */
    private static final Duration LATEST = Duration.ofSeconds(1);

    private final ProbeBroker.Order order;
    private final ProbeRows rows;
    private final Connector broker;
    private final Login login;
    private final Supplier<String> unique;
    private final String own;
    private final String others;
    private final Duration grace;
    private Session session;

    /** What was seen, and what it comes to. */
    private record Seen(Probed.Verdict verdict, String words, String fix) {
        static Seen right(String words) {
            return new Seen(Probed.Verdict.RIGHT, words, "");
        }

        static Seen weak(String words) {
            return weak(words, ProbeRows.LOOK);
        }

        static Seen weak(String words, String fix) {
            return new Seen(Probed.Verdict.WEAK, words, fix);
        }

        static Seen wrong(String words) {
            return new Seen(Probed.Verdict.WRONG, words, ACL);
        }

        static Seen notTried(String why) {
            return new Seen(Probed.Verdict.NOT_TRIED, "not tried: " + why, "");
        }
    }

    private static final String ACL =
            "let the ACL give each device its own topics alone: devices/%u/# in Mosquitto, devices/${username}/# in EMQX, and"
                    + " no line for everybody";

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
        this.own = order.own();
        this.others = order.others();
        this.grace = Collections.min(List.of(LATEST, order.timeout().dividedBy(10)));
    }

    /**
     * @param second another device's login, where there is one
     * @return what the broker takes the device for
     */
    String run(Optional<Login> second) {
        try {
            Probed.Verdict ownTopic = ownTopic();
            boolean hasOwn = ownTopic == Probed.Verdict.RIGHT;
            Others seen = hasOwn
                    ? second.map(this::witnessed).orElseGet(() -> othersTopic(Optional.empty()))
                    : Others.both(Seen.notTried("nothing came of the device's own topic"));
            row("publish-other", "a message on " + others + " is refused, or comes to nobody", seen.publishes);
            row("subscribe-other", "what another sends on " + others + " does not come", seen.subscribes);
            Probed.Verdict clientId = clientId(hasOwn, seen);
            if (ownTopic == Probed.Verdict.WEAK) {
                return "not seen: nothing came of its own topic";
            }
            return hasOwn
                    ? identity(seen, clientId)
                    : "somebody else: it has not the topic " + own + " of "
                            + order.device().id();
        } finally {
            session.close();
        }
    }

    /** Where the device is not let in. */
    static void notTried(ProbeRows rows) {
        for (String name : List.of("own-topic", "publish-other", "subscribe-other", "client-id")) {
            rows.notTried(name, "", "the device is not let in");
        }
    }

    private String identity(Others seen, Probed.Verdict clientId) {
        if (seen.has(Probed.Verdict.WRONG) || clientId == Probed.Verdict.WRONG) {
            return "anybody: it has another's topic as well as its own";
        }
        boolean isBounded =
                seen.publishes.verdict == Probed.Verdict.RIGHT && seen.subscribes.verdict == Probed.Verdict.RIGHT;
        return order.device().id()
                + (isBounded
                        ? ", for it has its own topic and not another's"
                        : ", for it has its own topic; whether it has another's as well was not seen")
                + "; its client ID is "
                + (clientId == Probed.Verdict.RIGHT ? "tied to it" : "what it says");
    }

    private Probed.Verdict ownTopic() {
        Seen seen = roundTrip(session, own).orElse(Seen.right("it came back"));
        boolean isOver = seen.verdict != Probed.Verdict.RIGHT && session.hasEnded() && !isBack();
        Seen said = isOver ? gone() : seen;
        row("own-topic", "a message on " + own + " comes back", said);
        return said.verdict;
    }

    /** @return what kept a message from coming back; what the broker said of it goes before what it said of the subscription */
    private Optional<Seen> roundTrip(Session who, String topic) {
        Session.Answer subscribed = who.subscribe(topic);
        String payload = unique.get();
        Session.Answer published = who.publish(topic, payload);
        if (who.receives(topic, payload)) {
            return Optional.empty();
        }
        if (published.code().isPresent()) {
            return Optional.of(keptOut(refusal("message", published)));
        }
        if (subscribed.code().isPresent()) {
            return Optional.of(keptOut(refusal("subscription", subscribed)));
        }
        if (who.hasEnded()) {
            return Optional.of(keptOut("the broker ended the session"));
        }
        boolean isTold = order.version() == MqttVersion.V5 && published.isGranted() && subscribed.isGranted();
        return Optional.of(
                isTold
                        ? Seen.weak(
                                "the broker took the message and the subscription, and nothing came back",
                                "name a topic by --topic which the device may both send to and read; here it may perhaps do one of the two")
                        : keptOut("nothing came back"));
    }

    private static Seen keptOut(String words) {
        return new Seen(
                Probed.Verdict.WRONG,
                words,
                "let the ACL give each device devices/NAME/#, by the name that the broker takes from its login (devpki broker config"
                        + " writes one), and look that it takes the common name");
    }

    private static String refusal(String what, Session.Answer answer) {
        return "the " + what + " was refused, code "
                + ProbeRows.hex(answer.code().getAsInt());
    }

    // ---- another's topic ----

    private void row(String name, String expected, Seen seen) {
        rows.add(name, expected, seen.words, seen.verdict, seen.fix);
    }

    private Others witnessed(Login second) {
        String name = second.clientId();
        String fix = "probe " + name + " by --as, until it is let in and has its topic";
        Attempt attempt = broker.connect(second);
        if (!(attempt instanceof Attempt.Accepted accepted)) {
            return Others.both(Seen.weak(name + " is not let in: " + ProbeRows.words(attempt), fix));
        }
        try (Session witness = accepted.session()) {
            return roundTrip(witness, others)
                    .map(fault ->
                            Others.both(Seen.weak(name + " has not the topic " + others + ": " + fault.words, fix)))
                    .orElseGet(() -> othersTopic(Optional.of(witness)));
        }
    }

    private Others othersTopic(Optional<Session> witness) {
        Seen subscribes = subscribes(witness);
        String payload = unique.get();
        Seen publishes = publishes(payload, witness);
        return session.hasReceived(others, payload)
                ? Others.both(Seen.wrong("it came back: the device reads and writes it"))
                : new Others(publishes, subscribes);
    }

    private Seen subscribes(Optional<Session> witness) {
        if (!isReady()) {
            return gone();
        }
        Session.Answer answer = session.subscribe(others);
        if (isMissing(answer)) {
            return unanswered("subscription", () -> session.subscribe(others));
        }
        if (witness.isEmpty()) {
            return answer.isGranted()
                    ? Seen.notTried(
                            "the subscription is granted, and nobody sends something there; --other names a device that does")
                    : refused("subscription", answer);
        }
        String payload = unique.get();
        boolean isSent = sends(witness.get(), others, payload);
        boolean isFenced = sends(session, own, unique.get());
        if (session.receives(others, payload, grace)) {
            return Seen.wrong("what another device sends there comes");
        }
        if (!isSent || !isFenced) {
            return silent();
        }
        return answer.isGranted()
                ? Seen.right("what another device sends there does not come")
                : Seen.right(refusal("subscription", answer));
    }

    private Seen publishes(String payload, Optional<Session> witness) {
        if (!isReady()) {
            return gone();
        }
        Session.Answer answer = session.publish(others, payload);
        Optional<Seen> unanswered = isMissing(answer)
                ? Optional.of(unanswered("message", () -> session.publish(others, payload)))
                : Optional.empty();
        boolean isFenced = unanswered.isPresent()
                || sends(session, own, unique.get())
                || (answer.code().isPresent() && session.hasEnded()); // it may refuse, and then end the session
        boolean isWitnessFenced =
                witness.map(other -> sends(other, others, unique.get())).orElse(true);
        if (witness.filter(other -> other.receives(others, payload, grace)).isPresent()) {
            return Seen.wrong("another device got it");
        }
        if (!isFenced || !isWitnessFenced) {
            return silent();
        }
        if (unanswered.isPresent()) {
            return unanswered.get();
        }
        if (answer.code().isPresent()) {
            return witness.isPresent() ? Seen.right(refusal("message", answer)) : refused("message", answer);
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

    private static Seen silent() {
        return Seen.weak("what was sent afterwards did not come either, not even on their own topics");
    }

    private static Seen gone() {
        return Seen.weak("the broker ended the session, and then was silent or did not let the device in");
    }

    /**
     * Whether the device is there, and gets what it sends itself; if the broker ended its session, once more in a new one. So what
     * comes next is an answer to what is asked next.
     */
    private boolean isReady() {
        return (isBack() && sends(session, own, unique.get()))
                || (session.hasEnded() && isBack() && sends(session, own, unique.get()));
    }

    private boolean isBack() {
        if (session.hasEnded() && broker.connect(login) instanceof Attempt.Accepted accepted) {
            session = accepted.session();
            session.subscribe(own);
        }
        return !session.hasEnded();
    }

    private static boolean isMissing(Session.Answer answer) {
        return !answer.isGranted() && answer.code().isEmpty();
    }

    private Seen refused(String what, Session.Answer answer) {
        int meant = order.version() == MqttVersion.V5 ? NOT_AUTHORIZED : FAILURE;
        String words = refusal(what, answer);
        return answer.code().equals(OptionalInt.of(meant)) ? Seen.right(words) : Seen.weak(words);
    }

    /**
     * What an end of the session says in place of an answer, which is how a broker of MQTT 3.1.1 may refuse a message (section 3.3.5): that
     * it refuses, if it says so, or if it comes again.
     */
    private Seen unanswered(String what, Supplier<Session.Answer> again) {
        String words = "the broker ended the session at the " + what;
        for (int time = 0; ; time++) {
            if (!session.ends()) {
                return Seen.weak("the broker did not answer the " + what);
            }
            OptionalInt code = session.endCode();
            if (code.isPresent()) {
                String told = words + ", code " + ProbeRows.hex(code.getAsInt());
                return code.getAsInt() == NOT_AUTHORIZED ? Seen.right(told) : Seen.weak(told);
            }
            if (!isReady()) {
                return gone();
            }
            if (time > 0) {
                return Seen.right(words);
            }
            if (!isMissing(again.get())) {
                return Seen.weak(words + " once, and not when it came back");
            }
        }
    }

    // ---- another client ID ----

    /** Whether the broker takes one more connection: it may hang up on whoever is one too many. */
    private boolean takesAnother() {
        if (broker.connect(login) instanceof Attempt.Accepted accepted) {
            session = accepted.session(); // the one before has ended by this
            return true;
        }
        return false;
    }

    private Probed.Verdict clientId(boolean hasOwn, Others seenOfOthers) {
        String other = order.other()
                .map(device -> device.id().value())
                .orElse(order.device().id() + "-probe");
        Seen seen = otherClientId(other, hasOwn, seenOfOthers.has(Probed.Verdict.WRONG));
        row("client-id", "client ID " + other + " is refused, or is the device's own session again", seen);
        return seen.verdict;
    }

    /** Where the broker does not say that a session was taken over, it must be so twice. */
    private Seen otherClientId(String other, boolean hasOwn, boolean hasOthers) {
        for (int time = 0; ; time++) {
            if (!(hasOwn ? isReady() : isBack())) {
                return gone();
            }
            Attempt second = broker.connect(login.as(other));
            if (!(second instanceof Attempt.Accepted accepted)) {
                String words = ProbeRows.words(second);
                boolean isMeant =
                        ProbeBroker.isRefusal(second) && (second instanceof Attempt.Refused || takesAnother());
                return isMeant ? Seen.right(words) : Seen.weak(words);
            }
            boolean isTakenOver = session.ends();
            boolean isOther = !hasOthers
                    && !isTakenOver
                    && order.other().isPresent()
                    && roundTrip(accepted.session(), others).isEmpty();
            accepted.session().close();
            OptionalInt code = session.endCode();
            if (isOther) {
                return Seen.wrong("it is let in as " + other + ", and has the topic " + others);
            }
            if (!isTakenOver || (code.isPresent() && code.getAsInt() != TAKEN_OVER)) {
                return Seen.weak(
                        "it is let in as another session",
                        "one device can end another's session by its client ID: set use_username_as_clientid in Mosquitto, or"
                                + " peer_cert_as_clientid in EMQX");
            }
            if (code.isPresent() || time > 0) {
                return Seen.right("it is the device's own session");
            }
        }
    }
}
