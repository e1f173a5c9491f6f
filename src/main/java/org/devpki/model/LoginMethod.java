package org.devpki.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a device shows a broker who it is. */
public enum LoginMethod {
    CERTIFICATE,
    PASSWORD,
    TOKEN;

    public static LoginMethod parse(String text) {
        return Arrays.stream(values())
                .filter(method -> method.text().equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("way to log in " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(LoginMethod::text).collect(Collectors.joining(", "))));
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
