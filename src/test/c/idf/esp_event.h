/* ESP-IDF 5, components/esp_event/include/esp_event.h and esp_event_base.h */
#pragma once

#include <stdint.h>

#include "esp_err.h"

typedef const char *esp_event_base_t;
typedef void (*esp_event_handler_t)(void *arg, esp_event_base_t base, int32_t id, void *data);

esp_err_t esp_event_loop_create_default(void);
