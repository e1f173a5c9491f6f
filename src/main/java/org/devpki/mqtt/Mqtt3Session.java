package org.devpki.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuth;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** By MQTT 3.1.1, in which a broker does not say whether a device may publish. */
final class Mqtt3Session extends Connecting {
    private final Mqtt3AsyncClient client;

    Mqtt3Session(Mqtt3AsyncClient client, Duration timeout, CompletableFuture<Optional<Throwable>> end) {
        super(timeout, end);
        this.client = client;
    }

    @Override
    CompletableFuture<Optional<String>> send(Login login) {
        client.publishes(
                MqttGlobalPublishFilter.ALL,
                message -> came(message.getTopic().toString(), new String(message.getPayloadAsBytes(), UTF_8)));
        Mqtt3ConnectBuilder connect = Mqtt3Connect.builder().cleanSession(true);
        Optional<Mqtt3SimpleAuth> auth = login.userName().map(name -> auth(name, login));
        return client.connect(auth.map(connect::simpleAuth).orElse(connect).build())
                .thenApply(answer -> Optional.empty());
    }

    private static Mqtt3SimpleAuth auth(String name, Login login) {
        Mqtt3SimpleAuthBuilder.Complete auth = Mqtt3SimpleAuth.builder().username(name);
        return login.password()
                .map(secret -> secret.lend(octets -> auth.password(octets.clone())))
                .orElse(auth)
                .build();
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
                .thenAccept(answer -> {});
    }

    @Override
    CompletableFuture<Void> sendDisconnect() {
        return client.disconnect();
    }

    @Override
    Optional<Refusal> refusal(Throwable thrown) {
        if (thrown instanceof Mqtt3ConnAckException refused) {
            return Optional.of(
                    new Refusal(refused.getMqttMessage().getReturnCode().getCode(), Optional.empty()));
        }
        if (thrown instanceof Mqtt3SubAckException refused) {
            return Optional.of(
                    new Refusal(refused.getMqttMessage().getReturnCodes().get(0).getCode(), Optional.empty()));
        }
        return Optional.empty();
    }

    @Override
    Optional<Refusal> end(Throwable thrown) {
        return Optional.empty();
    }
}
