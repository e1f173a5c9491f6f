/* What the token endpoint says, and when to come back. Plain C: tested on a PC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the token and its life in seconds from an answer as RFC 6749 section 5.1 has it, one flat object. False, with an
 * empty token, if either is missing, a token has an escape in it or does not fit, or the life is not 1 to 86400.
 */
bool token_answer_read(const char *json, char *token, size_t size, uint32_t *life_seconds);

/* Two thirds of its life, less up to a tenth of that, so that a fleet that started together does not come at once. */
uint32_t token_refresh_after(uint32_t life_seconds, uint32_t random);
