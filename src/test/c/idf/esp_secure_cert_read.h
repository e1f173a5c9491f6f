/* espressif/esp_secure_cert_mgr at commit 1640e4c29b5dfc375f9dffce96aaa4de87c3072e, include/esp_secure_cert_read.h: there
 * too a build for the Digital Signature peripheral has no plain keys, and the other way round. */
#pragma once

#include <stdint.h>

#include "esp_err.h"

esp_err_t esp_secure_cert_get_device_cert(char **buffer, uint32_t *len);
esp_err_t esp_secure_cert_get_ca_cert(char **buffer, uint32_t *len);

#ifndef CONFIG_ESP_SECURE_CERT_DS_PERIPHERAL
esp_err_t esp_secure_cert_get_priv_key(char **buffer, uint32_t *len);
#else
typedef struct esp_ds_data_ctx esp_ds_data_ctx_t;
esp_ds_data_ctx_t *esp_secure_cert_get_ds_ctx(void);
#endif
