package org.devpki.model;

import java.util.Arrays;

/** A version of MQTT. */
public enum MqttVersion {
    V3_1_1("3.1.1", CodeSource.MQTT_3_1_1),
    V5("5", CodeSource.MQTT_5);

    private final String text;
    private final CodeSource codes;

    MqttVersion(String text, CodeSource codes) {
        this.text = text;
        this.codes = codes;
    }

    public static MqttVersion parse(String text) {
        return Arrays.stream(values())
                .filter(version -> version.text.equals(text))
                .findFirst()
                .orElseThrow(
                        () -> DevpkiException.invalid("MQTT version " + Quoted.of(text) + " is neither 3.1.1 nor 5"));
    }

    public String text() {
        return text;
    }

    /** Who gives the codes in its CONNACK their meaning. */
    public CodeSource codes() {
        return codes;
    }
}
