/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/run-report.h"
#include "bench/verify-report.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/evidence.h"
#include "daemon/reason.h"
#include "daemon/varlink-service.h"

typedef struct Replay {
    const char *directory;
    json_t *kept;      /* the report as it was told; owned */
    json_t *registers; /* NULL: of a run that read none; owned */
    VerifyPlan plan;
    LegOutcome *outcomes; /* owned */
    size_t n_outcomes;
} Replay;

static void replay_done(Replay *replay)
{
    for (size_t i = 0; i < replay->n_outcomes; i++)
        leg_outcome_done(&replay->outcomes[i]);
    free(replay->outcomes);
    verify_plan_done(&replay->plan);
    json_decref(replay->kept);
    json_decref(replay->registers);
}

/* One file that must be there: 1 and *ret_json, 0 and the reason, negative errno. */
static int read_one(const Replay *replay, const char *name, json_t **ret_json, char **ret_reason)
{
    int r = evidence_read_json(replay->directory, name, ret_json);

    if (r == -ENOMEM)
        return r;
    return r < 0 ? reason_give(ret_reason, "%s/%s cannot be read: %s", replay->directory, name,
                               r == -EBADMSG ? "it is no JSON" : strerror(-r))
                 : 1;
}

static int read_plan(Replay *replay, char **ret_reason)
{
    _cleanup_json_ json_t *json = NULL;
    int r = read_one(replay, "plan.json", &json, ret_reason);

    if (r <= 0)
        return r;
    r = verify_plan_from_json(json, &replay->plan, ret_reason);
    return r == -EBADMSG ? 0 : r < 0 ? r : 1;
}

/* The legs that were run, up to the first that was not. */
static int read_legs(Replay *replay, char **ret_reason)
{
    replay->outcomes = calloc(replay->plan.n_legs, sizeof(*replay->outcomes));
    if (!replay->outcomes)
        return -ENOMEM;
    for (size_t i = 0; i < replay->plan.n_legs; i++) {
        _cleanup_json_ json_t *json = NULL;
        char name[32];
        int r;

        snprintf(name, sizeof(name), "leg-%03zu.json", i);
        r = evidence_read_json(replay->directory, name, &json);
        if (r == -ENOENT)
            return 1;
        if (r >= 0)
            r = leg_outcome_from_json(json_object_get(json, "outcome"),
                                      &replay->outcomes[replay->n_outcomes]);
        if (r == -ENOMEM)
            return r;
        if (r < 0)
            return reason_give(ret_reason, "%s/%s is no leg's record", replay->directory, name);
        replay->n_outcomes++;
    }
    return 1;
}

/* Absent in evidence from before they were read. */
static int read_registers(Replay *replay, char **ret_reason)
{
    int r = evidence_read_json(replay->directory, "registers.json", &replay->registers);

    if (r >= 0 || r == -ENOENT)
        return 1;
    return r == -ENOMEM ? r
                        : reason_give(ret_reason, "%s/registers.json cannot be read: %s",
                                      replay->directory, strerror(-r));
}

static PathReach reach_from_json(const json_t *path)
{
    return (PathReach) {
        .reachable = strcmp(json_get_string(path, "state", ""), "unreachable") != 0,
        .reason = json_get_string(path, "reason", NULL),
        .pages = (uint64_t)json_get_int(path, "pages", 0),
        .page_bytes = (uint64_t)json_get_int(path, "page_bytes", 0),
        .extents = (uint64_t)json_get_int(path, "extents", 0),
    };
}

