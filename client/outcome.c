/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: exit statuses out of states and verdicts.
 */
#include "client/outcome.h"

#include <string.h>

#include "common/json.h"
#include "common/verdict.h"

int outcome_exit_status(const json_t *run)
{
    Verdict verdict = VERDICT_INCONCLUSIVE;

    if (verdict_from_name(json_get_string(run, "verdict", ""), &verdict) < 0)
        return EXIT_STATUS_INCONCLUSIVE;
    /* What was found stands even when the run was stopped; that all is well needs the whole run. */
    if (verdict == VERDICT_PASS && strcmp(json_get_string(run, "state", ""), "done") != 0)
        return EXIT_STATUS_INCONCLUSIVE;
    return verdict_exit_status(verdict);
}
