/*
 * What a device does with its embedded files, by the library it does it with.
 *
 *     load_credentials server_root_ca.pem client_crt.pem client_key.pem all.crl.pem
 *
 * Each step prints one line: its name and mbedTLS's return code in hex, or a count. It judges nothing; the test does.
 */
#include <stdio.h>
#include <stdlib.h>

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

struct text {
    unsigned char *octets;
    size_t length; /* without the NUL that follows */
};

static void print_code(const char *step, int code)
{
    printf("%s %s0x%04x\n", step, code < 0 ? "-" : "", (unsigned)(code < 0 ? -code : code));
}

/* The file as EMBED_TXTFILES lays it into flash: its octets and one NUL. */
static struct text embed(const char *name)
{
    struct text text = {malloc(1 << 20), 0};
    FILE *file = fopen(name, "rb");
    if (file == NULL || text.octets == NULL) {
        perror(name);
        exit(2);
    }
    text.length = fread(text.octets, 1, (1 << 20) - 1, file);
    text.octets[text.length] = 0;
    fclose(file);
    return text;
}

static int count(const mbedtls_x509_crt *chain)
{
    int certificates = 0;
    for (; chain != NULL && chain->raw.p != NULL; chain = chain->next) {
        certificates++;
    }
    return certificates;
}

static void verify(const char *step, mbedtls_x509_crt *chain, mbedtls_x509_crt *root, mbedtls_x509_crl *crl)
{
    uint32_t flags = 0;
    int code = mbedtls_x509_crt_verify(chain, root, crl, NULL, &flags, NULL, NULL);
    print_code(step, code);
    printf("%s-flags 0x%x\n", step, (unsigned)flags);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s ROOT CHAIN KEY CRL\n", argv[0]);
        return 2;
    }
    struct text root_pem = embed(argv[1]);
    struct text chain_pem = embed(argv[2]);
    struct text key_pem = embed(argv[3]);
    struct text crl_pem = embed(argv[4]);

    mbedtls_x509_crt root;
    mbedtls_x509_crt chain;
    mbedtls_x509_crl crl;
    mbedtls_pk_context key;
    mbedtls_x509_crt_init(&root);
    mbedtls_x509_crt_init(&chain);
    mbedtls_x509_crl_init(&crl);
    mbedtls_pk_init(&key);

    /* a length that does not count the NUL */
    print_code("root-without-nul", mbedtls_x509_crt_parse(&root, root_pem.octets, root_pem.length));
    print_code("chain-without-nul", mbedtls_x509_crt_parse(&chain, chain_pem.octets, chain_pem.length));
    print_code("key-without-nul", mbedtls_pk_parse_key(&key, key_pem.octets, key_pem.length, NULL, 0));
    mbedtls_x509_crt_free(&root);
    mbedtls_x509_crt_free(&chain);
    mbedtls_pk_free(&key);
    mbedtls_x509_crt_init(&root);
    mbedtls_x509_crt_init(&chain);
    mbedtls_pk_init(&key);

    print_code("root", mbedtls_x509_crt_parse(&root, root_pem.octets, root_pem.length + 1));
    printf("root-certificates %d\n", count(&root));
    print_code("chain", mbedtls_x509_crt_parse(&chain, chain_pem.octets, chain_pem.length + 1));
    printf("chain-certificates %d\n", count(&chain));
    print_code("key", mbedtls_pk_parse_key(&key, key_pem.octets, key_pem.length + 1, NULL, 0));
    printf("key-type %s\n", mbedtls_pk_get_name(&key));
    print_code("pair", mbedtls_pk_check_pair(&chain.pk, &key));
    print_code("client-auth",
               mbedtls_x509_crt_check_extended_key_usage(&chain, MBEDTLS_OID_CLIENT_AUTH,
                                                         MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)));
    verify("verify", &chain, &root, NULL);

    print_code("crl", mbedtls_x509_crl_parse(&crl, crl_pem.octets, crl_pem.length + 1));
    verify("verify-with-crl", &chain, &root, &crl);

    mbedtls_x509_crt_free(&root);
    mbedtls_x509_crt_free(&chain);
    mbedtls_x509_crl_free(&crl);
    mbedtls_pk_free(&key);
    free(root_pem.octets);
    free(chain_pem.octets);
    free(key_pem.octets);
    free(crl_pem.octets);
    return 0;
}
