/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/leg-run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/job.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/cpu-time.h"
#include "daemon/fio-child.h"
#include "daemon/leg-cgroup.h"
#include "daemon/leg-foreign.h"
#include "daemon/leg-measure.h"
#include "daemon/leg-verify.h"

/* A leg slower than this stands still: no card that is sound is. */
#define LEAST_BYTES_PER_SEC (UINT64_C(128) * 1024)
#define LEG_BASE_USEC       (120 * USEC_PER_SEC)

/* Everything of one leg while it runs. */
typedef struct LegRun {
    const LegStage *stage;
    const LegJob *leg;
    AccountScope scope;
    MappingScope mappings;
    ForeignPages foreign; /* of a leg on granted pages */
    LegOutcome outcome;
    ArenaCheck check;
    FioExit end;
    uint64_t busy_usec; /* of the whole host, fio's start-up included */
    char *job;
    LegVerifyStage verify; /* of a verify's leg, whose outcome has a check */
    int verify_result;     /* of taking what fio left behind */
} LegRun;

static void leg_run_done(LegRun *run)
{
    leg_outcome_done(&run->outcome);
    fio_exit_done(&run->end);
    free(run->job);
}

static void on_mapping(const DmaMapping *mapping, void *userdata)
{
    LegRun *run = userdata;

    if (run->outcome.foreign && strcmp(mapping->device, run->scope.device) == 0)
        foreign_account_add_mapping(&run->outcome.foreign_account, &run->foreign, run->scope.reach,
                                    run->mappings.translation.pool, mapping);
    if (!run->outcome.foreign) /* whose frames are not what is mapped */
        mapping_account_add(&run->outcome.mappings, &run->mappings, mapping);
}

static void on_bounce(const BounceEvent *event, void *userdata)
{
    LegRun *run = userdata;

    bounce_account_add(&run->outcome.account, &run->scope, event);
    if (run->outcome.foreign)
        foreign_account_add(&run->outcome.foreign_account, &run->foreign, run->scope.reach, event);
}

static void give_up_trace(LegRun *run)
{
    run->outcome.trace_available = run->outcome.mappings_available = false;
}

static bool is_traced(const LegRun *run)
{
    return run->outcome.trace_available || run->outcome.mappings_available;
}

/* Mappings where the kernel tells them: they cost an event a request and tell every address. Else
 * bounces: there the probe tells the file system's own from ours where ours are none; on the bounce
 * path it would cost what is to be measured. Of pages of both paths it tells which bounced. Beside
 * them mappings by their own probe, where the session has one: it may miss some, and bounces are
 * counted in any case. Of granted pages bounces with both addresses, since nothing less proves
 * their path; a bench's report says that they cost. */
static void begin_trace(LegRun *run)
{
    TraceSession *trace = run->stage->trace;
    unsigned can = trace ? trace_kinds(trace) : 0, kinds = can & TRACE_MAPPINGS;

    if (!kinds)
        kinds = can & TRACE_UNMAPS;
    if (!(kinds & TRACE_MAPPINGS) || run->stage->count_bounces)
        kinds |= can & TRACE_BOUNCES;
    if ((kinds & TRACE_BOUNCES) &&
        (run->leg->path == DMA_PATH_DIRECT || run->leg->path == DMA_PATH_MIXED))
        kinds |= can & TRACE_ADDRESSES;
    if (run->outcome.foreign)
        kinds = can & (TRACE_BOUNCES | TRACE_ADDRESSES | TRACE_MAPPINGS);
    if (!kinds || trace_begin(trace, kinds) < 0)
        return;
    run->outcome.trace_available = kinds & TRACE_BOUNCES;
    run->outcome.mappings_available = kinds & (TRACE_MAPPINGS | TRACE_UNMAPS);
    run->outcome.mappings_by_probe = kinds & TRACE_UNMAPS;
}

/* Take what the trace holds; when that fails, there is no proof. */
static void drain(LegRun *run)
{
    TraceSink sink = { .on_bounce = on_bounce, .on_mapping = on_mapping, .userdata = run };
    uint64_t n_lost;

    if (!is_traced(run))
        return;
    if (trace_drain(run->stage->trace, &sink, &n_lost) < 0)
        give_up_trace(run);
    else
        run->outcome.lost_events = n_lost;
}

