package org.devpki.broker;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.devpki.model.Broker;
import org.devpki.model.DeviceId;
import org.devpki.model.Fault;
import org.devpki.model.Kick;
import org.junit.jupiter.api.Test;

class KickScriptTest {
    private static final List<Kick> TWO =
            List.of(new Kick(new DeviceId("plant-1"), false), new Kick(new DeviceId("line_3:7.a"), true));

    private static List<String> kicks(Broker broker, List<Kick> kicks) {
        return KickScript.of(broker, kicks)
                .lines()
                .filter(line -> line.startsWith("kick "))
                .toList();
    }

    @Test
    void eachClientIsALineInQuotes() {
        for (Broker broker : List.of(Broker.EMQX, Broker.VERNEMQ, Broker.HIVEMQ)) {
            assertEquals(List.of("kick 'plant-1'", "kick 'line_3:7.a'"), kicks(broker, TWO), broker.text());
        }
    }

    @Test
    void mosquittoLetsBackWhoHasAnotherCertificate() {
        assertEquals(List.of("kick 'plant-1'", "kick 'line_3:7.a' again"), kicks(Broker.MOSQUITTO, TWO));
    }

    @Test
    void emqxIsToldOfFiveHundredAtOnce() {
        List<Kick> many = IntStream.range(0, 1001)
                .mapToObj(i -> new Kick(new DeviceId("d" + i), false))
                .toList();

        List<String> requests = kicks(Broker.EMQX_API, many);

        assertEquals(3, requests.size());
        assertEquals("kick '[\"d1000\"]'", requests.get(2));
        assertEquals(List.of("kick '[\"plant-1\",\"line_3:7.a\"]'"), kicks(Broker.EMQX_API, TWO));
    }

    @Test
    void aBrokerIsReadAsItIsSpelled() {
        for (Broker broker : Broker.values()) {
            assertEquals(broker, Broker.parse(broker.text()));
        }
        assertFault(Fault.INVALID_INPUT, "\"rabbit\" is not one of mosquitto, emqx,", () -> Broker.parse("rabbit"));
    }
}
