/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole program in one sentence:
 *   request -> plan -> claim -> place -> run -> evidence -> verdict -> report
 * The plan comes with the request: its writes were charged before this process was started.
 */
#include "daemon/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/history.h"
#include "bench/run-report.h"
#include "bench/verify-matrix.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/evidence.h"
#include "daemon/fio-child.h"
#include "daemon/host.h"
#include "daemon/leg-run.h"
#include "daemon/places.h"
#include "daemon/run-facts.h"
#include "daemon/run-record.h"
#include "daemon/run-registers.h"
#include "daemon/run-tell.h"
#include "daemon/run-trace.h"
#include "daemon/target-cards.h"
#include "daemon/target-claim.h"
#include "daemon/trace.h"
#include "placement/inspect.h"

/* A run on its way. Each stage fills what the next one needs. */
typedef struct Run {
    const ChildLink *link;
    const RunInput *input;
    Evidence *evidence;
    char *fio; /* the program, and what it says it is; NULL where our own I/O is all there is */
    char *fio_version;
    HostFacts facts;
    const StorageDevice *device; /* of facts */
    bool claim_asked;            /* from here on something may have been written */
    Target target;
    Places places;
    RunPlan plan; /* of the paths that can be had */
    TraceSession *trace;
    char *no_trace; /* why there is none; owned */
    size_t n_legs;
    LegOutcome *outcomes;
    size_t n_outcomes;
    RunRegisters *registers;
    bool damage_told;
    json_t *report;
} Run;

/* How it ended. */
typedef struct RunEnd {
    RunState state;
    bool has_verdict;
    Verdict verdict;
    char *reason;   /* owned */
    char *evidence; /* owned */
} RunEnd;

/* A stage answers 1 (go on), 0 (the run has ended, as *end says) or negative errno. */

__attribute__((format(printf, 3, 4))) static int end_with(RunEnd *end, Verdict verdict,
                                                          const char *format, ...)
{
    va_list arguments;
    int r;

    end->state = RUN_DONE;
    end->has_verdict = true;
    end->verdict = verdict;
    va_start(arguments, format);
    r = vasprintf(&end->reason, format, arguments);
    va_end(arguments);
    if (r < 0)
        end->reason = NULL;
    return r < 0 ? -ENOMEM : 0;
}

static int end_cancelled(RunEnd *end)
{
    end->state = RUN_CANCELLED;
    end->reason = strdup("cancelled on request");
    return 0;
}

static bool is_cancelled(void *userdata)
{
    const Run *run = userdata;

    return child_is_cancelled(run->link);
}

/* --- request ------------------------------------------------------------------------------- */

/* The program that does the I/O of the legs: not of a bench on granted pages, which it cannot map.
 */
static int find_fio(Run *run, RunEnd *end)
{
    _cleanup_free_ char *reason = NULL;
    int r;

    if (run_plan_is_foreign_bench(run->input->plan))
        return 1;
    r = fio_find(NULL, &run->fio, &reason);
    if (r > 0)
        r = fio_probe_version(run->fio, run->input->config->runtime_directory, &run->fio_version,
                              &reason);
    return r == 0 ? end_with(end, VERDICT_INCONCLUSIVE, "%s", reason) : r;
}

static int stage_request(Run *run, RunEnd *end)
{
    _cleanup_json_ json_t *request = run_request_to_json(run->input->request);
    int r = tell_stage(run->link, "request");

    if (r >= 0)
        r = evidence_begin(run->input->config->runtime_directory, run->input->id, &run->evidence);
    if (r < 0)
        return r;
    r = evidence_put_json(run->evidence, "request.json", request);
    return r < 0 ? r : find_fio(run, end);
}

/* --- claim --------------------------------------------------------------------------------- */

/* Which controllers there are, and in what state. */
static int end_without_card(const Run *run, RunEnd *end)
{
    _cleanup_free_ char *list = strdup("");

    for (size_t i = 0; list && i < run->facts.n_devices; i++) {
        const StorageDevice *device = &run->facts.devices[i];
        char *longer;

        if (asprintf(&longer, "%s; %s (%s) is %s", list, device->name ? device->name : "?",
                     device->host   ? device->host
                     : device->node ? device->node
                                    : "?",
                     device_state_name(device->state)) < 0)
            longer = NULL;
        free(list);
        list = longer;
    }
    if (!list)
        return -ENOMEM;
    return end_with(end, VERDICT_INCONCLUSIVE,
                    "no MMC or SD card is ready on this host%s; xdmactl inspect shows why", list);
}