static void on_progress(const char *text, size_t size, void *userdata)
{
    LegRun *run = userdata;
    uint64_t bytes;

    drain(run); /* before its buffer is full */
    if (fio_progress_bytes(text, size, &bytes))
        run->stage->progress(run->leg, bytes, run->stage->userdata);
}

static void on_leftovers(const char *directory, void *userdata)
{
    LegRun *run = userdata;

    run->verify_result = leg_verify_collect(&run->verify, directory, run->outcome.check);
}

/* "leg-007.json": the caller frees; NULL when out of memory. */
static char *file_name(const LegJob *leg, const char *suffix)
{
    char *name;

    return asprintf(&name, "leg-%03u.%s", leg->index, suffix) < 0 ? NULL : name;
}

static int put(const LegRun *run, const char *suffix, const void *bytes, size_t size)
{
    _cleanup_free_ char *name = file_name(run->leg, suffix);

    return name ? evidence_put(run->stage->evidence, name, bytes, size) : -ENOMEM;
}

/* Put the job where fio reads it. 0 and *ret_path. */
static int write_job(LegRun *run, const Arena *arena, char **ret_path)
{
    char target[32], memory[32];
    JobPaths paths = {
        .target = target,
        .arena = memory,
        .memory = arena_is_huge(arena) ? FIO_MEMORY_HUGE : FIO_MEMORY_SHARED,
        .huge_page_bytes = arena_is_huge(arena) ? arena_page_bytes(arena) : 0,
    };
    int r;

    snprintf(target, sizeof(target), "/proc/self/fd/%d", run->stage->target->fd);
    snprintf(memory, sizeof(memory), "/proc/self/fd/%d", arena_fd(arena));
    r = job_build(run->leg, &paths, &run->job);
    if (r >= 0)
        r = put(run, "fio", run->job, strlen(run->job));
    if (r < 0)
        return r;
    return asprintf(ret_path, "%s/leg-%03u.fio", evidence_growing_path(run->stage->evidence),
                    run->leg->index) < 0
               ? -ENOMEM
               : 0;
}

static uint64_t time_limit_usec(const LegJob *leg)
{
    return LEG_BASE_USEC + leg->workload->leg_bytes / LEAST_BYTES_PER_SEC * USEC_PER_SEC;
}

/* fio from start to end, in a cgroup of its own where we have one. */
static int run_fio(LegRun *run, const char *job_path, int arena_fd_)
{
    const char *argv[JOB_ARGV_MAX];
    int keep_fds[] = { run->stage->target->fd, arena_fd_ };
    _cleanup_free_ char *no_cgroup = NULL;
    LegCgroup *cgroup = NULL;
    FioRun fio = {
        .program = run->stage->fio,
        .argv = (char *const *)(uintptr_t)argv,
        .keep_fds = keep_fds,
        .n_keep_fds = 2,
        .temp_directory = run->stage->runtime_directory,
        .time_limit_usec = time_limit_usec(run->leg),
        .cancel_fd = run->stage->cancel_fd,
        .progress = on_progress,
        .leftovers = run->leg->verify ? on_leftovers : NULL,
        .userdata = run,
    };
    int r;

    job_argv(run->stage->fio, job_path, argv);
    r = leg_cgroup_is_at_root("/") ? 0 : leg_cgroup_create("/", &cgroup, &no_cgroup);
    if (r < 0)
        return r;
    fio.cgroup = cgroup;
    r = fio_run(&fio, &run->end);
    leg_cgroup_free(cgroup);
    return r;
}

static void on_pause(uint64_t bytes_done, void *userdata)
{
    LegRun *run = userdata;

    drain(run); /* before its buffer is full */
    run->stage->progress(run->leg, bytes_done, run->stage->userdata);
}

static ForeignControl control_of(LegRun *run)
{
    return (ForeignControl) {
        .cancel_fd = run->stage->cancel_fd,
        .time_limit_usec = time_limit_usec(run->leg),
        .pause = on_pause,
        .userdata = run,
    };
}

