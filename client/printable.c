/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: take the terminal's command characters out of foreign text. Numbers, order and the
 * shape of the document stay as they are.
 */
#include "client/printable.h"

#include <string.h>

#include "common/cleanup.h"

void printable_in_place(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (*c < 0x20 || *c == 0x7f) {
            *c = '?';
        } else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) { /* U+0080 to U+009F */
            c[0] = '?';
            c[1] = '?';
        }
    }
}

static char *printable_text(const char *text)
{
    char *copy = strdup(text);

    if (copy)
        printable_in_place(copy);
    return copy;
}

static json_t *rebuild(json_t *json);

static json_t *copy_string(const json_t *json)
{
    /* A NUL within (jansson keeps none unless asked to) would only end the text early. */
    _cleanup_free_ char *text = printable_text(json_string_value(json));

    return text ? json_string(text) : NULL;
}

static json_t *copy_array(const json_t *json)
{
    json_t *copy = json_array();

    for (size_t i = 0; i < json_array_size(json); i++) {
        if (json_array_append_new(copy, rebuild(json_array_get(json, i))) < 0) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

static json_t *copy_object(json_t *json)
{
    json_t *copy = json_object(), *value;
    const char *key;

    json_object_foreach(json, key, value)
    {
        _cleanup_free_ char *name = printable_text(key);

        if (!name || json_object_set_new(copy, name, rebuild(value)) < 0) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

static json_t *rebuild(json_t *json)
{
    if (json_is_string(json))
        return copy_string(json);
    if (json_is_array(json))
        return copy_array(json);
    if (json_is_object(json))
        return copy_object(json);
    return json_incref(json);
}

json_t *printable_copy(const json_t *json)
{
    /* jansson walks only what it may change */
    _cleanup_json_ json_t *mutable = json_deep_copy(json);

    return rebuild(mutable);
}
