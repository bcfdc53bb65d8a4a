/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the pieces that several renderings share: a device's reach, a verdict's colour.
 */
#include "client/render.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"

void render_reach(const json_t *device, char ret_text[RENDER_REACH_BYTES])
{
    const json_t *windows = json_object_get(device, "window");
    const json_t *first = json_array_get(windows, 0);
    const char *limit = json_get_string(device, "limit", NULL);
    const char *mask = json_get_string(device, "dma_mask", NULL);
    size_t n = json_array_size(windows);

    if (n > 0)
        snprintf(ret_text, RENDER_REACH_BYTES, "%.24s-%.24s%s",
                 json_get_string(first, "cpu_start", "?"), json_get_string(first, "cpu_end", "?"),
                 n > 1 ? " and more" : "");
    else if (limit || mask)
        snprintf(ret_text, RENDER_REACH_BYTES, "to %.24s", limit ? limit : mask);
    else
        snprintf(ret_text, RENDER_REACH_BYTES, "unknown");
}

PageStyle render_verdict_style(const char *verdict)
{
    if (strcmp(verdict, "pass") == 0)
        return PAGE_GOOD;
    if (strcmp(verdict, "regression") == 0 || strcmp(verdict, "corruption") == 0)
        return PAGE_BAD;
    return PAGE_WARN;
}
