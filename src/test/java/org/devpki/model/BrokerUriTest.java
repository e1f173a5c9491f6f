package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerUriTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mqtts://mqtt.acme.example:8883",
                "wss://mqtt.acme.example/mqtt",
                "mqtts://192.0.2.7",
                "MQTTS://[::1]:1"
            })
    void aUriWithTlsIsTakenWithoutAWarning(String text) {
        assertEquals(Optional.empty(), new BrokerUri(text).warning());
    }

    @Test
    void aUriWithoutTlsIsWarnedOf() {
        assertTrue(new BrokerUri("mqtt://mqtt.acme.example")
                .warning()
                .orElseThrow()
                .endsWith("mqtts:// is right"));
        assertTrue(
                new BrokerUri("WS://mqtt.acme.example").warning().orElseThrow().endsWith("wss:// is right"));
    }

    @Test
    void aWarningShowsNothingOfWhatMayBeAPassword() {
        String warning =
                BrokerUri.warning(" mqtt://fleet:hunter2@mqtt.acme.example").orElseThrow();

        assertFalse(warning.contains("hunter2") || warning.contains("fleet"), warning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mqtt.acme.example",
                "https://mqtt.acme.example",
                "mqtts://u:p@mqtt.acme.example",
                "mqtts://a\"b",
                "mqtts://"
            })
    void anythingElseIsRefused(String text) {
        assertFault(Fault.INVALID_INPUT, "mqtts://", () -> new BrokerUri(text));
    }
}
