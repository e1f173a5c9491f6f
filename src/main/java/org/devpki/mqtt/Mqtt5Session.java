package org.devpki.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttClientIdentifier;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5MessageException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** By MQTT 5. */
final class Mqtt5Session extends Connecting {
    private final Mqtt5AsyncClient client;

    Mqtt5Session(Mqtt5AsyncClient client, Duration timeout, CompletableFuture<Optional<Throwable>> end) {
        super(timeout, end);
        this.client = client;
    }

    @Override
    CompletableFuture<Optional<String>> send(Login login) {
        client.publishes(
                MqttGlobalPublishFilter.ALL,
                message -> came(message.getTopic().toString(), new String(message.getPayloadAsBytes(), UTF_8)));
        Mqtt5ConnectBuilder connect = Mqtt5Connect.builder().cleanStart(true).sessionExpiryInterval(0);
        return client.connect(
                        auth(login).map(connect::simpleAuth).orElse(connect).build())
                .thenApply(answer -> answer.getAssignedClientIdentifier().map(MqttClientIdentifier::toString));
    }

    private static Optional<Mqtt5SimpleAuth> auth(Login login) {
        if (login.userName().isEmpty() && login.password().isEmpty()) {
            return Optional.empty();
        }
        Mqtt5SimpleAuthBuilder auth = Mqtt5SimpleAuth.builder();
        Optional<Mqtt5SimpleAuthBuilder.Complete> named = login.userName().map(auth::username);
        Optional<Mqtt5SimpleAuthBuilder.Complete> whole = login.password()
                .map(secret -> secret.lend(octets ->
                        named.isPresent() ? named.get().password(octets.clone()) : auth.password(octets.clone())))
                .or(() -> named);
        return whole.map(Mqtt5SimpleAuthBuilder.Complete::build);
    }

    @Override
    CompletableFuture<Void> sendSubscribe(String topic) {
        return client.subscribeWith()
                .topicFilter(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .send()
                .thenAccept(answer -> {});
    }

    @Override
    CompletableFuture<Void> sendPublish(String topic, String payload) {
        return client.publishWith()
                .topic(topic)
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(payload.getBytes(UTF_8))
                .send()
                .thenCompose(result -> result.getError()
                        .map(CompletableFuture::<Void>failedFuture)
                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    @Override
    CompletableFuture<Void> sendDisconnect() {
        return client.disconnect();
    }

    @Override
    Optional<Refusal> refusal(Throwable thrown) {
        if (thrown instanceof Mqtt5ConnAckException refused) {
            return refused(refused, refused.getMqttMessage().getReasonCode().getCode());
        }
        if (thrown instanceof Mqtt5PubAckException refused) {
            return refused(refused, refused.getMqttMessage().getReasonCode().getCode());
        }
        if (thrown instanceof Mqtt5SubAckException refused) {
            return refused(
                    refused, refused.getMqttMessage().getReasonCodes().get(0).getCode());
        }
        return Optional.empty();
    }

    @Override
    Optional<Refusal> end(Throwable thrown) {
        return thrown instanceof Mqtt5DisconnectException ended
                ? refused(ended, ended.getMqttMessage().getReasonCode().getCode())
                : Optional.empty();
    }

    private static Optional<Refusal> refused(Mqtt5MessageException thrown, int code) {
        return Optional.of(new Refusal(
                code,
                thrown.getMqttMessage() instanceof Mqtt5ConnAck ack
                        ? ack.getReasonString().map(Object::toString)
                        : Optional.empty()));
    }
}
