/* From a filled configuration to a running MQTT client whose log lines `devpki explain` reads. */
#pragma once

#include "mqtt_client.h"

/* Logs every code of a failed connection that is not zero, a line each. Paste the lines into `devpki explain -`. */
void devpki_mqtt_log_error(const esp_mqtt_error_codes_t *codes);

/*
 * Starts a client that logs what happens to its connection, and publishes "hello" to devices/CLIENT_ID/hello once connected.
 * ESP_ERR_INVALID_ARG for a URI that is not mqtts:// or wss://, without a CA to verify the broker by, or without a client ID.
 * What the certificate and key members point to must stay; the client copies the other strings.
 */
esp_err_t devpki_mqtt_start(const esp_mqtt_client_config_t *config, esp_mqtt_client_handle_t *client);
