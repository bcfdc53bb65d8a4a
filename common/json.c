/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int json_parse_foreign(const char *text, size_t size, json_t **ret_json)
{
    json_error_t error;
    json_t *json;

    if (size > JSON_MAX_BYTES)
        return -E2BIG;
    json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        return -EBADMSG;
    *ret_json = json;
    return 0;
}

json_t *json_address(uint64_t address)
{
    char text[2 + 16 + 1];

    snprintf(text, sizeof(text), "0x%" PRIx64, address);
    return json_string(text);
}

json_t *json_text(const char *bytes)
{
    json_t *text = bytes ? json_string(bytes) : NULL;
    char *escaped, *end;

    if (text || !bytes)
        return text;
    escaped = end = malloc(4 * strlen(bytes) + 1);
    if (!escaped)
        return NULL;
    for (; *bytes; bytes++)
        if ((unsigned char)*bytes < 0x80)
            *end++ = *bytes;
        else
            end += snprintf(end, sizeof("\\xNN"), "\\x%02x", (unsigned char)*bytes);
    *end = '\0';
    text = json_string(escaped);
    free(escaped);
    return text;
}

const char *json_get_string(const json_t *object, const char *key, const char *fallback)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : fallback;
}

int64_t json_get_int(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double json_get_number(const json_t *object, const char *key, double fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : fallback;
}

bool json_get_bool(const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

char *json_to_line(const json_t *json)
{
    return json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
}
