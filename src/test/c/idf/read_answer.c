/* Reads a token endpoint's answer from standard input, and tells what the device made of it. */
#include <stdio.h>

#include "token_answer.h"

int main(void)
{
    char answer[3072], token[32];
    uint32_t life = 0;
    answer[fread(answer, 1, sizeof answer - 1, stdin)] = 0;
    if (!token_answer_read(answer, token, sizeof token, &life)) {
        printf("none \"%s\"\n", token);
        return 0;
    }
    uint32_t earliest = UINT32_MAX, latest = 0;
    for (uint32_t random = 0; random < 100000; random++) {
        uint32_t after = token_refresh_after(life, random);
        earliest = after < earliest ? after : earliest;
        latest = after > latest ? after : latest;
    }
    printf("%s lives %u, next after %u to %u\n", token, (unsigned)life, (unsigned)earliest, (unsigned)latest);
    return 0;
}
