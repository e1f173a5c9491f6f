/* ESP-IDF 5, components/esp_hw_support/include/esp_random.h */
#pragma once

#include <stdint.h>

uint32_t esp_random(void);
