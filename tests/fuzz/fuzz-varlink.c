/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer's bytes: cut into messages, in pieces of two sizes, and read as calls. Both ways of
 * cutting must tell the same calls.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/varlink.h"

/* Take every whole message; returns how many were well-formed calls. */
static unsigned take_calls(VarlinkBuffer *buffer)
{
    unsigned n_calls = 0;

    for (;;) {
        _cleanup_json_ json_t *message = NULL;
        VarlinkCall call;
        int r = varlink_buffer_next(buffer, &message);

        if (r == 0)
            return n_calls;
        if (r < 0 || varlink_call_from_message(message, &call) < 0)
            continue;
        if (strlen(call.method) == SIZE_MAX ||
            (call.parameters && !json_is_object(call.parameters)))
            abort();
        json_incref(call.parameters);
        json_decref(varlink_build_call(call.method, call.parameters, call.more));
        n_calls++;
    }
}

static unsigned cut(const char *bytes, size_t size, size_t step)
{
    VarlinkBuffer buffer = { 0 };
    unsigned n_calls = 0;

    for (size_t at = 0; at < size; at += step) {
        size_t n = size - at < step ? size - at : step;
        if (varlink_buffer_feed(&buffer, bytes + at, n) < 0)
            break;
        n_calls += take_calls(&buffer);
    }
    varlink_buffer_done(&buffer);
    return n_calls;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;

    if (cut(bytes, size, 7) != cut(bytes, size, size ? size : 1))
        abort();
    return 0;
}
