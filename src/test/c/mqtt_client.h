/* The fields of ESP-IDF's esp_mqtt_client_config_t that devpki_mqtt.h fills, named and typed as there. */
#pragma once

#include <stddef.h>

typedef struct {
    struct {
        struct {
            const char *uri;
        } address;
        struct {
            const char *certificate;
            size_t certificate_len;
        } verification;
    } broker;
    struct {
        const char *client_id;
        struct {
            const char *certificate;
            size_t certificate_len;
            const char *key;
            size_t key_len;
        } authentication;
    } credentials;
} esp_mqtt_client_config_t;
