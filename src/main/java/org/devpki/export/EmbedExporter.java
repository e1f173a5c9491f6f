package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.esp.EmbeddedText;
import org.devpki.model.Credential;
import org.devpki.model.ExportedFile;
import org.devpki.x509.Pem;

/**
 * {@code embed}: PEM files with fixed names for ESP-IDF's {@code EMBED_TXTFILES}, a {@code CMakeLists.txt} that embeds
 * them, and a header that hands them to {@code esp_mqtt_client}.
 */
public final class EmbedExporter implements Exporter {
    private static final String README = "embed.README.txt";
    private static final EmbeddedText ROOT = new EmbeddedText("server_root_ca.pem");
    private static final EmbeddedText CERTIFICATE = new EmbeddedText("client_crt.pem");
    private static final EmbeddedText KEY = new EmbeddedText("client_key.pem");

    @Override
    public String name() {
        return "embed";
    }

    @Override
    public String description() {
        return "server_root_ca.pem, client_crt.pem, client_key.pem, CMakeLists.txt, devpki_mqtt.h and a README for ESP-IDF";
    }

    @Override
    public List<String> fileNames(Contents contents) {
        List<String> names = new ArrayList<>(
                List.of(ROOT.fileName(), CERTIFICATE.fileName(), "CMakeLists.txt", "devpki_mqtt.h", README));
        if (contents.hasKey()) {
            names.add(KEY.fileName());
        }
        return names;
    }

    @Override
    public List<ExportedFile> files(Credential credential, ExportOptions options) {
        boolean hasKey = credential.key().isPresent();
        List<ExportedFile> files = new ArrayList<>();
        files.add(ExportedFiles.text(
                ROOT.fileName(), Pem.certificate(credential.chain().root())));
        files.add(ExportedFiles.text(
                CERTIFICATE.fileName(), Pem.certificates(credential.chain().sent())));
        credential.key().ifPresent(key -> files.add(ExportedFiles.secret(KEY.fileName(), Pem.privateKey(key.pkcs8()))));
        files.add(ExportedFiles.text("CMakeLists.txt", cmake(hasKey)));
        files.add(ExportedFiles.text("devpki_mqtt.h", header(credential.device().value(), hasKey)));
        files.add(ExportedFiles.text(README, readme(credential.device().value(), hasKey)));
        return files;
    }

    private static String readme(String clientId, boolean hasKey) {
        return """
                What %1$s embeds into its firmware with ESP-IDF (EMBED_TXTFILES)

                1. Copy this folder to components/devpki_credential of the project.
                2. Add devpki_credential to the REQUIRES of the component that includes devpki_mqtt.h, and call
                   devpki_mqtt_credentials(&config) there.
                3. sdkconfig.defaults: CONFIG_MQTT_TRANSPORT_SSL=y, which is the default. No partition is needed: the
                   files are in the application image.
                4. Build and flash; idf.py passes image and offsets to esptool write_flash:
                       idf.py -p PORT build flash

                %2$s
                """.formatted(
                        clientId,
                        hasKey
                                ? "The private key is then in the firmware image: whoever has the image has the key. That is"
                                        + "\nfor development. For production: devpki issue NAME --target CHIP"
                                : "The private key is on the device, where it was made, and stays there.");
    }

    private static String cmake(boolean hasKey) {
        return """
                # An ESP-IDF component: copy this folder to components/devpki_credential of a project, and add
                # devpki_credential to the REQUIRES (or PRIV_REQUIRES) of the component that includes devpki_mqtt.h.
                idf_component_register(INCLUDE_DIRS "."
                                       EMBED_TXTFILES "%s" "%s"%s
                                       REQUIRES mqtt)
                """.formatted(ROOT.fileName(), CERTIFICATE.fileName(), hasKey ? " \"" + KEY.fileName() + "\"" : "");
    }

    private static String header(String clientId, boolean hasKey) {
        StringBuilder text = new StringBuilder();
        text.append("""
                /* Made by devpki for one device; the PEM files beside it are embedded by CMakeLists.txt.
                 *
                 *     esp_mqtt_client_config_t config = { .broker.address.uri = "mqtts://broker.example:8883" };
                 *     devpki_mqtt_credentials(&config);
                 *     esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);
                 */
                #pragma once

                #include <stdint.h>

                #include "mqtt_client.h"

                #define DEVPKI_CLIENT_ID "%s"

                """.formatted(clientId));
        declare(text, ROOT);
        declare(text, CERTIFICATE);
        if (hasKey) {
            declare(text, KEY);
        }
        text.append("""

                /* The lengths count the NUL that EMBED_TXTFILES adds: without it mbedTLS fails with -0x2180. */
                static inline void devpki_mqtt_credentials(esp_mqtt_client_config_t *config)
                {
                    config->credentials.client_id = DEVPKI_CLIENT_ID;
                """);
        fill(text, "broker.verification.certificate", ROOT);
        fill(text, "credentials.authentication.certificate", CERTIFICATE);
        if (hasKey) {
            fill(text, "credentials.authentication.key", KEY);
        } else {
            text.append("    /* credentials.authentication.key stays yours: the key was made on the device. */\n");
        }
        return text.append("}\n").toString();
    }

    private static void declare(StringBuilder text, EmbeddedText file) {
        String name = file.identifier();
        text.append("extern const uint8_t %s_start[] asm(\"%s\");\n".formatted(name, file.start()));
        text.append("extern const uint8_t %s_end[] asm(\"%s\");\n".formatted(name, file.end()));
    }

    private static void fill(StringBuilder text, String field, EmbeddedText file) {
        String name = file.identifier();
        text.append("    config->%s = (const char *)%s_start;\n".formatted(field, name));
        text.append("    config->%s_len = (size_t)(%s_end - %s_start);\n".formatted(field, name, name));
    }
}
