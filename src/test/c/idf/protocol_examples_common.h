/* ESP-IDF 5, examples/common_components/protocol_examples_common/include/protocol_examples_common.h */
#pragma once

#include "esp_err.h"

esp_err_t example_connect(void);
