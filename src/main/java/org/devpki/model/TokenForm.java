package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The broker that an access token is for: each reads topic permissions from claims of its own. */
public enum TokenForm {
    /** A list of rules in the claim {@code acl}, the last of which denies what none of them allows; EMQX 5.5 and later. */
    EMQX,
    /** Lists of patterns in {@code publish_acl} and {@code subscribe_acl}, as VerneMQ's own authentication scripts keep them. */
    VERNEMQ,
    /** The claim {@code scope}, which HiveMQ's Enterprise Security Extension compares, and the rules of EMQX beside it. */
    HIVEMQ;

    public static TokenForm parse(String text) {
        return Arrays.stream(values())
                .filter(form -> form.text().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () -> DevpkiException.invalid("form of access tokens " + Quoted.of(text) + " is not one of "
                                + Arrays.stream(values()).map(TokenForm::text).collect(Collectors.joining(", "))));
    }

    /** As {@link #parse} reads it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
