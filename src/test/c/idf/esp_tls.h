/* espressif/esp-idf, components/esp-tls: esp_tls.h at commit 01f50ee7f50765b82c55ad53ca5d7ccf6b0f33e5, and the structure of
 * esp_tls_errors.h at commit 0819ee68c7b1ce8172fe8434916bc82bd1b1c2a0 */
#pragma once

#include "esp_err.h"

typedef struct esp_tls_last_error {
    esp_err_t last_error;
    int esp_tls_error_code;
    int esp_tls_flags;
} esp_tls_last_error_t;

typedef esp_tls_last_error_t *esp_tls_error_handle_t;

esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t h, int *esp_tls_code, int *esp_tls_flags);
