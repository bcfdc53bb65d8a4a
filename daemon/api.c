/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/environment.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/analyze.h"
#include "daemon/api-compare.h"
#include "daemon/api-store.h"
#include "daemon/capture.h"
#include "daemon/job.h"
#include "daemon/live.h"
#include "daemon/look.h"
#include "daemon/replay.h"
#include "daemon/metrics.h"
#include "daemon/varlink-service.h"
#include "placement/inspection-view.h"

#define PREFIX "io.xdmad."

/* The named string parameter: true and *ret_value (NULL when absent or null), or false when it is
 * something else and the call has been answered so. */
static bool take_string(PendingCall *call, const char *name, const char **ret_value)
{
    const json_t *value = json_object_get(call_words(call)->parameters, name);

    if (value && !json_is_null(value) && !json_is_string(value)) {
        call_error_invalid_parameter(call, name);
        return false;
    }
    *ret_value = json_string_value(value);
    return true;
}

static void call_error_unavailable(PendingCall *call, const char *reason)
{
    call_error(call, PREFIX "Unavailable", json_pack("{s:s}", "reason", reason));
}

/* Whether the caller may name files; if not the call has been answered so. */
static bool may_name_files(PendingCall *call)
{
    if (call_rights(call) == PEER_PRIVATE)
        return true;
    call_error(call, PREFIX "Refused",
               json_pack("{s:s, s:s}", "reason",
                         "a shared daemon reads no files that a client names", "remedy",
                         "ask a daemon of your own: xdmactl --exec"));
    return false;
}

/* --- looking at the host ------------------------------------------------------------------- */

static void list_devices_done(Manager *manager, PendingCall *call, json_t *inspection,
                              const char *failure)
{
    (void)manager;
    if (failure)
        call_error_unavailable(call, failure);
    else
        call_reply(call, json_pack("{s:i, s:O}", "schema", 1, "devices",
                                   json_object_get(inspection, "devices")));
}

static void list_devices(Manager *manager, PendingCall *call)
{
    look(manager, call, &(LookSpec) { .done = list_devices_done });
}

static void inspect_done(Manager *manager, PendingCall *call, json_t *inspection,
                         const char *failure)
{
    const json_t *parameters = call_words(call)->parameters;
    const char *which = json_get_string(parameters, "device", NULL);
    const char *file = json_get_string(parameters, "dtb", NULL);
    json_t *answer;

    (void)manager;
    if (!file)
        file = json_get_string(parameters, "root", NULL);
    if (failure && file && strstr(failure, file)) {
        call_error(call, PREFIX "NoSuchFile",
                   json_pack("{s:s, s:s}", "path", file, "message", failure));
        return;
    }
    if (failure) {
        call_error_unavailable(call, failure);
        return;
    }
    answer = which ? inspection_narrow(inspection, which) : json_incref(inspection);
    if (answer)
        call_reply(call, json_pack("{s:o}", "inspection", answer));
    else
        call_error(call, PREFIX "NoSuchDevice", json_pack("{s:s}", "device", which));
}

/* For how long to watch: true and *ret_usec (0: not at all), or false when the call has been
 * answered. To watch costs something, so who may only read may not ask for it. */
static bool take_live(PendingCall *call, const LookSpec *spec, uint64_t *ret_usec)
{
    const json_t *value = json_object_get(call_words(call)->parameters, "live_usec");
    json_int_t usec = json_integer_value(value);

    *ret_usec = 0;
    if (!value || json_is_null(value))
        return true;
    if (!json_is_integer(value) || usec < (json_int_t)LIVE_MIN_USEC ||
        usec > (json_int_t)LIVE_MAX_USEC || spec->root || spec->dtb) {
        call_error_invalid_parameter(call, "live_usec");
        return false;
    }
    if (call_rights(call) == PEER_READS) {
        call_error(call, PREFIX "ReadOnly", json_pack("{s:s}", "method", PREFIX "Inspect live"));
        return false;
    }
    *ret_usec = (uint64_t)usec;
    return true;
}

