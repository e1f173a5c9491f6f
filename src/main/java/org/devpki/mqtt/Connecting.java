package org.devpki.mqtt;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** What the sessions of both versions have in common: answers that are waited for, messages that came, an end. */
abstract class Connecting implements Session {
    /** What arrives late is not missed for a poll more or less. */
    private static final long POLL_MILLIS = 20;

    private record Message(String topic, String payload) {}

    private final Duration timeout;
    private final Queue<Message> received = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Optional<Throwable>> end;
    private volatile Optional<String> assigned = Optional.empty();

    /** @param end when the connection is over: what the broker said, if it was the broker that ended it */
    Connecting(Duration timeout, CompletableFuture<Optional<Throwable>> end) {
        this.timeout = timeout;
        this.end = end;
    }

    /** Sends CONNECT. @return the client ID that the broker gave, once it took the connection */
    abstract CompletableFuture<Optional<String>> send(Login login);

    abstract CompletableFuture<Void> sendSubscribe(String topic);

    abstract CompletableFuture<Void> sendPublish(String topic, String payload);

    abstract CompletableFuture<Void> sendDisconnect();

    /** The refusal in what the client threw, if it is an answer of the broker's to what was asked. */
    abstract Optional<Refusal> refusal(Throwable thrown);

    /** The same, if the broker said why it ends the connection. */
    abstract Optional<Refusal> end(Throwable thrown);

    /** A code and the broker's words. */
    record Refusal(int code, Optional<String> reason) {}

    final void came(String topic, String payload) {
        received.add(new Message(topic, payload));
    }

    final Attempt connect(Login login, Supplier<Optional<Handshake>> handshake) {
        try {
            assigned = send(login).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Attempt.Accepted(handshake.get(), this);
        } catch (TimeoutException e) {
            close();
            return new Attempt.Ended(
                    handshake.get(), Attempt.How.SILENT, "no answer within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            return failed(cause(e), handshake.get());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Attempt failed(Throwable thrown, Optional<Handshake> handshake) {
        Optional<Refusal> refusal = refusal(thrown).or(this::endRefusal);
        if (refusal.isPresent()) {
            return new Attempt.Refused(
                    handshake, refusal.get().code(), refusal.get().reason());
        }
        Throwable root = thrown;
        while (root.getCause() != null && !(root instanceof SSLException)) {
            root = root.getCause();
        }
        Optional<String> fault = handshake.flatMap(Handshake::fault);
        String words = fault.orElse(Objects.requireNonNullElse(root.getMessage(), "without a word"));
        return new Attempt.Ended(handshake, how(root, fault.isPresent()), words);
    }

    private static Attempt.How how(Throwable root, boolean isDistrusted) {
        if (isDistrusted) {
            return Attempt.How.DISTRUSTED;
        }
        if (root instanceof ConnectException
                || root instanceof UnknownHostException
                || root instanceof NoRouteToHostException) {
            return Attempt.How.UNREACHABLE;
        }
        return String.valueOf(root.getMessage())
                        .toLowerCase(java.util.Locale.ROOT)
                        .contains("time")
                ? Attempt.How.SILENT
                : Attempt.How.CLOSED;
    }

    @Override
    public final Optional<String> assignedClientId() {
        return assigned;
    }

    @Override
    public final Answer subscribe(String topic) {
        return answer(sendSubscribe(topic));
    }

    @Override
    public final Answer publish(String topic, String payload) {
        return answer(sendPublish(topic, payload));
    }

    private Answer answer(CompletableFuture<Void> sent) {
        try {
            sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Answer.GRANTED;
        } catch (TimeoutException e) {
            return Answer.NONE;
        } catch (ExecutionException e) {
            return refusal(cause(e))
                    .map(refusal -> new Answer(false, OptionalInt.of(refusal.code())))
                    .orElse(Answer.NONE); // the session has ended, as it says itself
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Throwable cause(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }

    @Override
    public final boolean receives(String topic, String payload) {
        return receives(topic, payload, timeout);
    }

    @Override
    public final boolean receives(String topic, String payload, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!hasReceived(topic, payload) && !hasEnded() && System.nanoTime() < deadline) {
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        return hasReceived(topic, payload);
    }

    @Override
    public final boolean hasReceived(String topic, String payload) {
        return received.contains(new Message(topic, payload));
    }

    @Override
    public final boolean ends() {
        try {
            end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public final boolean hasEnded() {
        return end.isDone();
    }

    private Optional<Refusal> endRefusal() {
        return end.isDone() ? end.join().flatMap(this::end) : Optional.empty();
    }

    @Override
    public final OptionalInt endCode() {
        return endRefusal().map(refusal -> OptionalInt.of(refusal.code())).orElse(OptionalInt.empty());
    }

    @Override
    public final void close() {
        answer(sendDisconnect());
    }
}
