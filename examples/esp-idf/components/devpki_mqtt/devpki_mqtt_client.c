#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "devpki_mqtt_client.h"
#include "esp_log.h"

static const char *TAG = "devpki_mqtt";

static char hello_topic[96]; /* devices/ and a client ID of 64 at most, as devpki makes them, and /hello */

/* Each code stands behind the name that ESP-IDF gives it: that name tells devpki explain whose number it is. */
void devpki_mqtt_log_error(const esp_mqtt_error_codes_t *codes)
{
    if (codes->error_type == MQTT_ERROR_TYPE_CONNECTION_REFUSED) {
        ESP_LOGE(TAG, "connect_return_code 0x%02x", (unsigned)codes->connect_return_code);
        return;
    }
    if (codes->esp_tls_last_esp_err != 0) {
        ESP_LOGE(TAG, "esp_tls_last_esp_err 0x%04x", (unsigned)codes->esp_tls_last_esp_err);
    }
    if (codes->esp_tls_stack_err != 0) {
        /* esp-tls keeps mbedTLS's codes without their sign */
        int code = codes->esp_tls_stack_err;
        ESP_LOGE(TAG, "esp_tls_stack_err -0x%04x", (unsigned)(code < 0 ? -code : code));
    }
    if (codes->esp_tls_cert_verify_flags != 0) {
        ESP_LOGE(TAG, "esp_tls_cert_verify_flags 0x%x", (unsigned)codes->esp_tls_cert_verify_flags);
    }
    if (codes->esp_transport_sock_errno != 0) {
        ESP_LOGE(TAG, "errno %d: %s", codes->esp_transport_sock_errno, strerror(codes->esp_transport_sock_errno));
    }
#ifdef CONFIG_MQTT_PROTOCOL_5
    if (codes->disconnect_return_code != 0) {
        ESP_LOGE(TAG, "disconnect_return_code 0x%02x", (unsigned)codes->disconnect_return_code);
    }
#endif
}

static void on_event(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    (void)arg;
    (void)base;
    esp_mqtt_event_handle_t event = data;
    switch ((esp_mqtt_event_id_t)id) {
    case MQTT_EVENT_CONNECTED:
        ESP_LOGI(TAG, "connected");
        esp_mqtt_client_publish(event->client, hello_topic, "hello", 0, 1, 0);
        break;
    case MQTT_EVENT_DISCONNECTED:
        ESP_LOGW(TAG, "disconnected");
        break;
    case MQTT_EVENT_PUBLISHED:
        ESP_LOGI(TAG, "the broker has message %d", event->msg_id);
        break;
    case MQTT_EVENT_ERROR:
        devpki_mqtt_log_error(event->error_handle);
        break;
    default:
        break;
    }
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

esp_err_t devpki_mqtt_start(const esp_mqtt_client_config_t *config, esp_mqtt_client_handle_t *client)
{
    const char *uri = config->broker.address.uri;
    if (uri == NULL || !(begins(uri, "mqtts://") || begins(uri, "wss://"))) {
        ESP_LOGE(TAG, "broker \"%s\" is without TLS; mqtts:// is right", uri == NULL ? "" : uri);
        return ESP_ERR_INVALID_ARG;
    }
    if (config->broker.verification.certificate == NULL) {
        ESP_LOGE(TAG, "no CA certificate to verify the broker by");
        return ESP_ERR_INVALID_ARG;
    }
    const char *client_id = config->credentials.client_id;
    if (client_id == NULL
            || (size_t)snprintf(hello_topic, sizeof hello_topic, "devices/%s/hello", client_id) >= sizeof hello_topic) {
        ESP_LOGE(TAG, "no client ID, or one of more than 64 characters");
        return ESP_ERR_INVALID_ARG;
    }
    *client = esp_mqtt_client_init(config);
    if (*client == NULL) {
        return ESP_FAIL;
    }
    esp_err_t err = esp_mqtt_client_register_event(*client, MQTT_EVENT_ANY, on_event, NULL);
    return err == ESP_OK ? esp_mqtt_client_start(*client) : err;
}
