/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CONFIG_H
#define XDMAD_DAEMON_CONFIG_H
/*
 * xdmad.conf(5): what the host's owner decides. Only the daemon reads it; a client cannot change
 * it.
 */

#include <stdint.h>

#include "bench/schedule.h"
#include "daemon/arena.h"

typedef struct Config {
    uint64_t write_budget_bytes_per_day; /* of the card's wear; charged before a write */
    ScheduleRules schedule;              /* when a run that a calendar asks for may start */
    uint64_t arena_memory_limit_bytes;   /* 0: the host's reserve alone bounds it */
    uint64_t arena_time_limit_usec;
    ArenaPages arena_pages;
    uint64_t evidence_max_bytes;    /* of all evidence directories; the newest stays */
    uint64_t evidence_max_age_usec; /* older ones go */
    char *textfile_directory;       /* of the node exporter; NULL = none; owned */
    uint64_t textfile_refresh_usec; /* written anew without a reason, to show that we live */
    char *target_directory;         /* where our own file lies; NULL = on the first card; owned */
    char *state_directory;          /* absolute; owned */
    char *runtime_directory;        /* absolute; owned */
} Config;

/* The built-in values, with the two directories taken. 0 or -ENOMEM. */
int config_init(Config *config, const char *state_directory, const char *runtime_directory);
void config_done(Config *config);

/*
 * Read a file over it. 0, also when the file is absent; -EINVAL and *ret_error (owned: file, line,
 * key, value, and what is allowed) when it is wrong; other negative errno.
 */
int config_load(Config *config, const char *path, char **ret_error);

#endif
