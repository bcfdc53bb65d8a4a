/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_COMMAND_LINE_H
#define XDMAD_CLIENT_COMMAND_LINE_H
/*
 * The command line, parsed strictly: an option that the verb does not take, a value out of range, a
 * word too many is an error that says so. Options may stand before or behind the verb.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/failure.h"

typedef struct Verb Verb;

typedef struct CommandLine {
    const Verb *verb;     /* NULL only with `help` or `version` */
    const char *argument; /* the verb's argument, or NULL */
    const char *second;   /* its second one, or NULL */
    const char *host;     /* USER@HOST, never empty, never beginning with '-' */
    const char *socket;   /* or NULL for the default */
    bool exec;            /* start a private daemon */
    bool json;
    bool help;
    bool version;
    const char *root;        /* inspect: a captured tree */
    const char *dtb;         /* inspect: a device tree file */
    const char *profile;     /* "smoke", "quick", "standard" or "full", or NULL */
    const char *paths;       /* bench: "own" or "foreign", or NULL */
    const char *confirm_cid; /* bench: 32 hexadecimal digits, or NULL */
    const char *by;          /* compare: what the runs differ in, or NULL */
    bool dry_run;
    bool detach;
    bool scheduled;     /* only when the time is right */
    const char *replay; /* verify: an evidence directory to judge again, or NULL */
    bool clear;         /* verify: release a card instead; bench: the schedule */
    bool seed_given;
    int64_t seed;      /* 0 and up: what a JSON integer holds */
    int64_t live_usec; /* inspect: watch for so long; 0 when not given */
    int64_t limit;     /* history: 1 and up; 0 when not given */
} CommandLine;

/* One option, as it is parsed, explained and completed. */
typedef struct CommandOption {
    const char *name;
    int letter;           /* its short form, or 0 */
    const char *argument; /* what its argument is called, or NULL when it takes none; "[NAME]"
                             when it may be left out */
    unsigned verb_option; /* VerbOption, or 0 when every verb takes it */
    const char *summary;
} CommandOption;

/* All options, in the order of usage. */
const CommandOption *command_options(size_t *ret_n_options);

/* Parse. Text is borrowed from argv, whose words getopt may put in another order. 0, or -EINVAL
 * with a usage failure (exit status 2). */
int command_line_parse(int argc, char **argv, CommandLine *ret_command, Failure *ret_failure);

#endif
