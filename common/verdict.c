/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/verdict.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_status;
} verdicts[] = {
    [VERDICT_INCONCLUSIVE] = { "inconclusive", EXIT_STATUS_INCONCLUSIVE },
    [VERDICT_PASS] = { "pass", EXIT_STATUS_PASS },
    [VERDICT_REGRESSION] = { "regression", EXIT_STATUS_REGRESSION },
    [VERDICT_CORRUPTION] = { "corruption", EXIT_STATUS_CORRUPTION },
    [VERDICT_REFUSED] = { "refused", EXIT_STATUS_REFUSED },
};

#define N_VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

static size_t verdict_index(Verdict verdict)
{
    return (size_t)verdict < N_VERDICTS ? (size_t)verdict : VERDICT_INCONCLUSIVE;
}

const char *verdict_name(Verdict verdict)
{
    return verdicts[verdict_index(verdict)].name;
}

int verdict_exit_status(Verdict verdict)
{
    return verdicts[verdict_index(verdict)].exit_status;
}

int verdict_from_name(const char *name, Verdict *ret_verdict)
{
    for (size_t i = 0; i < N_VERDICTS; i++)
        if (strcmp(name, verdicts[i].name) == 0) {
            *ret_verdict = (Verdict)i;
            return 0;
        }
    return -EINVAL;
}