/* A verify's blocks, looked at one by one. */
static int run_foreign_verify(LegRun *run)
{
    LegForeign foreign = {
        .stage = &run->verify,
        .check = run->outcome.check,
        .control = control_of(run),
    };

    return leg_foreign_run(&foreign, &run->outcome.fio);
}

static int run_foreign_measure(LegRun *run, const Place *place)
{
    LegMeasure measure = {
        .leg = run->leg,
        .place = place,
        .target = run->stage->target,
        .control = control_of(run),
    };

    return leg_measure_run(&measure, &run->outcome.fio);
}

/* Our own I/O, where fio cannot map the memory. */
static int run_foreign(LegRun *run, const Place *place)
{
    int r = run->leg->verify ? run_foreign_verify(run) : run_foreign_measure(run, place);

    run->end.cancelled = r == -ECANCELED;
    return run->end.cancelled ? 0 : r;
}

/* The I/O between the two ends of the trace and of the CPUs' time; fio's, where there is a job. */
static int measure(LegRun *run, const char *job_path, const Place *place)
{
    CpuTime busy_before, busy_after;
    bool busy_known;
    BlockCount disk_before, disk_after;
    bool disk_known;
    int r;

    begin_trace(run);
    disk_known = block_count(run->stage->target->disk, &disk_before) >= 0;
    busy_known = cpu_time_read(&busy_before) >= 0;
    r = job_path ? run_fio(run, job_path, arena_fd(place->arena)) : run_foreign(run, place);
    run->outcome.system_cpu_known = busy_known && cpu_time_read(&busy_after) >= 0 &&
                                    cpu_time_between(&busy_before, &busy_after, &run->busy_usec);
    run->outcome.disk_bytes_known =
        disk_known && block_count(run->stage->target->disk, &disk_after) >= 0;
    if (run->outcome.disk_bytes_known)
        run->outcome.disk_bytes = disk_after.read_bytes - disk_before.read_bytes +
                                  disk_after.written_bytes - disk_before.written_bytes;
    if (is_traced(run) && trace_end(run->stage->trace) < 0)
        give_up_trace(run);
    drain(run);
    return r;
}

/* Why the leg did not come to its own end; NULL when it did. The caller frees. */
static char *explain(const FioExit *end)
{
    if (end->start_failure)
        return strdup(end->start_failure);
    if (end->timed_out)
        return strdup("fio was stopped: it had made no sound progress within its time");
    return NULL;
}

/* The host's time without fio's start and end: those are fio's whole time less what its thread used
 * while it did I/O. */
static uint64_t io_cpu_usec(const LegRun *run)
{
    const FioResult *fio = &run->outcome.fio;
    double thread_usec =
        (fio->usr_cpu_percent + fio->sys_cpu_percent) / 100 * (double)fio->runtime_usec;
    uint64_t startup_usec =
        run->end.cpu_usec > thread_usec ? run->end.cpu_usec - (uint64_t)thread_usec : 0;

    return run->busy_usec > startup_usec ? run->busy_usec - startup_usec : 0;
}

static int judge(LegRun *run)
{
    FioEvidence evidence = {
        .out = run->end.stdout_text,
        .out_bytes = run->end.stdout_size,
        .err = run->end.stderr_text,
        .err_bytes = run->end.stderr_size,
        .exit_status = run->end.status,
        .signal = run->end.signal,
    };
    int r;

    run->outcome.index = run->leg->index;
    run->outcome.ran = !run->end.start_failure;
    run->outcome.failure = explain(&run->end);
    if (run->outcome.foreign)
        r = 0; /* our own I/O has left its result */
    else if (run->leg->verify && !io_pattern_is_write(run->leg->workload->pattern))
        r = fio_result_judge_compared(&evidence, run->leg->workload, &run->outcome.fio);
    else
        r = fio_result_judge(&evidence, run->leg->workload, &run->outcome.fio);
    run->outcome.system_cpu_usec = io_cpu_usec(run);
    return r;
}

/* The frames as text addresses. */
static json_t *frames_to_json(const FrameMap *frames)
{
    json_t *list = json_array();

    for (size_t i = 0; frames && i < frames->n_pages; i++)
        json_array_append_new(list, frames->address[i] == FRAME_UNKNOWN
                                        ? json_null()
                                        : json_address(frames->address[i]));
    return list;
}

