/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Foreign JSON of a run: its plan and its legs' outcomes out of evidence, and a client's request.
 * What is taken must be written as it was read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/leg.h"
#include "bench/plan.h"
#include "bench/request.h"
#include "bench/verify-plan.h"
#include "common/cleanup.h"
#include "common/json.h"

static void read_plan(const json_t *json)
{
    _cleanup_free_ char *error = NULL;
    _cleanup_json_ json_t *again = NULL;
    Plan plan;

    if (plan_from_json(json, &plan, &error) < 0)
        return;
    again = plan_to_json(&plan);
    if (!json_equal(again, json))
        abort();
    plan_done(&plan);
}

static void read_verify_plan(const json_t *json)
{
    _cleanup_free_ char *error = NULL;
    _cleanup_json_ json_t *again = NULL;
    VerifyPlan plan;

    if (verify_plan_from_json(json, &plan, &error) < 0)
        return;
    again = verify_plan_to_json(&plan);
    if (!json_equal(again, json))
        abort();
    verify_plan_done(&plan);
}

static void read_request(const json_t *json)
{
    _cleanup_json_ json_t *again = NULL;
    RunRequest request;
    RequestError error;

    if (run_request_parse(RUN_KIND_BENCH, json, &request, &error) < 0) {
        if (!memchr(error.message, '\0', sizeof(error.message)))
            abort();
        return;
    }
    again = run_request_to_json(&request);
    run_request_done(&request);
    if (run_request_parse(RUN_KIND_BENCH, again, &request, &error) < 0)
        abort();
    run_request_done(&request);
}

static void read_outcome(const json_t *json)
{
    static const DmaPath paths[] = { DMA_PATH_MIXED, DMA_PATH_FOREIGN_BOUNCE, DMA_PATH_BOUNCE };
    _cleanup_json_ json_t *again = NULL;
    LegOutcome outcome, reread;

    if (leg_outcome_from_json(json, &outcome) < 0)
        return;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        LegJob leg = { .path = paths[i] };

        leg_outcome_prove(&outcome, &leg);
    }
    again = leg_outcome_to_json(&outcome);
    if (leg_outcome_from_json(again, &reread) < 0)
        abort();
    leg_outcome_done(&reread);
    leg_outcome_done(&outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_json_ json_t *json = NULL;

    if (json_parse_foreign((const char *)data, size, &json) < 0)
        return 0;
    read_plan(json);
    read_verify_plan(json);
    read_request(json);
    read_outcome(json);
    return 0;
}
