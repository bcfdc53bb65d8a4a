/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_VERB_H
#define XDMAD_CLIENT_VERB_H
/*
 * The verbs of xdmactl: one table, from which arguments are checked, usage is printed and the verb
 * is run. Each verb lives in verb-NAME.c.
 */

#include <stdbool.h>
#include <stddef.h>

#include "client/command-line.h"

/* Options that only some verbs take. */
typedef enum VerbOption {
    VERB_OPTION_ROOT = 1 << 0,
    VERB_OPTION_DTB = 1 << 1,
    VERB_OPTION_PROFILE = 1 << 2,
    VERB_OPTION_DRY_RUN = 1 << 3,
    VERB_OPTION_CONFIRM_CID = 1 << 4,
    VERB_OPTION_SEED = 1 << 5,
    VERB_OPTION_DETACH = 1 << 6,
    VERB_OPTION_LIMIT = 1 << 7,
    VERB_OPTION_BY = 1 << 8,
    VERB_OPTION_LIVE = 1 << 9,
    VERB_OPTION_CLEAR = 1 << 10,
    VERB_OPTION_REPLAY = 1 << 11,
    VERB_OPTION_SCHEDULED = 1 << 12,
    VERB_OPTION_PATHS = 1 << 13,
} VerbOption;

struct Verb {
    const char *name;
    const char *argument; /* its argument as usage shows it, or NULL when it takes none */
    bool takes_second;    /* a second one, never required; `argument` shows it too */
    bool argument_required;
    bool names_file;  /* of this machine, to a private daemon: implies --exec */
    bool hidden;      /* not in usage: for xdmactl's own use */
    unsigned options; /* VerbOption, or-ed */
    const char *summary;
    int (*run)(const CommandLine *command); /* returns an enum ExitStatus */
};

/* All verbs, in the order of usage. */
const Verb *verb_table(size_t *ret_n_verbs);

/* The verb of this name, or NULL. */
const Verb *verb_find(const char *name);

int verb_status(const CommandLine *command);
int verb_list(const CommandLine *command);
int verb_inspect(const CommandLine *command);
int verb_doctor(const CommandLine *command);
int verb_bench(const CommandLine *command);
int verb_verify(const CommandLine *command);
int verb_watch(const CommandLine *command);
int verb_cancel(const CommandLine *command);
int verb_show(const CommandLine *command);
int verb_report(const CommandLine *command);
int verb_history(const CommandLine *command);
int verb_compare(const CommandLine *command);
int verb_metrics(const CommandLine *command);
int verb_analyze(const CommandLine *command);
int verb_capture(const CommandLine *command);
int verb_bugreport(const CommandLine *command);
int verb_help(const CommandLine *command);
int verb_bridge(const CommandLine *command);

#endif
