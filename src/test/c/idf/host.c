/* The parts of ESP-IDF that an example calls, on this machine: the client tells what it was configured with, and what
 * mbedTLS thinks of it, instead of connecting. The esp_secure_cert partition and NVS are files in the working folder. */
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_event.h"
#include "esp_netif.h"
#include "esp_secure_cert_read.h"
#include "mqtt_client.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

void app_main(void);

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0); /* nothing is lost when ESP_ERROR_CHECK aborts */
    app_main();
    return 0;
}

static void show_certificates(const char *name, const char *text, size_t length)
{
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    /* as esp-mqtt does: without a length the text's own, and its NUL */
    size_t counted = length > 0 ? length : strlen(text) + 1;
    printf("%s -0x%04x\n", name, (unsigned)-mbedtls_x509_crt_parse(&chain, (const unsigned char *)text, counted));
    mbedtls_x509_crt_free(&chain);
}

esp_mqtt_client_handle_t esp_mqtt_client_init(const esp_mqtt_client_config_t *config)
{
    printf("uri %s\n", config->broker.address.uri);
    printf("client-id %s\n", config->credentials.client_id);
    show_certificates("ca", config->broker.verification.certificate, config->broker.verification.certificate_len);
    if (config->credentials.username != NULL) {
        printf("user %s %s\n", config->credentials.username, config->credentials.authentication.password);
    }
    if (config->credentials.authentication.certificate != NULL) {
        show_certificates("chain", config->credentials.authentication.certificate,
                          config->credentials.authentication.certificate_len);
    }
    if (config->credentials.authentication.ds_data != NULL) {
        printf("ds\n");
    }
    if (config->credentials.authentication.key != NULL) {
        mbedtls_pk_context key;
        mbedtls_pk_init(&key);
        printf("key -0x%04x\n",
               (unsigned)-mbedtls_pk_parse_key(&key, (const unsigned char *)config->credentials.authentication.key,
                                               config->credentials.authentication.key_len, NULL, 0));
        mbedtls_pk_free(&key);
    }
    return (esp_mqtt_client_handle_t)&main;
}

esp_err_t esp_mqtt_client_start(esp_mqtt_client_handle_t client)
{
    printf("%s\n", client == NULL ? "no client" : "started");
    return ESP_OK;
}

esp_err_t esp_mqtt_client_register_event(esp_mqtt_client_handle_t client, esp_mqtt_event_id_t event,
                                         esp_event_handler_t event_handler, void *event_handler_arg)
{
    (void)event_handler_arg;
    return client != NULL && event == MQTT_EVENT_ANY && event_handler != NULL ? ESP_OK : ESP_ERR_INVALID_ARG;
}

int esp_mqtt_client_publish(esp_mqtt_client_handle_t client, const char *topic, const char *data, int len, int qos,
                            int retain)
{
    (void)client, (void)topic, (void)data, (void)len, (void)qos, (void)retain;
    return -1;
}

/* The file's octets and a NUL, both counted. */
static esp_err_t read_file(const char *name, char **buffer, uint32_t *len)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        return ESP_ERR_NOT_FOUND;
    }
    *buffer = calloc(1, 65536);
    *len = (uint32_t)fread(*buffer, 1, 65535, file) + 1;
    fclose(file);
    return ESP_OK;
}

esp_err_t esp_secure_cert_get_device_cert(char **buffer, uint32_t *len)
{
    return read_file("client_crt.pem", buffer, len);
}

esp_err_t esp_secure_cert_get_ca_cert(char **buffer, uint32_t *len)
{
    return read_file("server_root_ca.pem", buffer, len);
}

#ifndef CONFIG_ESP_SECURE_CERT_DS_PERIPHERAL
esp_err_t esp_secure_cert_get_priv_key(char **buffer, uint32_t *len)
{
    return read_file("client_key.pem", buffer, len);
}
#else
esp_ds_data_ctx_t *esp_secure_cert_get_ds_ctx(void)
{
    return (esp_ds_data_ctx_t *)&main;
}
#endif

static const char *opened;

esp_err_t nvs_open(const char *namespace_name, nvs_open_mode_t open_mode, nvs_handle_t *out_handle)
{
    opened = namespace_name;
    *out_handle = open_mode == NVS_READONLY ? 1 : 2;
    return ESP_OK;
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out_value, size_t *length)
{
    (void)handle;
    char name[64];
    snprintf(name, sizeof name, "%s.%s", opened, key);
    char *text;
    uint32_t octets;
    esp_err_t err = read_file(name, &text, &octets);
    if (err == ESP_OK) {
        if (out_value != NULL) {
            if (*length < octets) {
                return ESP_ERR_INVALID_SIZE;
            }
            memcpy(out_value, text, octets);
        }
        *length = octets;
        free(text);
    }
    return err;
}

void nvs_close(nvs_handle_t handle)
{
    (void)handle;
}

esp_err_t nvs_flash_init(void)
{
    return ESP_OK;
}

esp_err_t esp_netif_init(void)
{
    return ESP_OK;
}

esp_err_t esp_event_loop_create_default(void)
{
    return ESP_OK;
}

esp_err_t example_connect(void)
{
    return ESP_OK;
}
