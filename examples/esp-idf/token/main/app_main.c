/* A device that takes a token with its certificate, logs in by it, and takes the next one before it expires. */
#include <string.h>

#include "devpki_mqtt.h" /* of the bundle in certs/ */
#include "devpki_mqtt_client.h"
#include "esp_err.h"
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_netif_sntp.h"
#include "esp_random.h"
#include "esp_tls.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"
#include "sdkconfig.h"
#include "token_answer.h"

static const char *TAG = "app";

static char token[2048];

/* Logs why there is no connection to the endpoint in the words that it is logged in for the broker. Under TLS 1.3 a refused
 * certificate shows only when the answer is read, and the client then tells of it no sooner than at the disconnect. */
static esp_err_t on_http_event(esp_http_client_event_t *event)
{
    if ((event->event_id == HTTP_EVENT_ERROR || event->event_id == HTTP_EVENT_DISCONNECTED) && event->data != NULL) {
        esp_mqtt_error_codes_t codes = {.error_type = MQTT_ERROR_TYPE_TCP_TRANSPORT};
        codes.esp_tls_last_esp_err = esp_tls_get_and_clear_last_error(event->data, &codes.esp_tls_stack_err,
                                                                      &codes.esp_tls_cert_verify_flags);
        int number = esp_http_client_get_errno(event->client);
        codes.esp_transport_sock_errno = number > 0 ? number : 0;
        devpki_mqtt_log_error(&codes);
    }
    return ESP_OK;
}

/* A new token in `token`; after how many seconds to come back for the next one. 0: none was given, and `token` is as before. */
static uint32_t take_token(void)
{
    static const char body[] = "grant_type=client_credentials";
    static char answer[3072];
    static char next[sizeof token];
    uint32_t life = 0;
    esp_mqtt_client_config_t bundle = {0};
    devpki_mqtt_credentials(&bundle);
    esp_http_client_config_t config = {
        .url = CONFIG_DEVPKI_TOKEN_URL,
        .method = HTTP_METHOD_POST,
        .timeout_ms = 10000,
        .event_handler = on_http_event,
        .cert_pem = bundle.broker.verification.certificate,
        .cert_len = bundle.broker.verification.certificate_len,
        .client_cert_pem = bundle.credentials.authentication.certificate,
        .client_cert_len = bundle.credentials.authentication.certificate_len,
        .client_key_pem = bundle.credentials.authentication.key,
        .client_key_len = bundle.credentials.authentication.key_len,
    };
    esp_http_client_handle_t http = esp_http_client_init(&config);
    if (http == NULL) {
        return 0;
    }
    esp_http_client_set_header(http, "Content-Type", "application/x-www-form-urlencoded");
    esp_err_t err = esp_http_client_open(http, sizeof body - 1);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "token endpoint: %s", esp_err_to_name(err)); /* the number is one of esp_secure_cert's too */
    } else if (esp_http_client_write(http, body, sizeof body - 1) != sizeof body - 1
               || esp_http_client_fetch_headers(http) < 0) {
        ESP_LOGE(TAG, "token endpoint: no answer");
    } else {
        int length = esp_http_client_read_response(http, answer, sizeof answer - 1);
        answer[length > 0 ? length : 0] = 0;
        int status = esp_http_client_get_status_code(http);
        if (status != 200) {
            ESP_LOGE(TAG, "token endpoint: HTTP %d, %s", status, answer);
        } else if (token_answer_read(answer, next, sizeof next, &life)) {
            strcpy(token, next); /* of the same size */
        } else {
            ESP_LOGE(TAG, "token endpoint: an answer of %d octets that has no token or no life", length);
        }
    }
    esp_http_client_cleanup(http);
    memset(answer, 0, sizeof answer);
    return life == 0 ? 0 : token_refresh_after(life, esp_random());
}

/* Asks until there is a token, each time later than before, up to five minutes. */
static uint32_t take_token_patiently(void)
{
    uint32_t wait = 5;
    for (;;) {
        uint32_t seconds = take_token();
        if (seconds > 0) {
            return seconds;
        }
        vTaskDelay(pdMS_TO_TICKS(1000 * (wait + esp_random() % wait)));
        wait = wait < 150 ? wait * 2 : 300;
    }
}

static esp_mqtt_client_config_t with_token(void)
{
    /* The broker sees the token alone; the certificate is for the endpoint. */
    esp_mqtt_client_config_t bundle = {0};
    devpki_mqtt_credentials(&bundle);
    return (esp_mqtt_client_config_t){
        .broker.address.uri = CONFIG_DEVPKI_MQTT_URI,
        .broker.verification = bundle.broker.verification,
        .credentials.client_id = DEVPKI_CLIENT_ID,
        .credentials.username = DEVPKI_CLIENT_ID,
        .credentials.authentication.password = token,
    };
}

/* A session goes on with the token it began with, and esp_mqtt_client_reconnect does nothing for a client that is
 * connected: so it is disconnected first, and connects at once instead of after its usual wait. */
static void reconnect(esp_mqtt_client_handle_t client)
{
    esp_mqtt_client_config_t config = with_token(); /* all of it: what is left out is set to its default */
    ESP_ERROR_CHECK(esp_mqtt_set_config(client, &config));
    ESP_ERROR_CHECK(esp_mqtt_client_disconnect(client));
    for (int i = 0; i < 50 && esp_mqtt_client_reconnect(client) != ESP_OK; i++) {
        vTaskDelay(pdMS_TO_TICKS(100));
    }
}

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());

    esp_sntp_config_t sntp = ESP_NETIF_SNTP_DEFAULT_CONFIG(CONFIG_DEVPKI_SNTP_SERVER);
    ESP_ERROR_CHECK(esp_netif_sntp_init(&sntp));
    while (esp_netif_sntp_sync_wait(pdMS_TO_TICKS(15000)) != ESP_OK) {
        ESP_LOGW(TAG, "no time yet from %s", CONFIG_DEVPKI_SNTP_SERVER);
    }

    uint32_t seconds = take_token_patiently();
    esp_mqtt_client_config_t config = with_token();
    esp_mqtt_client_handle_t client;
    ESP_ERROR_CHECK(devpki_mqtt_start(&config, &client));
    for (;;) {
        ESP_LOGI(TAG, "next token in %u s", (unsigned)seconds);
        for (uint32_t i = 0; i < seconds; i++) { /* a day does not fit into one delay of 32 bits at any tick rate */
            vTaskDelay(pdMS_TO_TICKS(1000));
        }
        seconds = take_token_patiently();
        reconnect(client);
    }
}
