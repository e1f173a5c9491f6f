/* ESP-IDF 5, components/freertos: FreeRTOS.h and projdefs.h, at 100 ticks a second */
#pragma once

#include <stdint.h>

typedef uint32_t TickType_t;

#define pdMS_TO_TICKS(ms) ((TickType_t)((ms) / 10))
