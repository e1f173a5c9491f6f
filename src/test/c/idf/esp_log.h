/* ESP-IDF 5, components/log/include/esp_log.h: a line as a monitor shows it, on standard output */
#pragma once

#include <stdio.h>

#define ESP_LOGE(tag, format, ...) printf("E (1234) %s: " format "\n", tag, ##__VA_ARGS__)
#define ESP_LOGW(tag, format, ...) printf("W (1234) %s: " format "\n", tag, ##__VA_ARGS__)
#define ESP_LOGI(tag, format, ...) printf("I (1234) %s: " format "\n", tag, ##__VA_ARGS__)