/* What is told beside the legs is taken from the report that was told; none of it is a proof. */
static ReportContext context_of(const Replay *replay)
{
    const json_t *paths = json_object_get(replay->kept, "paths");
    const char *foreign_direct = dma_path_name(DMA_PATH_FOREIGN_DIRECT);
    const json_t *written =
        json_object_get(json_object_get(replay->kept, "bytes"), "kernel_written");
    bool interrupted = replay->n_outcomes < replay->plan.n_legs;

    return (ReportContext) {
        .run = json_get_string(replay->kept, "run", NULL),
        .evidence = json_get_string(replay->kept, "evidence", NULL),
        .target = json_object_get(replay->kept, "target"),
        .environment = json_object_get(replay->kept, "environment"),
        .device = json_object_get(replay->kept, "device"),
        .registers = replay->registers,
        .direct = reach_from_json(json_object_get(paths, "direct")),
        .bounce = reach_from_json(json_object_get(paths, "bounce")),
        .foreign_told = json_object_get(paths, foreign_direct) != NULL,
        .foreign_direct = reach_from_json(json_object_get(paths, foreign_direct)),
        .foreign_bounce =
            reach_from_json(json_object_get(paths, dma_path_name(DMA_PATH_FOREIGN_BOUNCE))),
        .mixed_told = json_object_get(paths, dma_path_name(DMA_PATH_MIXED)) != NULL,
        .mixed = reach_from_json(json_object_get(paths, dma_path_name(DMA_PATH_MIXED))),
        .emulated = json_get_bool(replay->kept, "emulated", false),
        .interrupted = interrupted,
        .interruption = interrupted ? "the card is gone, or another one is in its place" : NULL,
        .kernel_written_known = json_is_integer(written),
        .kernel_written_bytes = (uint64_t)json_integer_value(written),
    };
}

static int judge_again(const Replay *replay, json_t **ret_report)
{
    ReportContext context = context_of(replay);
    json_t *report;
    bool identical;
    int r =
        verify_report_build(&replay->plan, replay->outcomes, replay->n_outcomes, &context, &report);

    if (r < 0)
        return r;
    identical = json_equal(report, replay->kept);
    if (json_object_set_new(
            report, "replay",
            json_pack("{s:s, s:s, s:b}", "directory", replay->directory, "kept_verdict",
                      verdict_name(run_report_verdict(replay->kept)), "identical", identical)) <
        0) {
        json_decref(report);
        return -ENOMEM;
    }
    *ret_report = report;
    return 1;
}

int replay_verify(const char *directory, json_t **ret_report, char **ret_reason)
{
    Replay replay = { .directory = directory };
    int r = evidence_check_seal(directory, ret_reason);

    if (r > 0)
        r = read_one(&replay, "report.json", &replay.kept, ret_reason);
    if (r > 0)
        r = read_plan(&replay, ret_reason);
    if (r > 0)
        r = read_legs(&replay, ret_reason);
    if (r > 0)
        r = read_registers(&replay, ret_reason);
    if (r > 0)
        r = judge_again(&replay, ret_report);
    if (r == -EINVAL)
        r = reason_give(ret_reason, "%s: a leg is told twice, or is of no plan", directory);
    replay_done(&replay);
    return r;
}

/* --- the method ------------------------------------------------------------------------------ */

typedef struct Question {
    PendingCall *call;
    char *directory;
    json_t *report;
    char *reason;
    int result;
} Question;

static void work(void *data)
{
    Question *question = data;

    question->result = replay_verify(question->directory, &question->report, &question->reason);
}

static void done(void *data)
{
    Question *question = data;

    if (question->result > 0)
        call_reply(question->call, json_pack("{s:o}", "report", question->report));
    else
        call_error(question->call, "io.xdmad.NoSuchFile",
                   json_pack("{s:s, s:s}", "path", question->directory, "message",
                             question->reason ? question->reason : strerror(-question->result)));
    free(question->directory);
    free(question->reason);
    free(question);
}

void replay(Manager *manager, PendingCall *call)
{
    const char *directory = json_get_string(call_words(call)->parameters, "replay", NULL);
    Question *question;

    if (!directory) {
        call_error_invalid_parameter(call, "replay");
        return;
    }
    if (call_rights(call) != PEER_PRIVATE) {
        call_error(call, "io.xdmad.Refused",
                   json_pack("{s:s, s:s}", "reason",
                             "a shared daemon reads no files that a client names", "remedy",
                             "ask a daemon of your own: xdmactl --exec"));
        return;
    }
    question = calloc(1, sizeof(*question));
    if (question) {
        question->call = call;
        question->directory = strdup(directory);
        if (question->directory && offload_submit(manager->offload, work, done, question) >= 0)
            return;
        free(question->directory);
        free(question);
    }
    call_error(call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", "out of memory"));
}
