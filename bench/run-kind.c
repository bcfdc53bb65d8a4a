/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/run-kind.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const names[] = {
    [RUN_KIND_BENCH] = "bench",
    [RUN_KIND_VERIFY] = "verify",
};

const char *run_kind_name(RunKind kind)
{
    return names[kind];
}

int run_kind_from_name(const char *name, RunKind *ret_kind)
{
    for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0) {
            *ret_kind = (RunKind)i;
            return 0;
        }
    return -EINVAL;
}