static void inspect(Manager *manager, PendingCall *call)
{
    LookSpec spec = { .done = inspect_done };
    const char *which;

    if (!take_string(call, "device", &which) || !take_string(call, "root", &spec.root) ||
        !take_string(call, "dtb", &spec.dtb) || !take_live(call, &spec, &spec.live_usec))
        return;
    if ((spec.root || spec.dtb) && !may_name_files(call))
        return;
    look(manager, call, &spec);
}

/* --- status -------------------------------------------------------------------------------- */

static void status_done(Manager *manager, PendingCall *call, json_t *inspection,
                        const char *failure)
{
    const RunRecord *running = jobs_running(manager->jobs);
    json_t *status = json_pack(
        "{s:i, s:s, s:s, s:I, s:s, s:o*, s:o, s:I}", "schema", 1, "version", XDMAD_VERSION, "mode",
        json_get_string(inspection, "mode", "unknown"), "uptime_usec",
        (json_int_t)(clock_boottime_usec() - manager->started_boottime_usec), "state_directory",
        manager->config.state_directory, "running", running ? run_record_to_json(running) : NULL,
        "queued", jobs_queued_to_json(manager->jobs), "write_budget_bytes_per_day",
        (json_int_t)manager->config.write_budget_bytes_per_day);

    if (failure)
        json_object_set_new(status, "failure", json_string(failure));
    json_object_set_new(status, "findings",
                        findings_above_info(json_object_get(inspection, "findings")));
    json_object_set_new(status, "corrupt_cards", card_latches_to_json(jobs_latches(manager->jobs)));
    api_store_finish_status(manager, call, status);
}

static void get_status(Manager *manager, PendingCall *call)
{
    look(manager, call, &(LookSpec) { .done = status_done });
}

/* --- runs ---------------------------------------------------------------------------------- */

/* Bench and Verify: a run of this kind, or its plan alone. */
static void start_run(Manager *manager, PendingCall *call, RunKind kind)
{
    RunRequest request;
    RequestError error;
    RunPlan plan;
    int r = run_request_parse(kind, call_words(call)->parameters, &request, &error);

    if (r == -EBADMSG) {
        call_error_invalid_parameter(call, error.field);
        return;
    }
    if (r >= 0) {
        r = job_build_plan(&request, &plan);
        if (r < 0)
            run_request_done(&request);
    }
    if (r < 0) {
        call_error_unavailable(call, strerror(-r));
        return;
    }
    if (request.dry_run) {
        call_reply(call, json_pack("{s:o}", "plan", run_plan_to_json(&plan)));
        run_request_done(&request);
        run_plan_done(&plan);
        return;
    }
    if (!manager->store) {
        call_error_unavailable(call, manager->store_failure);
        run_request_done(&request);
        run_plan_done(&plan);
        return;
    }
    if (request.scheduled)
        schedule_submit(manager->schedule, call, &request, &plan);
    else
        jobs_submit(manager->jobs, call, &request, &plan);
}

static void bench(Manager *manager, PendingCall *call)
{
    start_run(manager, call, RUN_KIND_BENCH);
}

static void verify(Manager *manager, PendingCall *call)
{
    start_run(manager, call, RUN_KIND_VERIFY);
}

static void clear_corruption(Manager *manager, PendingCall *call)
{
    const char *card;

    if (!take_string(call, "card", &card))
        return;
    call_reply(call, json_pack("{s:i, s:o}", "schema", 1, "cleared",
                               card_latches_clear(jobs_latches(manager->jobs), card)));
    metrics_refresh(manager);
}

static void clear_schedule(Manager *manager, PendingCall *call)
{
    schedule_release(manager->schedule, call);
}

static void watch(Manager *manager, PendingCall *call)
{
    const char *run;

    if (!take_string(call, "run", &run))
        return;
    if (run && !jobs_find(manager->jobs, run))
        api_store_watch_ended(manager, call, run);
    else
        jobs_watch(manager->jobs, call, run);
}

