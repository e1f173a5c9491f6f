/* ESP-IDF 5, components/esp_common/include/esp_err.h */
#pragma once

#include <stdint.h>
#include <stdlib.h>

typedef int esp_err_t;

#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_INVALID_ARG 0x102
#define ESP_ERR_INVALID_SIZE 0x104
#define ESP_ERR_NOT_FOUND 0x105
const char *esp_err_to_name(esp_err_t code);

#define ESP_ERROR_CHECK(x) \
    do { \
        if ((x) != ESP_OK) \
            abort(); \
    } while (0)
