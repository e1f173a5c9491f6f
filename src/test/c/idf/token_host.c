/* A token endpoint that refuses a device in each way in turn, then gives it two tokens; and what the device does, with the
 * seconds that it let pass before. Ends when the second token is in use. */
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_http_client.h"
#include "esp_netif_sntp.h"
#include "esp_random.h"
#include "esp_tls.h"
#include "freertos/task.h"
#include "mqtt_client.h"

static struct {
    esp_err_t opens;
    int64_t headers;
    int status;
    const char *answer;
    esp_tls_last_error_t error;
    int number;
} script[] = {
    {.opens = ESP_ERR_HTTP_CONNECT, .error = {0x801a, 0x2700, 0x8}}, /* of another CA than the device knows */
    {.opens = ESP_ERR_HTTP_CONNECT, .error = {0x8004, 0, 0}, .number = 111}, /* not there */
    {.headers = -1, .error = {0x801d, 0x7780, 0}}, /* refuses the certificate, as TLS 1.3 does it */
    {.headers = -1}, /* silent */
    {.status = 401, .answer = "{\"error\":\"invalid_client\"}"},
    {.status = 200, .answer = "{\"access_token\":\"eyJ\"}"},
    {.status = 200, .answer = "{\"access_token\":\"first\",\"token_type\":\"Bearer\",\"expires_in\":3600}"},
    {.status = 200, .answer = "{\"access_token\":\"second\",\"token_type\":\"Bearer\",\"expires_in\":3600}"},
};

static size_t turn;
static uint32_t ticks;
static http_event_handle_cb handler;

void vTaskDelay(const TickType_t more)
{
    ticks += more;
}

uint32_t esp_random(void)
{
    return 0;
}

const char *esp_err_to_name(esp_err_t code)
{
    return code == ESP_ERR_HTTP_CONNECT ? "ESP_ERR_HTTP_CONNECT" : "UNKNOWN ERROR";
}

esp_err_t esp_netif_sntp_init(const esp_sntp_config_t *config)
{
    return config->servers[0] == NULL ? ESP_ERR_INVALID_ARG : ESP_OK;
}

esp_err_t esp_netif_sntp_sync_wait(TickType_t tout)
{
    static int times;
    (void)tout;
    return times++ == 0 ? ESP_FAIL : ESP_OK;
}

static int parsed(const char *text, size_t length)
{
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    int code = mbedtls_x509_crt_parse(&chain, (const unsigned char *)text, length);
    mbedtls_x509_crt_free(&chain);
    return code;
}

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config)
{
    if (turn == sizeof script / sizeof *script) {
        printf("asked once more than there are tokens\n");
        exit(1);
    }
    mbedtls_pk_context key;
    mbedtls_pk_init(&key);
    const unsigned char *text = (const unsigned char *)config->client_key_pem;
    if (parsed(config->cert_pem, config->cert_len) != 0 || parsed(config->client_cert_pem, config->client_cert_len) != 0
            || mbedtls_pk_parse_key(&key, text, config->client_key_len, NULL, 0) != 0
            || config->method != HTTP_METHOD_POST) {
        printf("the endpoint is not asked with the bundle\n");
        exit(1);
    }
    mbedtls_pk_free(&key);
    printf("%u s: %s\n", (unsigned)(ticks / 100), config->url);
    ticks = 0;
    handler = config->event_handler;
    return (esp_http_client_handle_t)&turn;
}

static void tell(esp_http_client_handle_t client, esp_http_client_event_id_t id)
{
    esp_http_client_event_t event = {.event_id = id, .client = client, .data = &script[turn].error};
    handler(&event);
}

esp_err_t esp_tls_get_and_clear_last_error(esp_tls_error_handle_t h, int *esp_tls_code, int *esp_tls_flags)
{
    esp_tls_last_error_t last = *h;
    memset(h, 0, sizeof *h);
    *esp_tls_code = last.esp_tls_error_code;
    *esp_tls_flags = last.esp_tls_flags;
    return last.last_error;
}

int esp_http_client_get_errno(esp_http_client_handle_t client)
{
    (void)client;
    int number = script[turn].number;
    script[turn].number = 0;
    return number;
}

esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char *key, const char *value)
{
    (void)client, (void)key, (void)value;
    return ESP_OK;
}

esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len)
{
    (void)write_len;
    if (script[turn].opens != ESP_OK) {
        tell(client, HTTP_EVENT_ERROR);
    }
    return script[turn].opens;
}

int esp_http_client_write(esp_http_client_handle_t client, const char *buffer, int len)
{
    (void)client, (void)buffer;
    return len;
}

int64_t esp_http_client_fetch_headers(esp_http_client_handle_t client)
{
    (void)client;
    return script[turn].headers;
}

int esp_http_client_get_status_code(esp_http_client_handle_t client)
{
    (void)client;
    return script[turn].status;
}

int esp_http_client_read_response(esp_http_client_handle_t client, char *buffer, int len)
{
    (void)client;
    return snprintf(buffer, (size_t)len, "%s", script[turn].answer);
}

esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client)
{
    tell(client, HTTP_EVENT_DISCONNECTED);
    turn++;
    return ESP_OK;
}

static bool is_disconnected;

esp_err_t esp_mqtt_set_config(esp_mqtt_client_handle_t client, const esp_mqtt_client_config_t *config)
{
    (void)client;
    printf("set %s %s at %s\n", config->credentials.client_id, config->credentials.authentication.password,
           config->broker.address.uri);
    return ESP_OK;
}

esp_err_t esp_mqtt_client_disconnect(esp_mqtt_client_handle_t client)
{
    (void)client;
    is_disconnected = true;
    return ESP_OK;
}

esp_err_t esp_mqtt_client_reconnect(esp_mqtt_client_handle_t client)
{
    (void)client;
    static int times;
    if (!is_disconnected || times++ < 2) {
        return ESP_FAIL; /* the client has not seen the disconnect yet */
    }
    printf("reconnected\n");
    exit(0);
}