static int stage_claim(Run *run, RunEnd *end)
{
    _cleanup_free_ TargetCard *cards = NULL;
    TargetRefusal refusal = { 0 };
    TargetWant want = {
        .asked = run->input->request->target,
        .confirm_cid = run->input->request->confirm_cid,
        .directory = run->input->config->target_directory,
        .bytes = run_plan_totals(run->input->plan).target_bytes,
    };
    HostSource source = { .root = "/" };
    int r = tell_stage(run->link, "claim");

    if (r >= 0)
        r = host_acquire(&source, &run->facts);
    if (r >= 0)
        r = target_cards_list(&run->facts, run->input->latches, &cards, &want.n_cards);
    if (r < 0)
        return r;
    if (want.n_cards == 0)
        return end_without_card(run, end);
    want.cards = cards;
    run->claim_asked = true;
    r = target_claim(&want, &run->target, &refusal);
    if (r == 0)
        r = end_with(end, refusal.for_safety ? VERDICT_REFUSED : VERDICT_INCONCLUSIVE, "%s",
                     refusal.reason);
    free(refusal.reason);
    if (r <= 0)
        return r;
    run->device = host_facts_find_device(&run->facts, run->target.disk);
    return 1;
}

/* --- place --------------------------------------------------------------------------------- */

/* The plan of the paths that can be had. */
static int replan(Run *run, RunEnd *end)
{
    RunTotals asked = run_plan_totals(run->input->plan);
    RunPlanInput input = {
        .kind = run->input->plan->kind,
        .profile = asked.profile,
        .seed = asked.seed,
        .direct = run->places.direct.arena != NULL,
        .bounce = run->places.bounce.arena != NULL,
        .foreign_direct = run->places.foreign_direct.foreign != NULL,
        .foreign_bounce = run->places.foreign_bounce.foreign != NULL,
        .mixed = run->places.mixed.arena != NULL,
        .page_bytes = asked.page_bytes,
    };
    int r;

    if (run_plan_is_foreign_bench(run->input->plan)) {
        if (!input.foreign_direct && !input.foreign_bounce)
            return end_with(end, VERDICT_INCONCLUSIVE,
                            "no granted pages on either path. Foreign-direct: %s. "
                            "Foreign-bounce: %s",
                            run->places.foreign_direct.reason, run->places.foreign_bounce.reason);
    } else if (!input.direct && !input.bounce) {
        return end_with(end, VERDICT_INCONCLUSIVE,
                        "no memory on either path. Direct: %s. Bounce: %s",
                        run->places.direct.reason, run->places.bounce.reason);
    }
    r = run_plan_build(&input, &run->plan);
    run->n_legs = run_plan_totals(&run->plan).n_legs;
    return r < 0 ? r : 1;
}

static int stage_place(Run *run, RunEnd *end)
{
    _cleanup_json_ json_t *places = NULL;
    _cleanup_json_ json_t *plan = NULL;
    int r = tell_stage(run->link, "place");

    if (r >= 0)
        r = places_acquire(&run->facts, run->device, run->input->plan, run->input->config,
                           is_cancelled, run, &run->places);
    if (r == -ECANCELED)
        return end_cancelled(end);
    if (r >= 0)
        r = run_trace_open(run->device, run->input->plan->kind, &run->trace, &run->no_trace);
    if (r >= 0)
        r = run_trace_add_foreign(run->trace, &run->places);
    if (r >= 0)
        r = replan(run, end);
    if (r <= 0)
        return r;
    places = places_to_json(&run->places);
    plan = run_plan_to_json(&run->plan);
    r = evidence_put_json(run->evidence, "places.json", places);
    if (r >= 0)
        r = evidence_put_json(run->evidence, "plan.json", plan);
    return r < 0 ? r : 1;
}

/* --- run ----------------------------------------------------------------------------------- */

static void on_leg_progress(const LegJob *leg, uint64_t bytes_done, void *userdata)
{
    const Run *run = userdata;

    tell_progress(run->link, run->n_legs, leg, bytes_done);
}

/* Once for a run, and at once, since from now on nothing is to be written to this card. */
static int tell_damage_once(Run *run, const char *id, uint32_t leg, const char *message)
{
    char card[CARD_LATCH_BYTES];
    DamageNews news = {
        .id = id,
        .device = run->device->name,
        .card = card,
        .message = message,
        .leg = leg,
    };

    if (run->damage_told)
        return 0;
    run->damage_told = true;
    card_latch_name(run->target.cid, run->target.disk, card);
    return tell_damage(run->link, &news);
}

