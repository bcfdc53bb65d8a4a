/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What our measuring costs: a leg as xdmad runs it (trace, cgroup, progress, evidence) beside bare
 * fio with the same job on the same buffer, in turn, in one Dom0. Prints the ratio of their
 * throughputs for each workload and path. usage: leg-overhead PAIRS auto|base|huge [probe|live]
 * (`probe`: mappings by a probe, on a kernel that has no events of them; `live`: in place of a leg,
 * bare fio beside an inspect --live)
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/job.h"
#include "bench/signed-rank.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/fio-child.h"
#include "daemon/host.h"
#include "daemon/leg-run.h"
#include "daemon/live.h"
#include "daemon/target-claim.h"

#define CONFIDENCE 0.95

static const Workload workloads[] = {
    { "seq-read-64k-qd4", IO_PATTERN_SEQ_READ, 64 << 10, 4, 8 << 20 },
    { "seq-write-64k-qd4", IO_PATTERN_SEQ_WRITE, 64 << 10, 4, 8 << 20 },
    { "rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 << 10, 1, 1 << 20 },
    { "rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 << 10, 1, 1 << 20 },
};
static const Profile profile = { "quick", workloads, 4, 6 };

/* As long as what is read at intervals needs to be seen at its work. */
static const Workload long_workloads[] = {
    { "seq-read-64k-qd4", IO_PATTERN_SEQ_READ, 64 << 10, 4, 64 << 20 },
    { "seq-write-64k-qd4", IO_PATTERN_SEQ_WRITE, 64 << 10, 4, 64 << 20 },
    { "rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 << 10, 1, 16 << 20 },
    { "rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 << 10, 1, 16 << 20 },
};
static const Profile long_profile = { "quick", long_workloads, 4, 6 };

#define MAX_PAIRS 6

extern char **environ;

static char *fio;
static Target target = { .fd = -1, .disk_fd = -1 };
static HostFacts facts;
static LegStage stage;
static bool live; /* inspect --live, and not a leg, is what is compared with bare fio */

__attribute__((noreturn)) static void fail(const char *what, int r)
{
    fprintf(stderr, "leg-overhead: %s: %s\n", what, strerror(-r));
    exit(EXIT_FAILURE);
}

static void ignore_progress(const LegJob *leg, uint64_t bytes_done, void *userdata)
{
    (void)leg;
    (void)bytes_done;
    (void)userdata;
}

static void prepare(const RunPlan *plan, ArenaPages pages, bool by_probe, Places *ret_places)
{
    HostSource source = { .root = "/" };
    TargetRefusal refusal = { 0 };
    TargetCard card;
    const char *device;
    Config config;
    char *reason = NULL;
    int r = config_init(&config, "/tmp", "/tmp");

    config.arena_pages = pages;
    if (r >= 0)
        r = host_acquire(&source, &facts);
    if (r < 0 || facts.n_devices == 0 || !facts.devices[0].block)
        fail("no card", -ENODEV);
    card = (TargetCard) { .disk = facts.devices[0].block };
    r = target_claim(
        &(TargetWant) { .bytes = run_plan_totals(plan).target_bytes, .cards = &card, .n_cards = 1 },
        &target, &refusal);
    if (r <= 0)
        fail(refusal.reason ? refusal.reason : "target", r);
    r = places_acquire(&facts, &facts.devices[0], plan, &config, NULL, NULL, ret_places);
    if (r < 0)
        fail("arenas", r);
    if (!ret_places->direct.arena)
        fail(ret_places->direct.reason, -ENOMEM);
    if (!ret_places->bounce.arena)
        fail(ret_places->bounce.reason, -ENOMEM);
    if (fio_find(NULL, &fio, &reason) <= 0)
        fail("fio", -ENOENT);
    stage = (LegStage) {
        .fio = fio,
        .runtime_directory = "/tmp",
        .target = &target,
        .device = &facts.devices[0],
        .translation = translation_scope(&facts, &facts.devices[0]),
        .cancel_fd = -1,
        .progress = ignore_progress,
    };
    device = facts.devices[0].name;
    if (trace_open(device, &stage.trace, &reason) <= 0)
        fail("trace", -ENOENT);
    if (by_probe && trace_add_unmaps(stage.trace, &device, 1, &reason) <= 0)
        fail(reason ? reason : "probe", -ENOENT);
    config_done(&config);
}

/* fio tells a runtime in whole milliseconds, which would be percents of a short leg; the mean
 * latency tells the same exactly, since at a given depth throughput is its inverse (Little's law,
 * see fio_result_judge()). */
static double rate_of(const FioResult *result)
{
    return 1 / result->lat_ns.mean;
}

/* A leg as xdmad runs it. */
static double run_leg(const LegJob *leg, Place *place)
{
    LegOutcome outcome;
    double rate;
    int r = evidence_begin("/tmp", "leg-overhead", &stage.evidence);

    if (r >= 0)
        r = leg_run(&stage, leg, place, &outcome);
    if (r < 0)
        fail("leg", r);
    if (!leg_outcome_counts(&outcome))
        fail(outcome.proof.reason, -EPROTO);
    rate = rate_of(&outcome.fio);
    leg_outcome_done(&outcome);
    evidence_free(stage.evidence);
    return rate;
}

static void write_bare_job(const LegJob *leg, const Arena *arena, const char *path)
{
    char target_path[32], arena_path_[32];
    _cleanup_free_ char *job = NULL;
    JobPaths paths = {
        .target = target_path,
        .arena = arena_path_,
        .memory = arena_is_huge(arena) ? FIO_MEMORY_HUGE : FIO_MEMORY_SHARED,
        .huge_page_bytes = arena_is_huge(arena) ? arena_page_bytes(arena) : 0,
    };
    FILE *file = fopen(path, "we");
    int r;

    snprintf(target_path, sizeof(target_path), "/proc/self/fd/%d", target.fd);
    snprintf(arena_path_, sizeof(arena_path_), "/proc/self/fd/%d", arena_fd(arena));
    r = job_build(leg, &paths, &job);
    if (r < 0 || !file || fputs(job, file) < 0 || fclose(file) != 0)
        fail("bare job", r < 0 ? r : -EIO);
}

/* The same job by fio alone, in a session of its own, as each shell and each service has one and as
 * a leg's fio has: the scheduler groups tasks by it (kernel.sched_autogroup_enabled), which in 6.12
 * costs 2 % of short requests, whoever starts fio. */
static double run_bare(const LegJob *leg, const Place *place)
{
    static const char job_path[] = "/tmp/bare.fio", out_path[] = "/tmp/bare.out";
    const char *argv[JOB_ARGV_MAX];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    static char text[1 << 20];
    FioEvidence evidence = { .out = text };
    FioResult result;
    double rate;
    FILE *out;
    pid_t pid;
    int status;

    write_bare_job(leg, place->arena, job_path);
    fcntl(target.fd, F_SETFD, 0);
    fcntl(arena_fd(place->arena), F_SETFD, 0);
    job_argv(fio, job_path, argv);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_path,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    if (posix_spawn(&pid, fio, &actions, &attributes, (char *const *)(uintptr_t)argv, environ) !=
            0 ||
        waitpid(pid, &status, 0) != pid)
        fail("bare fio", -ECHILD);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    fcntl(target.fd, F_SETFD, FD_CLOEXEC);
    fcntl(arena_fd(place->arena), F_SETFD, FD_CLOEXEC);
    out = fopen(out_path, "re");
    if (!out)
        fail(out_path, -errno);
    evidence.out_bytes = fread(text, 1, sizeof(text), out);
    fclose(out);
    evidence.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    if (fio_result_judge(&evidence, leg->workload, &result) < 0 || !result.passed)
        fail("bare fio's result", -EPROTO);
    rate = rate_of(&result);
    fio_result_done(&result);
    return rate;
}

static void watch_live(int control_fd)
{
    ChildLink link = { .out_fd = -1, .control_fd = control_fd };
    LiveAccount *account = NULL;
    int r = live_watch(&link, &facts, LIVE_MAX_USEC, &account);

    /* the end of fio ends it, and not something that it lacks */
    _exit(r == -ECANCELED ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Whether the file has a line that begins so. */
static bool has_line(const char *path, const char *beginning)
{
    FILE *file = fopen(path, "re");
    char line[128];
    bool found = false;

    while (file && !found && fgets(line, sizeof(line), file))
        found = strncmp(line, beginning, strlen(beginning)) == 0;
    if (file)
        fclose(file);
    return found;
}

/* Its instance records, or one of its programs is attached: a link of BPF is among its files. */
static bool watches(pid_t pid)
{
    char path[96];
    bool found;

    snprintf(path, sizeof(path), "/sys/kernel/tracing/instances/xdmad-%d/tracing_on", (int)pid);
    found = has_line(path, "1");
    for (int fd = 0; !found && fd < 64; fd++) {
        snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)pid, fd);
        found = has_line(path, "link_type:");
    }
    return found;
}

static void wait_for_watch(pid_t pid)
{
    for (int i = 0; i < 1000; i++) {
        if (watches(pid))
            return;
        usleep(10000);
    }
    fail("inspect --live does not begin", -ETIMEDOUT);
}

/* Bare fio while somebody watches. */
static double run_watched(const LegJob *leg, const Place *place)
{
    int ends[2], status;
    double rate;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        fail("pipe", -errno);
    pid = fork();
    if (pid < 0)
        fail("fork", -errno);
    if (pid == 0) {
        close(ends[1]);
        watch_live(ends[0]);
    }
    close(ends[0]);
    wait_for_watch(pid);
    rate = run_bare(leg, place);
    close(ends[1]);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        fail("inspect --live", -ECHILD);
    return rate;
}

/* One workload on one path: pairs in alternating order. */
static void compare(const Plan *plan, size_t workload, DmaPath path, Places *places, int n_pairs)
{
    Place *place = places_for(places, path);
    double log_ratios[MAX_PAIRS];
    SignedRank ratio;
    int n = 0;

    for (size_t i = 0; i < plan->n_legs && n < n_pairs; i++) {
        const PlanLeg *leg = &plan->legs[i];
        LegJob job = plan_leg_job(plan, leg);
        double ours, bare;

        if (leg->workload != workload || leg->path != path)
            continue;
        bare = n % 2 ? run_bare(&job, place) : 0;
        ours = live ? run_watched(&job, place) : run_leg(&job, place);
        bare = n % 2 ? bare : run_bare(&job, place);
        log_ratios[n++] = log(ours / bare);
    }
    if (signed_rank_judge(log_ratios, (size_t)n, CONFIDENCE, &ratio) < 0)
        fail("statistics", -EINVAL);
    printf("%-20s %-7s %7.4f", plan->workloads[workload].name, dma_path_name(path),
           exp(ratio.estimate));
    if (ratio.has_interval)
        printf("  [%.4f, %.4f] at %.1f %%", exp(ratio.low), exp(ratio.high),
               100 * ratio.confidence);
    printf("  of %d pairs\n", n);
}

static ArenaPages pages_of(const char *name)
{
    static const char *const names[] = {
        [ARENA_PAGES_AUTO] = "auto",
        [ARENA_PAGES_BASE] = "base",
        [ARENA_PAGES_HUGE] = "huge",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return (ArenaPages)i;
    fail("usage: leg-overhead PAIRS auto|base|huge", -EINVAL);
}

static void print_title(const Places *places)
{
    const Arena *arena = places->direct.arena;
    bool mapped = trace_kinds(stage.trace) & TRACE_MAPPINGS;

    if (live) {
        printf("throughput of bare fio beside inspect --live over bare fio alone (goal 0.99 to "
               "1.01)\n");
        return;
    }
    printf(
        "throughput of a leg over bare fio, same job, same buffer of scattered %s pages of %" PRIu64
        " KiB, %s heard by %s (goal 0.99 to 1.01)\n",
        arena_is_huge(arena) ? "huge" : "base", arena_page_bytes(arena) / 1024,
        mapped ? "mappings" : "bounces", trace_source(stage.trace));
}

/* The programs' first start reads them from the root disk, which takes the host's time. */
static void warm_up(const RunPlan *run, Places *places)
{
    LegJob job = run_plan_leg(run, 0);
    Place *place = places_for(places, job.path);

    run_bare(&job, place);
    run_leg(&job, place);
}

int main(int argc, char **argv)
{
    int n_pairs = argc > 1 ? atoi(argv[1]) : 6;
    ArenaPages pages = pages_of(argc > 2 ? argv[2] : "auto");
    const char *mode = argc > 3 ? argv[3] : "";
    PlanInput input = {
        .profile = strcmp(mode, "live") == 0 ? &long_profile : &profile,
        .seed = 1,
        .direct = true,
        .bounce = true,
        .page_bytes = (uint64_t)sysconf(_SC_PAGESIZE),
    };
    RunPlan run = { .kind = RUN_KIND_BENCH };
    const Plan *plan = &run.bench;
    Places places;

    live = input.profile == &long_profile;
    if (n_pairs < 1 || n_pairs > MAX_PAIRS || plan_build(&input, &run.bench) < 0)
        fail("usage: leg-overhead PAIRS", -EINVAL);
    prepare(&run, pages, strcmp(mode, "probe") == 0, &places);
    print_title(&places);
    warm_up(&run, &places);
    for (size_t i = 0; i < plan->n_workloads; i++) {
        compare(plan, i, DMA_PATH_DIRECT, &places, n_pairs);
        compare(plan, i, DMA_PATH_BOUNCE, &places, n_pairs);
    }
    trace_close(stage.trace);
    places_done(&places);
    target_done(&target);
    return 0;
}
