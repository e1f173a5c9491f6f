#include "token_answer.h"

#include <string.h>

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Behind the colon of this member. A string that has the name's text as its value has no colon behind it. */
static const char *value_of(const char *json, const char *quoted_name)
{
    const char *at = json;
    while ((at = strstr(at, quoted_name)) != NULL) {
        at = skip_blanks(at + strlen(quoted_name));
        if (*at == ':') {
            return skip_blanks(at + 1);
        }
    }
    return NULL;
}

bool token_answer_read(const char *json, char *token, size_t size, uint32_t *life_seconds)
{
    token[0] = 0;
    const char *life = value_of(json, "\"expires_in\"");
    const char *text = value_of(json, "\"access_token\"");
    if (life == NULL || text == NULL || *text != '"') {
        return false;
    }
    uint32_t seconds = 0;
    while (*life >= '0' && *life <= '9' && seconds <= 86400) {
        seconds = seconds * 10 + (uint32_t)(*life++ - '0');
    }
    size_t length = strcspn(++text, "\"\\");
    if (seconds == 0 || seconds > 86400 || length == 0 || length >= size || text[length] != '"') {
        return false;
    }
    memcpy(token, text, length);
    token[length] = 0;
    *life_seconds = seconds;
    return true;
}

uint32_t token_refresh_after(uint32_t life_seconds, uint32_t random)
{
    uint32_t seconds = life_seconds * 2 / 3;
    seconds -= random % (seconds / 10 + 1);
    return seconds > 0 ? seconds : 1;
}
