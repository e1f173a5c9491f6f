/* Fills a configuration with the generated header, and tells what mbedTLS thinks of each part of it. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "devpki_mqtt.h"

static void show_certificates(const char *name, const char *text, size_t length)
{
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    int code = mbedtls_x509_crt_parse(&chain, (const unsigned char *)text, length);
    printf("%s length-after-text %zu parsed %d\n", name, length - strlen(text), code);
    mbedtls_x509_crt_free(&chain);
}

int main(void)
{
    esp_mqtt_client_config_t config = {.broker.address.uri = "mqtts://broker.example:8883"};
    devpki_mqtt_credentials(&config);

    printf("uri %s\n", config.broker.address.uri);
    printf("client-id %s\n", config.credentials.client_id);
    show_certificates("root", config.broker.verification.certificate, config.broker.verification.certificate_len);
    show_certificates("chain", config.credentials.authentication.certificate,
                      config.credentials.authentication.certificate_len);
    if (config.credentials.authentication.key == NULL) {
        printf("no key\n");
        return 0;
    }
    mbedtls_pk_context key;
    mbedtls_pk_init(&key);
    const char *text = config.credentials.authentication.key;
    size_t length = config.credentials.authentication.key_len;
    int code = mbedtls_pk_parse_key(&key, (const unsigned char *)text, length, NULL, 0);
    printf("key length-after-text %zu parsed %d\n", length - strlen(text), code);
    mbedtls_pk_free(&key);
    return 0;
}
