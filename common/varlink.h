/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_VARLINK_H
#define XDMAD_COMMON_VARLINK_H
/*
 * Varlink's framing (https://varlink.org/Method-Call): each message is one JSON object followed by
 * a NUL byte. This file cuts a stream of bytes into messages and builds calls, replies and errors;
 * it owns no socket.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define VARLINK_MAX_MESSAGE_BYTES (4U * 1024 * 1024)

/* A stream being cut. Zero-initialised is empty. */
typedef struct VarlinkBuffer {
    char *data;
    size_t start;    /* of what is not taken yet */
    size_t size;     /* bytes held behind start */
    size_t capacity; /* bytes allocated */
    size_t scanned;  /* bytes behind start known to hold no NUL */
} VarlinkBuffer;

void varlink_buffer_done(VarlinkBuffer *buffer);

/* Append bytes as they came. 0, -ENOMEM, or -E2BIG when an unfinished message outgrows
 * VARLINK_MAX_MESSAGE_BYTES (the peer is to be dropped). */
int varlink_buffer_feed(VarlinkBuffer *buffer, const char *bytes, size_t size);

/* Take the next whole message. 1 and a new reference, 0 when none is complete yet, -EBADMSG when
 * it is not a JSON object (the bytes are consumed). */
int varlink_buffer_next(VarlinkBuffer *buffer, json_t **ret_message);

/* What a call asks for. Strings are borrowed from the message. */
typedef struct VarlinkCall {
    const char *method; /* "io.xdmad.GetStatus" */
    json_t *parameters; /* borrowed, an object, or NULL when absent */
    bool more;          /* the caller takes a stream of replies */
    bool oneway;        /* the caller wants no reply */
} VarlinkCall;

/* Read a message as a call: 0, or -EBADMSG when it is no well-formed call. */
int varlink_call_from_message(const json_t *message, VarlinkCall *ret_call);

/* Messages to send; new references, NULL when out of memory. `parameters` is stolen and may be
 * NULL for an empty object. */
json_t *varlink_build_call(const char *method, json_t *parameters, bool more);
json_t *varlink_build_reply(json_t *parameters, bool continues);
json_t *varlink_build_error(const char *error, json_t *parameters);

/* The bytes of a message with its NUL; the caller frees. NULL when out of memory. */
char *varlink_encode(const json_t *message, size_t *ret_size);

#endif
