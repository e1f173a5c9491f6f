/* ESP-IDF 5, components/freertos: task.h */
#pragma once

#include "freertos/FreeRTOS.h"

void vTaskDelay(const TickType_t ticks);
