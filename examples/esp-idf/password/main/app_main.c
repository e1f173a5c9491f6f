/* A device that logs in by a password, over TLS. Kconfig.projbuild says where the login is. */
#include <stdlib.h>

#include "devpki_mqtt_client.h"
#include "esp_err.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"

#if CONFIG_DEVPKI_LOGIN_NVS

/* The text under this key of the namespace mqtt, which the device cannot do without. It lives as long as the client. */
static char *text_of(nvs_handle_t nvs, const char *key)
{
    size_t length = 0;
    esp_err_t err = nvs_get_str(nvs, key, NULL, &length);
    char *text = err == ESP_OK ? malloc(length) : NULL;
    if (text != NULL) {
        err = nvs_get_str(nvs, key, text, &length);
    }
    if (text == NULL || err != ESP_OK) {
        ESP_LOGE("app", "NVS: mqtt.%s cannot be read, esp_err 0x%x", key, (unsigned)err);
        abort();
    }
    return text;
}

static void take_login(esp_mqtt_client_config_t *config)
{
    nvs_handle_t nvs;
    ESP_ERROR_CHECK(nvs_open("mqtt", NVS_READONLY, &nvs));
    config->broker.address.uri = text_of(nvs, "uri");
    config->broker.verification.certificate = text_of(nvs, "ca");
    config->credentials.username = text_of(nvs, "user");
    config->credentials.authentication.password = text_of(nvs, "password");
    nvs_close(nvs);
}

#else

extern const char server_root_ca_pem_start[] asm("_binary_server_root_ca_pem_start");

static void take_login(esp_mqtt_client_config_t *config)
{
    config->broker.address.uri = CONFIG_DEVPKI_MQTT_URI;
    config->broker.verification.certificate = server_root_ca_pem_start;
    config->credentials.username = CONFIG_DEVPKI_MQTT_USERNAME;
    config->credentials.authentication.password = CONFIG_DEVPKI_MQTT_PASSWORD;
}

#endif

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());

    esp_mqtt_client_config_t config = {0};
    take_login(&config);
    /* The user name is the client ID too, so that no device takes another's session over. */
    config.credentials.client_id = config.credentials.username;
    esp_mqtt_client_handle_t client;
    ESP_ERROR_CHECK(devpki_mqtt_start(&config, &client)); /* refuses mqtt:// */
}
