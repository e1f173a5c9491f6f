/* What devpki_password.h says of itself, with the CA that is embedded. */
#include "devpki_mqtt_client.h"
#include "devpki_password.h"

extern const char ca[] asm("_binary_server_root_ca_pem_start");

void app_main(void)
{
    esp_mqtt_client_config_t config = {
        .broker.address.uri = "mqtts://mqtt.acme.example:8884",
        .broker.verification.certificate = ca,
    };
    devpki_mqtt_password(&config);
    esp_mqtt_client_handle_t client;
    ESP_ERROR_CHECK(devpki_mqtt_start(&config, &client));
}