/* A leg that shows damage. */
static int tell_leg_damage(Run *run, const LegJob *leg, const LegOutcome *outcome)
{
    uint64_t strays = outcome->check ? outcome->check->canaries.stray_bytes : 0;
    char message[256];
    uint64_t n_bad;

    if (run->plan.kind != RUN_KIND_VERIFY)
        return 0;
    n_bad = verify_leg_bad_blocks(&run->plan.verify, run->outcomes, leg->index);
    if (n_bad == 0 && strays == 0)
        return 0;
    if (n_bad > 0)
        snprintf(message, sizeof(message), "%" PRIu64 " %s written, read by the %s path", n_bad,
                 n_bad == 1 ? "block is not as it was" : "blocks are not as they were",
                 dma_path_name(leg->path));
    else
        snprintf(message, sizeof(message),
                 "%" PRIu64 " bytes of memory beside the blocks were written, %s path", strays,
                 dma_path_name(leg->path));
    return tell_damage_once(run, "CMP-02", leg->index, message);
}

/* The registers, between two legs. */
static int read_registers(Run *run)
{
    _cleanup_json_ json_t *registers = NULL;
    _cleanup_json_ json_t *sentence = NULL;

    run_registers_read(run->registers);
    registers = run_registers_to_json(run->registers);
    if (!registers)
        return -ENOMEM;
    sentence = register_check_sentence(registers);
    return sentence ? tell_damage_once(run, "REG-01", (uint32_t)run->n_outcomes,
                                       json_string_value(sentence))
                    : 0;
}

/* Mappings that the kernel cuts prove nothing: from here on bounces are counted beside them. */
static int mind_cut_mappings(Run *run, LegStage *stage, const LegOutcome *outcome)
{
    if (outcome->mappings.truncated_events == 0 || stage->count_bounces)
        return 0;
    stage->count_bounces = true;
    return run_trace_add_addresses(run->trace, run->device);
}

static int stage_run(Run *run, RunEnd *end)
{
    LegStage stage = {
        .fio = run->fio,
        .runtime_directory = run->input->config->runtime_directory,
        .target = &run->target,
        .device = run->device,
        .translation = translation_scope(&run->facts, run->device),
        .places = &run->places,
        .evidence = run->evidence,
        .cancel_fd = run->link->control_fd,
        .progress = on_leg_progress,
        .userdata = run,
    };
    int r = tell_stage(run->link, "run");

    if (r >= 0)
        r = run_registers_new(run->device, &run->target, &run->registers);
    if (r >= 0)
        r = read_registers(run);
    if (r < 0)
        return r;
    stage.trace = run->trace;
    run->outcomes = calloc(run->n_legs, sizeof(*run->outcomes));
    if (!run->outcomes)
        return -ENOMEM;
    for (size_t i = 0; i < run->n_legs && target_is_there(&run->target); i++) {
        LegJob leg = run_plan_leg(&run->plan, i);

        r = child_is_cancelled(run->link)
                ? -ECANCELED
                : leg_run(&stage, &leg, places_for(&run->places, leg.path), &run->outcomes[i]);
        if (r == -ECANCELED)
            return end_cancelled(end);
        if (r < 0)
            return r;
        run->n_outcomes++;
        r = mind_cut_mappings(run, &stage, &run->outcomes[i]);
        if (r >= 0)
            r = tell_leg_damage(run, &leg, &run->outcomes[i]);
        if (r >= 0)
            r = tell_leg(run->link, run->n_legs, &leg, &run->outcomes[i]);
        if (r >= 0)
            r = read_registers(run);
        if (r < 0)
            return r;
    }
    return 1;
}

/* --- verdict and report -------------------------------------------------------------------- */

/* The verdict once more, by the runs before this one. They are evidence of it. */
static int judge_by_history(const Run *run)
{
    int r;

    if (run->plan.kind != RUN_KIND_BENCH)
        return 0;
    r = evidence_put_json(run->evidence, "history.json", run->input->history);
    return r < 0 ? r : history_judge(run->input->history, run->report);
}