static void cancel(Manager *manager, PendingCall *call)
{
    const char *run;

    if (!take_string(call, "run", &run))
        return;
    if (!run)
        call_error_invalid_parameter(call, "run");
    else if (jobs_cancel(manager->jobs, run))
        call_reply(call, NULL);
    else
        call_error(call, PREFIX "NoSuchRun", json_pack("{s:s}", "run", run));
}

static void show(Manager *manager, PendingCall *call)
{
    const RunRecord *under_way;
    const char *run;

    if (!take_string(call, "run", &run))
        return;
    under_way = run ? jobs_find(manager->jobs, run) : NULL;
    if (under_way)
        call_reply(call, json_pack("{s:o}", "run", run_record_to_json(under_way)));
    else
        api_store_show(manager, call, run);
}

static void list_runs(Manager *manager, PendingCall *call)
{
    const json_t *limit = json_object_get(call_words(call)->parameters, "limit");
    const json_t *figures = json_object_get(call_words(call)->parameters, "figures");

    if (limit && !json_is_null(limit) &&
        (!json_is_integer(limit) || json_integer_value(limit) < 1)) {
        call_error_invalid_parameter(call, "limit");
        return;
    }
    if (figures && !json_is_null(figures) && !json_is_boolean(figures)) {
        call_error_invalid_parameter(call, "figures");
        return;
    }
    api_store_list_runs(manager, call, json_is_integer(limit) ? json_integer_value(limit) : 0,
                        json_is_true(figures));
}

static void compare(Manager *manager, PendingCall *call)
{
    const char *a, *b, *by;

    if (!take_string(call, "a", &a) || !take_string(call, "b", &b) || !take_string(call, "by", &by))
        return;
    if (by && !environment_dimension_by_name(by))
        call_error_invalid_parameter(call, "by");
    else if (!a && b)
        call_error_invalid_parameter(call, "a");
    else
        api_compare(manager, call, a, b, by);
}

/* --- series -------------------------------------------------------------------------------- */

static void analyze_file(Manager *manager, PendingCall *call)
{
    const char *file;

    if (!take_string(call, "file", &file) || !may_name_files(call))
        return;
    if (file)
        analyze(manager, call, file);
    else
        call_error_invalid_parameter(call, "file");
}

/* --- dispatch ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    PeerRights least;
    void (*handle)(Manager *manager, PendingCall *call);
} methods[] = {
    { "GetStatus", PEER_READS, get_status },
    { "ListDevices", PEER_READS, list_devices },
    { "Inspect", PEER_READS, inspect },
    { "Capture", PEER_ALL, capture },
    { "Analyze", PEER_READS, analyze_file },
    { "Bench", PEER_ALL, bench },
    { "Verify", PEER_ALL, verify },
    { "ClearCorruption", PEER_ALL, clear_corruption },
    { "ClearSchedule", PEER_ALL, clear_schedule },
    { "Replay", PEER_ALL, replay },
    { "Watch", PEER_READS, watch },
    { "Cancel", PEER_ALL, cancel },
    { "Show", PEER_READS, show },
    { "ListRuns", PEER_READS, list_runs },
    { "Compare", PEER_READS, compare },
    { "GetMetrics", PEER_READS, metrics_answer },
};

void api_handle(PendingCall *call, void *userdata)
{
    Manager *manager = userdata;
    const char *method = call_words(call)->method;

    if (varlink_service_handle(call))
        return;
    if (strncmp(method, PREFIX, strlen(PREFIX)) != 0) {
        call_error_method_not_found(call);
        return;
    }
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(method + strlen(PREFIX), methods[i].name) != 0)
            continue;
        if (call_rights(call) < methods[i].least)
            call_error(call, PREFIX "ReadOnly", json_pack("{s:s}", "method", method));
        else
            methods[i].handle(manager, call);
        return;
    }
    call_error_method_not_found(call);
}
