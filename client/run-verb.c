/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: start a run, follow it, show its report.
 */
#include "client/run-verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/absolute-path.h"
#include "client/ask.h"
#include "client/follow.h"
#include "client/output.h"
#include "client/render.h"
#include "client/report-output.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

#define RUN_ID_BYTES 64U /* with the NUL; xdmad's are 32 digits */

/* A word with a slash is a path, and of this machine unless another host is asked; any other is the
 * name of a device. */
static json_t *build_target(const CommandLine *command)
{
    _cleanup_free_ char *absolute = NULL;

    if (command->host || !strchr(command->argument, '/'))
        return json_string(command->argument);
    absolute = absolute_path(command->argument);
    return absolute ? json_string(absolute) : NULL;
}

/* Set a member when it is wanted; false when that failed. */
static bool set_wanted(json_t *object, const char *key, bool wanted, json_t *value)
{
    if (wanted)
        return json_object_set_new(object, key, value) == 0;
    json_decref(value);
    return true;
}

/* A new reference, or NULL: out of memory, or a target that is not UTF-8. */
static json_t *build_request(const CommandLine *command)
{
    _cleanup_json_ json_t *request = json_object();
    json_t *target = command->argument ? build_target(command) : NULL;

    if (!set_wanted(request, "target", command->argument != NULL, target) ||
        !set_wanted(request, "profile", command->profile != NULL, json_string(command->profile)) ||
        !set_wanted(request, "paths", command->paths != NULL, json_string(command->paths)) ||
        !set_wanted(request, "dry_run", command->dry_run, json_true()) ||
        !set_wanted(request, "confirm_cid", command->confirm_cid != NULL,
                    json_string(command->confirm_cid)) ||
        !set_wanted(request, "seed", command->seed_given, json_integer(command->seed)) ||
        !set_wanted(request, "scheduled", command->scheduled, json_true()))
        return NULL;
    return take_ptr(request);
}

static int output_plan(const CommandLine *command, const json_t *reply)
{
    _cleanup_json_ json_t *document = NULL;

    if (!command->json)
        return output_document(reply, false, render_plan);
    document = json_pack("{s:i, s:O?}", "schema", 1, "plan", json_object_get(reply, "plan"));
    return document ? output_document(document, true, NULL) : EXIT_STATUS_INCONCLUSIVE;
}

static void render_run_id(const json_t *document, const Page *page)
{
    page_print(page, PAGE_PLAIN, "%s\n", json_get_string(document, "run", ""));
}

static int output_run_id(const CommandLine *command, const char *run)
{
    _cleanup_json_ json_t *document = json_pack("{s:i, s:s}", "schema", 1, "run", run);

    return document ? output_document(document, command->json, render_run_id)
                    : EXIT_STATUS_INCONCLUSIVE;
}

/* Left before the end: say how to come back. */
static int tell_left(const CommandLine *command, const char *run, const Failure *why)
{
    Failure way_back;

    if (command->exec)
        failure_set(&way_back, EXIT_STATUS_INCONCLUSIVE,
                    "run %s ends with its private daemon: xdmactl --exec show %s", run, run);
    else
        failure_set(&way_back, EXIT_STATUS_INCONCLUSIVE,
                    "run %s may go on: xdmactl watch %s, xdmactl show %s", run, run, run);
    failure_tell(&way_back);
    return why->text[0] ? failure_tell(why) : way_back.exit_status;
}

static void note(const Follow *watch, const char *text)
{
    if (watch->progress)
        progress_note(watch->progress, text);
}

static void tell_started(const Follow *watch, const char *run)
{
    Failure line; /* made printable as any sentence with a peer's words */

    failure_set(&line, EXIT_STATUS_PASS, "run %s", run);
    note(watch, line.text);
}

/* Follow a run to its end. 1 when another goes on with it, whose id is then in `id`; 0; or negative
 * errno. What the one suspects is decided by the other, so that one's end is to be told. */
static int follow_one(const Follow *watch, char id[RUN_ID_BYTES], Failure *ret_failure)
{
    _cleanup_json_ json_t *last = NULL;
    const char *next;
    int r;

    tell_started(watch, id);
    r = follow(watch, &last, ret_failure);
    if (r < 0)
        return r;
    next = json_get_string(last, "next", NULL);
    if (!next || strlen(next) >= RUN_ID_BYTES)
        return 0;
    snprintf(id, RUN_ID_BYTES, "%s", next);
    note(watch, "a regression is suspected; one more run is to decide");
    return 1;
}

static int follow_and_show(const CommandLine *command, Link *link, const LinkTarget *target,
                           const char *run, int interrupt_fd)
{
    Page page = output_page(stderr);
    Progress progress = { .out = stderr,
                          .redraw = isatty(STDERR_FILENO) == 1,
                          .one_run = true,
                          .columns = page.columns };
    /* by a timer nobody looks on, and its lines would be written to the disk that is measured */
    Follow watch = { .link = link,
                     .target = target,
                     .run = run,
                     .progress = command->scheduled ? NULL : &progress,
                     .interrupt_fd = interrupt_fd };
    _cleanup_json_ json_t *reply = NULL;
    Failure failure = { 0 };
    char id[RUN_ID_BYTES];
    int r = 1;

    snprintf(id, sizeof(id), "%s", run);
    run = watch.run = id;
    while (r > 0)
        r = follow_one(&watch, id, &failure);
    if (r < 0)
        return tell_left(command, run, &failure);
    if (ask_link(link, "io.xdmad.Show", json_pack("{s:s}", "run", run), &reply, &failure) < 0)
        return tell_left(command, run, &failure);
    return report_output(reply, command->json);
}

static int fail(int exit_status, const char *text)
{
    Failure failure;

    failure_set(&failure, exit_status, "%s", text);
    return failure_tell(&failure);
}

int run_verb(const CommandLine *command, const char *method)
{
    LinkTarget target = ask_target(command);
    _cleanup_json_ json_t *request = build_request(command), *reply = NULL;
    _cleanup_link_ Link *link = NULL;
    _cleanup_close_ int interrupts = -1;
    const char *run;
    Failure failure;

    if (!request)
        return fail(EXIT_STATUS_USAGE, "the target's name is not UTF-8; give it another name");
    if (link_open(&target, &link, &failure) < 0)
        return failure_tell(&failure);
    interrupts = command->dry_run || command->detach ? -1 : follow_open_interrupts();
    if (ask_link(link, method, take_ptr(request), &reply, &failure) < 0)
        return failure_tell(&failure);
    if (command->dry_run)
        return output_plan(command, reply);
    run = json_get_string(reply, "run", NULL);
    if (!run)
        return fail(EXIT_STATUS_INCONCLUSIVE,
                    "xdmad answered without the id of a run; is it of the same version?");
    return command->detach ? output_run_id(command, run)
                           : follow_and_show(command, link, &target, run, interrupts);
}
