/* ESP-IDF 5, components/nvs_flash/include/nvs_flash.h */
#pragma once

#include "nvs.h"

esp_err_t nvs_flash_init(void);
