/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/varlink.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

void varlink_buffer_done(VarlinkBuffer *buffer)
{
    free(buffer->data);
    *buffer = (VarlinkBuffer) { 0 };
}

/* Room for `more` bytes behind what is held: by moving that to the front when half of it is taken,
 * so that a byte is moved once on average, else by growing. */
static int make_room(VarlinkBuffer *buffer, size_t more)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 4096;
    char *data;

    if (buffer->start >= buffer->size && buffer->start > 0) {
        memmove(buffer->data, buffer->data + buffer->start, buffer->size);
        buffer->start = 0;
    }
    while (capacity < buffer->start + buffer->size + more)
        capacity *= 2;
    if (capacity == buffer->capacity)
        return 0;
    data = realloc(buffer->data, capacity);
    if (!data)
        return -ENOMEM;
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

int varlink_buffer_feed(VarlinkBuffer *buffer, const char *bytes, size_t size)
{
    int r;

    if (size > VARLINK_MAX_MESSAGE_BYTES || buffer->size > VARLINK_MAX_MESSAGE_BYTES - size)
        return -E2BIG;
    r = make_room(buffer, size);
    if (r < 0)
        return r;
    memcpy(buffer->data + buffer->start + buffer->size, bytes, size);
    buffer->size += size;
    return 0;
}

static void consume(VarlinkBuffer *buffer, size_t size)
{
    buffer->start += size;
    buffer->size -= size;
    buffer->scanned = 0;
    if (buffer->size == 0)
        varlink_buffer_done(buffer); /* an idle peer costs no memory */
}

int varlink_buffer_next(VarlinkBuffer *buffer, json_t **ret_message)
{
    json_t *message = NULL;
    const char *start, *end;
    size_t length;
    int r;

    if (buffer->scanned == buffer->size)
        return 0;
    start = buffer->data + buffer->start;
    end = memchr(start + buffer->scanned, '\0', buffer->size - buffer->scanned);
    if (!end) {
        buffer->scanned = buffer->size;
        return 0;
    }
    length = (size_t)(end - start);
    r = json_parse_foreign(start, length, &message);
    consume(buffer, length + 1);
    if (r < 0)
        return -EBADMSG;
    if (!json_is_object(message)) {
        json_decref(message);
        return -EBADMSG;
    }
    *ret_message = message;
    return 1;
}

int varlink_call_from_message(const json_t *message, VarlinkCall *ret_call)
{
    const char *method = json_get_string(message, "method", NULL);
    json_t *parameters = json_object_get(message, "parameters");

    if (!method || (parameters && !json_is_object(parameters)))
        return -EBADMSG;
    *ret_call = (VarlinkCall) {
        .method = method,
        .parameters = parameters,
        .more = json_get_bool(message, "more", false),
        .oneway = json_get_bool(message, "oneway", false),
    };
    return 0;
}

static json_t *build(const char *key, const char *name, json_t *parameters)
{
    json_t *message = json_object();

    if (key && json_object_set_new(message, key, json_string(name)) < 0)
        goto fail;
    if (json_object_set_new(message, "parameters", parameters ? parameters : json_object()) < 0) {
        parameters = NULL; /* stolen even in failure */
        goto fail;
    }
    return message;
fail:
    json_decref(parameters);
    json_decref(message);
    return NULL;
}

static json_t *set_flag(json_t *message, const char *flag, bool wanted)
{
    if (message && wanted)
        json_object_set_new(message, flag, json_true());
    return message;
}

json_t *varlink_build_call(const char *method, json_t *parameters, bool more)
{
    return set_flag(build("method", method, parameters), "more", more);
}

json_t *varlink_build_reply(json_t *parameters, bool continues)
{
    return set_flag(build(NULL, NULL, parameters), "continues", continues);
}

json_t *varlink_build_error(const char *error, json_t *parameters)
{
    return build("error", error, parameters);
}

char *varlink_encode(const json_t *message, size_t *ret_size)
{
    char *text = json_to_line(message);

    if (text)
        *ret_size = strlen(text) + 1;
    return text;
}