/* What no other file of the leg holds. */
static int put_record(LegRun *run, const Place *place)
{
    _cleanup_json_ json_t *record = json_pack(
        "{s:o, s:{s:b, s:i, s:i, s:b, s:b, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I, s:o}}", "outcome",
        leg_outcome_to_json(&run->outcome), "fio", "exited", run->end.exited, "status",
        run->end.status, "signal", run->end.signal, "timed_out", run->end.timed_out, "killed",
        run->end.killed, "wall_usec", (json_int_t)run->end.wall_usec, "cpu_usec",
        (json_int_t)run->end.cpu_usec, "stdout_dropped_bytes",
        (json_int_t)run->end.stdout_dropped_bytes, "stderr_dropped_bytes",
        (json_int_t)run->end.stderr_dropped_bytes, "frames_after", "page_bytes",
        (json_int_t)run->scope.page_bytes, "n_moved", (json_int_t)run->check.n_moved, "n_misplaced",
        (json_int_t)run->check.n_misplaced, "address",
        frames_to_json(run->check.n_moved && place->arena ? arena_frames_after(place->arena)
                                                          : NULL));
    _cleanup_free_ char *name = file_name(run->leg, "json");
    int r;

    if (!record || !name)
        return -ENOMEM;
    r = put(run, "stdout", run->end.stdout_text ? run->end.stdout_text : "", run->end.stdout_size);
    if (r >= 0)
        r = put(run, "stderr", run->end.stderr_text ? run->end.stderr_text : "",
                run->end.stderr_size);
    return r < 0 ? r : evidence_put_json(run->stage->evidence, name, record);
}

/* Make ready for what a verify looks at. */
static int arm(LegRun *run)
{
    if (!run->leg->verify)
        return 0;
    run->outcome.check = calloc(1, sizeof(*run->outcome.check));
    if (!run->outcome.check)
        return -ENOMEM;
    run->verify = (LegVerifyStage) {
        .leg = run->leg,
        .places = run->stage->places,
        .target = run->stage->target,
        .evidence = run->stage->evidence,
    };
    leg_verify_arm(&run->verify);
    return 0;
}

static int run_to_record(LegRun *run, Place *place)
{
    _cleanup_free_ char *job_path = NULL;
    int r = place->arena ? write_job(run, place->arena, &job_path) : 0;

    if (r >= 0)
        r = arm(run);
    if (r >= 0)
        r = measure(run, job_path, place);
    if (r >= 0 && run->end.cancelled)
        return -ECANCELED;
    if (r >= 0)
        r = place_check(place, &run->stage->device->reach, &run->check);
    if (r < 0)
        return r;
    run->outcome.frames_known = place_frames_known(place);
    run->outcome.frames_unchanged = run->check.n_moved == 0 && run->check.n_misplaced == 0;
    r = judge(run);
    if (r >= 0 && run->leg->verify)
        r = run->verify_result < 0 ? run->verify_result
                                   : leg_verify_look(&run->verify, run->outcome.check);
    if (r < 0)
        return r;
    leg_outcome_prove(&run->outcome, run->leg);
    return put_record(run, place);
}

int leg_run(const LegStage *stage, const LegJob *leg, Place *place, LegOutcome *ret_outcome)
{
    LegRun run = {
        .stage = stage,
        .leg = leg,
        .scope = {
            .device = stage->device->name,
            .frames = place->frames,
            .n_frames = place->n_frames,
            .page_bytes = place_frame_map(place)->page_bytes,
            .reach = &stage->device->reach,
        },
        .mappings = {
            .device = stage->device->name,
            .frames = place->frames,
            .n_frames = place->n_frames,
            .page_bytes = place_frame_map(place)->page_bytes,
            .translation = stage->translation,
        },
        .outcome = { .foreign = place->foreign != NULL },
    };
    int r;

    if (place->foreign)
        run.foreign = (ForeignPages) { .mapped = foreign_arena_mapped(place->foreign),
                                       .granted = foreign_arena_granted(place->foreign) };
    r = run_to_record(&run, place);

    if (r >= 0) {
        *ret_outcome = run.outcome;
        run.outcome = (LegOutcome) { 0 };
    }
    leg_run_done(&run);
    return r;
}
