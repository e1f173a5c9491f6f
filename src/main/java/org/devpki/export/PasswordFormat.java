package org.devpki.export;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.model.BrokerUri;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;

/** How a device's password is written for whoever puts it into the device. */
public enum PasswordFormat {
    /** The password and a line feed, as {@code --password-file} reads it. */
    TEXT,
    /** Lines {@code X=VALUE}, as {@code --nvs-values} reads them. */
    VALUES,
    /** Lines of an ESP-IDF project's configuration, and the Kconfig that declares them. */
    SDKCONFIG,
    /** A header for ESP-IDF's MQTT client. */
    HEADER;

    /** The file of {@link #TEXT}, which is always there. */
    public static final String TEXT_FILE = "password.txt";

    /** The X of {@code {secret.X}} that an NVS image gets the password by. */
    public static final String PASSWORD_VALUE = "mqtt_password";

    /** The X of {@code {value.X}} that it gets the user name by. */
    public static final String USERNAME_VALUE = "mqtt_username";

    public static PasswordFormat parse(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text().equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("password format " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(PasswordFormat::text).collect(Collectors.joining(", "))));
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param password of letters and digits
     * @param uri where the broker is, if that is told
     */
    public List<ExportedFile> files(DeviceId device, SecretBytes password, Optional<BrokerUri> uri) {
        return switch (this) {
            case TEXT -> List.of(secret(TEXT_FILE, password, "%s\n"));
            case VALUES ->
                List.of(secret(
                        "password.values", password, USERNAME_VALUE + "=" + device + "\n" + PASSWORD_VALUE + "=%s\n"));
            case SDKCONFIG ->
                List.of(
                        secret("sdkconfig.password", password, sdkconfig(device, uri)),
                        ExportedFiles.text("Kconfig.projbuild", kconfig()));
            case HEADER -> List.of(secret("devpki_password.h", password, header(device, uri)));
        };
    }

    private static ExportedFile secret(String name, SecretBytes password, String template) {
        return ExportedFiles.secret(
                name,
                SecretBytes.taking(password.lend(
                        octets -> template.replace("%s", new String(octets, StandardCharsets.US_ASCII))
                                .getBytes(StandardCharsets.UTF_8))));
    }

    private static String sdkconfig(DeviceId device, Optional<BrokerUri> uri) {
        return "# Of one device, with its password: add it to SDKCONFIG_DEFAULTS, and keep it out of version control.\n"
                + uri.map(known -> "CONFIG_DEVPKI_MQTT_URI=\"" + known.text() + "\"\n")
                        .orElse("")
                + "CONFIG_DEVPKI_MQTT_USERNAME=\"" + device + "\"\n"
                + "CONFIG_DEVPKI_MQTT_PASSWORD=\"%s\"\n";
    }

    /** The same for all devices. */
    private static String kconfig() {
        return """
                # Copy it to main/ of the project: without it ESP-IDF drops the values of sdkconfig.password.
                menu "MQTT login"
                    config DEVPKI_MQTT_URI
                        string "Where the broker is, such as mqtts://mqtt.acme.example:8884"
                    config DEVPKI_MQTT_USERNAME
                        string "User name and client ID"
                    config DEVPKI_MQTT_PASSWORD
                        string "Password"
                endmenu
                """;
    }

    private static String header(DeviceId device, Optional<BrokerUri> uri) {
        return """
                /* Made by devpki for one device, with its password: keep it out of version control.
                 *
                 *     esp_mqtt_client_config_t config = {
                 *         .broker.address.uri = "%1$s",
                 *         .broker.verification.certificate = (const char *)server_root_ca_pem_start,
                 *     };
                 *     devpki_mqtt_password(&config);
                 *     esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);
                 *
                 * Without a certificate to verify the broker by, whoever is in between reads the password.
                 */
                #pragma once

                #include "mqtt_client.h"

                #define DEVPKI_MQTT_USERNAME "%2$s"
                #define DEVPKI_MQTT_PASSWORD "%%s"

                /* The user name is the client ID too, so that no device takes another's session over. */
                static inline void devpki_mqtt_password(esp_mqtt_client_config_t *config)
                {
                    config->credentials.username = DEVPKI_MQTT_USERNAME;
                    config->credentials.client_id = DEVPKI_MQTT_USERNAME;
                    config->credentials.authentication.password = DEVPKI_MQTT_PASSWORD;
                }
                """.formatted(uri.map(BrokerUri::text).orElse("mqtts://broker.example:8884"), device);
    }
}
