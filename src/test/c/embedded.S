/* The three files as EMBED_TXTFILES lays them into flash: octets, one NUL, and a symbol at each end. */
    .section .rodata

    .global _binary_server_root_ca_pem_start
_binary_server_root_ca_pem_start:
    .incbin "server_root_ca.pem"
    .byte 0
    .global _binary_server_root_ca_pem_end
_binary_server_root_ca_pem_end:

    .global _binary_client_crt_pem_start
_binary_client_crt_pem_start:
    .incbin "client_crt.pem"
    .byte 0
    .global _binary_client_crt_pem_end
_binary_client_crt_pem_end:

#ifdef HAS_KEY
    .global _binary_client_key_pem_start
_binary_client_key_pem_start:
    .incbin "client_key.pem"
    .byte 0
    .global _binary_client_key_pem_end
_binary_client_key_pem_end:
#endif

    .section .note.GNU-stack, "", %progbits
