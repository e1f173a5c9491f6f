package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the bearer of an access token may do, and where.
 *
 * @param topic an MQTT topic filter (MQTT 5.0 section 4.7), 1 to 256 characters; {@code ${clientid}} and {@code ${username}}
 *     stand for the device's own
 */
public record TopicGrant(Access access, String topic) {
    private static final int MOST = 256;
    private static final String CLIENT_ID = "${clientid}";
    private static final String USER_NAME = "${username}";

    /** What is allowed. */
    public enum Access {
        PUBLISH,
        SUBSCRIBE,
        ALL;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean includes(Access other) {
            return this == other || this == ALL;
        }
    }

    public TopicGrant {
        if (topic.isEmpty() || topic.length() > MOST || topic.chars().anyMatch(Character::isISOControl)) {
            throw DevpkiException.invalid("topic " + Quoted.of(topic) + " is not 1 to " + MOST
                    + " characters, none of them a control character");
        }
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            boolean isWild = levels[i].contains("#") || levels[i].contains("+");
            boolean isLast = i == levels.length - 1;
            if (isWild && !levels[i].equals("+") && !(levels[i].equals("#") && isLast)) {
                throw DevpkiException.invalid(
                        "topic " + Quoted.of(topic) + " has + or # that is no level of its own, or # before the end");
            }
        }
        if (topic.replace(CLIENT_ID, "").replace(USER_NAME, "").contains("${")) {
            throw DevpkiException.invalid(
                    "topic " + Quoted.of(topic) + " has a ${…} that is neither " + CLIENT_ID + " nor " + USER_NAME);
        }
    }

    /** Reads {@code publish:TOPIC}, {@code subscribe:TOPIC} or {@code all:TOPIC}. */
    public static TopicGrant parse(String text) {
        int colon = Math.max(text.indexOf(':'), 0);
        String word = text.substring(0, colon);
        Access access = Arrays.stream(Access.values())
                .filter(known -> known.text().equals(word))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("permission " + Quoted.of(text) + " does not begin with "
                        + Arrays.stream(Access.values())
                                .map(known -> known.text() + ":")
                                .collect(Collectors.joining(", "))));
        return new TopicGrant(access, text.substring(colon + 1));
    }

    /** The same with a device's own names in it, which have no {@code + # /} and no {@code $} in them. */
    public TopicGrant of(DeviceId clientId, DeviceId userName) {
        return new TopicGrant(access, topic.replace(CLIENT_ID, clientId.value()).replace(USER_NAME, userName.value()));
    }

    /** As {@link #parse} reads it. */
    public String text() {
        return access.text() + ":" + topic;
    }
}
