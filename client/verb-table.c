/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the table of verbs.
 */
#include "client/verb.h"

#include <string.h>

static const Verb verbs[] = {
    { .name = "status", .summary = "the daemon at a glance", .run = verb_status },
    { .name = "list",
      .summary = "the storage controllers and what each can reach",
      .run = verb_list },
    { .name = "inspect",
      .argument = "[DEVICE]",
      .options = VERB_OPTION_ROOT | VERB_OPTION_DTB | VERB_OPTION_LIVE,
      .summary = "RAM banks, windows, pool, Xen, each path's share",
      .run = verb_inspect },
    { .name = "doctor",
      .argument = "[DEVICE]",
      .options = VERB_OPTION_ROOT,
      .summary = "what is wrong, worst first, with evidence and remedy",
      .run = verb_doctor },
    { .name = "bench",
      .argument = "[TARGET]",
      .options = VERB_OPTION_PROFILE | VERB_OPTION_DRY_RUN | VERB_OPTION_CONFIRM_CID |
                 VERB_OPTION_SEED | VERB_OPTION_DETACH | VERB_OPTION_SCHEDULED | VERB_OPTION_CLEAR |
                 VERB_OPTION_PATHS,
      .summary = "measure the direct and the bounce path, in pairs",
      .run = verb_bench },
    { .name = "verify",
      .argument = "[TARGET]",
      .options = VERB_OPTION_PROFILE | VERB_OPTION_DRY_RUN | VERB_OPTION_CONFIRM_CID |
                 VERB_OPTION_SEED | VERB_OPTION_DETACH | VERB_OPTION_SCHEDULED | VERB_OPTION_CLEAR |
                 VERB_OPTION_REPLAY,
      .summary = "read back by each path what each path wrote",
      .run = verb_verify },
    { .name = "watch",
      .argument = "[RUN]",
      .summary = "what happens to a run, or to all, live",
      .run = verb_watch },
    { .name = "cancel",
      .argument = "RUN",
      .argument_required = true,
      .summary = "ask a run to stop",
      .run = verb_cancel },
    { .name = "show",
      .argument = "[RUN]",
      .summary = "the report of a run, or of the last one",
      .run = verb_show },
    { .name = "history",
      .argument = "[WORKLOAD]",
      .options = VERB_OPTION_LIMIT,
      .summary = "past runs with their figures, newest first",
      .run = verb_history },
    { .name = "compare",
      .argument = "[RUN [RUN]]",
      .takes_second = true,
      .options = VERB_OPTION_BY,
      .summary = "two runs, two kernels, two boot modes side by side",
      .run = verb_compare },
    { .name = "report",
      .argument = "[RUN]",
      .summary = "a run, or the last one, as a page of HTML",
      .run = verb_report },
    { .name = "metrics", .summary = "what was measured, as Prometheus text", .run = verb_metrics },
    { .name = "analyze",
      .argument = "FILE",
      .argument_required = true,
      .names_file = true,
      .summary = "change points of a series: JSON or a number a line",
      .run = verb_analyze },
    { .name = "capture",
      .argument = "FILE",
      .argument_required = true,
      .summary = "what inspect reads of the host, as a tar for --root",
      .run = verb_capture },
    { .name = "bugreport",
      .summary = "the host as plain text for a mailing list",
      .run = verb_bugreport },
    { .name = "help",
      .argument = "[VERB]",
      .summary = "this text, or a verb's own",
      .run = verb_help },
    { .name = "bridge",
      .hidden = true,
      .summary = "join stdin and stdout to the daemon, for -H on another host",
      .run = verb_bridge },
};

const Verb *verb_table(size_t *ret_n_verbs)
{
    *ret_n_verbs = sizeof(verbs) / sizeof(verbs[0]);
    return verbs;
}

const Verb *verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}
