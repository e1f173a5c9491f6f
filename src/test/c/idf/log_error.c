/* Logs one failure. Standard input: its type, then esp-tls's code, the TLS stack's, the verify flags, errno, CONNACK's. */
#include <stdio.h>

#include "devpki_mqtt_client.h"

void app_main(void)
{
    int type, esp, stack, flags, number, connack;
    if (scanf("%i %i %i %i %i %i", &type, &esp, &stack, &flags, &number, &connack) == 6) {
        esp_mqtt_error_codes_t codes = {
            .error_type = (esp_mqtt_error_type_t)type,
            .esp_tls_last_esp_err = esp,
            .esp_tls_stack_err = stack,
            .esp_tls_cert_verify_flags = flags,
            .esp_transport_sock_errno = number,
            .connect_return_code = (esp_mqtt_connect_return_code_t)connack,
        };
        devpki_mqtt_log_error(&codes);
    }
}