static int build_report(Run *run)
{
    _cleanup_json_ json_t *environment =
        run_environment_build(&run->facts, run->fio_version, run->trace, run->no_trace);
    _cleanup_json_ json_t *target = run_target_build(&run->target, run->device);
    _cleanup_json_ json_t *device = inspection_build_device(&run->facts, run->device);
    _cleanup_json_ json_t *host = inspection_build(&run->facts, NULL);
    _cleanup_json_ json_t *registers = run_registers_to_json(run->registers);
    _cleanup_free_ char *evidence =
        evidence_path(run->input->config->state_directory, run->input->id);
    ReportContext context = {
        .run = run->input->id,
        .evidence = evidence,
        .target = target,
        .environment = environment,
        .device = device,
        .registers = registers,
        .direct = place_reach(&run->places.direct),
        .bounce = place_reach(&run->places.bounce),
        .foreign_told = run->places.foreign_asked,
        .foreign_direct = place_reach(&run->places.foreign_direct),
        .foreign_bounce = place_reach(&run->places.foreign_bounce),
        .mixed_told = run->places.mixed_asked,
        .mixed = place_reach(&run->places.mixed),
        .emulated = json_get_bool(run->facts.environment, "emulated", false),
        .interrupted = run->n_outcomes < run->n_legs,
        .interruption = run->n_outcomes < run->n_legs
                            ? "the card is gone, or another one is in its place"
                            : NULL,
    };
    int r;

    context.kernel_written_known =
        target_written_bytes(&run->target, &context.kernel_written_bytes);
    r = evidence_put_json(run->evidence, "host.json", host);
    if (r >= 0)
        r = evidence_put_json(run->evidence, "environment.json", environment);
    if (r >= 0)
        r = evidence_put_json(run->evidence, "registers.json", registers);
    if (r >= 0)
        r = run_report_build(&run->plan, run->outcomes, run->n_outcomes, &context, &run->report);
    if (r >= 0)
        r = judge_by_history(run);
    if (r >= 0)
        r = evidence_put_json(run->evidence, "report.json", run->report);
    return r;
}

/* The first reason in one sentence; the caller frees, NULL when there is none. */
static char *first_reason(const json_t *report)
{
    const json_t *reason = json_array_get(json_object_get(report, "reasons"), 0);
    char *text = NULL;

    if (reason && asprintf(&text, "%s: %s", json_get_string(reason, "rule", "?"),
                           json_get_string(reason, "observed", "?")) < 0)
        text = NULL;
    return text;
}

static int stage_report(Run *run, RunEnd *end)
{
    int r = tell_stage(run->link, "report");

    if (r >= 0)
        r = build_report(run);
    if (r >= 0)
        r = evidence_publish(run->evidence, run->input->config->state_directory, &end->evidence);
    if (r == -ENOSPC || r == -EDQUOT)
        return end_with(end, VERDICT_INCONCLUSIVE,
                        "%s is full, so the evidence cannot be kept, and without it there is no "
                        "verdict; make room and run again",
                        run->input->config->state_directory);
    if (r < 0)
        return r;
    end->state = RUN_DONE;
    end->has_verdict = true;
    end->verdict = run_report_verdict(run->report);
    end->reason = first_reason(run->report);
    return 0;
}

/* --- the sentence -------------------------------------------------------------------------- */

static int run_stages(Run *run, RunEnd *end)
{
    static int (*const stages[])(Run * run, RunEnd * end) = {
        stage_request, stage_claim, stage_place, stage_run, stage_report,
    };
    int r = 1;

    for (size_t i = 0; r > 0 && i < sizeof(stages) / sizeof(stages[0]); i++)
        r = child_is_cancelled(run->link) ? end_cancelled(end) : stages[i](run, end);
    return r;
}

static void run_done(Run *run)
{
    trace_close(run->trace);
    run_registers_free(run->registers);
    places_done(&run->places);
    target_done(&run->target);
    host_facts_done(&run->facts);
    evidence_free(run->evidence);
    for (size_t i = 0; i < run->n_outcomes; i++)
        leg_outcome_done(&run->outcomes[i]);
    free(run->outcomes);
    run_plan_done(&run->plan);
    json_decref(run->report);
    free(run->fio);
    free(run->fio_version);
    free(run->no_trace);
}

/* A run that asked for no claim has written nothing. Of one whose disk is gone, or whose claim was
 * not granted, perhaps after a file was begun, that is not known. */
static json_t *written_to_json(const Run *run)
{
    uint64_t bytes = 0;

    if (run->claim_asked && !target_written_bytes(&run->target, &bytes))
        return NULL;
    return json_integer((json_int_t)bytes);
}

static json_t *build_end(const Run *run, const RunEnd *end)
{
    return json_pack("{s:s, s:s, s:s*, s:o*, s:s*, s:o*, s:o*}", "event", "end", "state",
                     run_state_name(end->state), "verdict",
                     end->has_verdict ? verdict_name(end->verdict) : NULL, "reason",
                     json_text(end->reason), "evidence", end->evidence, "target",
                     json_text(run->target.path), "written_bytes", written_to_json(run));
}

int run_main(const ChildLink *link, void *data)
{
    Run run = { .link = link, .input = data, .target = { .fd = -1, .disk_fd = -1 } };
    RunEnd end = { .state = RUN_FAILED };
    int r = run_stages(&run, &end);

    if (r < 0) {
        end.state = RUN_FAILED;
        end.has_verdict = false;
        free(end.reason);
        if (asprintf(&end.reason, "xdmad itself failed: %s", strerror(-r)) < 0)
            end.reason = NULL;
    }
    r = child_send(link, build_end(&run, &end));
    run_done(&run);
    free(end.reason);
    free(end.evidence);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
