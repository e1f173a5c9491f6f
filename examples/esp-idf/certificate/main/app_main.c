/* A device that shows its certificate to the broker. Kconfig.projbuild says where its key is. */
#include "devpki_mqtt_client.h"
#include "esp_err.h"
#include "esp_event.h"
#include "esp_netif.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"

#if CONFIG_DEVPKI_KEY_EMBEDDED

#include "devpki_mqtt.h" /* of the bundle in certs/ */

static void take_credentials(esp_mqtt_client_config_t *config)
{
    devpki_mqtt_credentials(config);
}

#else

#include "esp_secure_cert_read.h"

static char *ca, *chain;

/* The lengths count the NUL that the partition has behind PEM: without it mbedTLS fails with -0x2180. */
static void take_credentials(esp_mqtt_client_config_t *config)
{
    uint32_t length = 0;
    ESP_ERROR_CHECK(esp_secure_cert_get_ca_cert(&ca, &length));
    config->broker.verification.certificate = ca;
    config->broker.verification.certificate_len = length;

    ESP_ERROR_CHECK(esp_secure_cert_get_device_cert(&chain, &length));
    config->credentials.authentication.certificate = chain;
    config->credentials.authentication.certificate_len = length;
    config->credentials.client_id = CONFIG_DEVPKI_CLIENT_ID;

#if CONFIG_DEVPKI_KEY_DS
    /* Opened by the HMAC key in eFuse: no code ever sees the private key. */
    config->credentials.authentication.ds_data = esp_secure_cert_get_ds_ctx();
    ESP_ERROR_CHECK(config->credentials.authentication.ds_data == NULL ? ESP_ERR_NOT_FOUND : ESP_OK);
#else
    static char *key;
    ESP_ERROR_CHECK(esp_secure_cert_get_priv_key(&key, &length));
    config->credentials.authentication.key = key;
    config->credentials.authentication.key_len = length;
#endif
}

#endif

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());

    esp_mqtt_client_config_t config = {.broker.address.uri = CONFIG_DEVPKI_MQTT_URI};
    take_credentials(&config);
    esp_mqtt_client_handle_t client;
    ESP_ERROR_CHECK(devpki_mqtt_start(&config, &client));
}
