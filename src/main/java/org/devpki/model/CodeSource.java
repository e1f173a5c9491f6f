package org.devpki.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Who gives a number its meaning: the same 5 is one thing to a broker and another to a shell. */
public enum CodeSource {
    MBEDTLS("mbedtls", "mbedTLS"),
    MBEDTLS_FLAGS("mbedtls-flags", "mbedTLS verify flag"),
    ESP("esp", "ESP-IDF"),
    ERRNO("errno", "ESP-IDF errno"),
    MQTT_3_1_1("mqtt-3.1.1", "MQTT 3.1.1"),
    MQTT_5("mqtt-5", "MQTT 5"),
    OPENSSL("openssl", "OpenSSL"),
    TLS_ALERT("tls-alert", "TLS alert"),
    MOSQUITTO("mosquitto", "Mosquitto"),
    EXIT("exit", "devpki exit");

    private final String word;
    private final String title;

    CodeSource(String word, String title) {
        this.word = word;
        this.title = title;
    }

    public static CodeSource parse(String text) {
        return Arrays.stream(values())
                .filter(source -> source.word.equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("source " + Quoted.of(text) + " is not one of " + words()));
    }

    /** All words, for sentences. */
    public static String words() {
        return Arrays.stream(values()).map(CodeSource::word).collect(Collectors.joining(", "));
    }

    /** As files, options and JSON spell it, such as {@code tls-alert}. */
    public String word() {
        return word;
    }

    /** As people read it, such as {@code TLS alert}. */
    public String title() {
        return title;
    }

    /** A number as this source's own logs print it. */
    public String spell(int number) {
        return switch (this) {
            case MBEDTLS -> String.format("-0x%04X", -number);
            case MBEDTLS_FLAGS, ESP -> String.format("0x%x", number);
            case MQTT_5 -> String.format("0x%02x (%d)", number, number);
            case ERRNO, MQTT_3_1_1, OPENSSL, TLS_ALERT, MOSQUITTO, EXIT -> Integer.toString(number);
        };
    }
}
