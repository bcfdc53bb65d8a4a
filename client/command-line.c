/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: argv to CommandLine. It opens nothing and prints nothing.
 */
#include "client/command-line.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client/verb.h"
#include "common/parse.h"
#include "common/verdict.h"

#define CID_BYTES     16 /* a card's CID register: 128 bits */
#define HISTORY_LIMIT 10000

/* how long io.xdmad.Inspect watches, in seconds */
#define LIVE_DEFAULT_SEC 5
#define LIVE_MAX_SEC     60
#define USEC_PER_SEC     INT64_C(1000000)

enum Option {
    OPTION_HOST,
    OPTION_SOCKET,
    OPTION_EXEC,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_ROOT,
    OPTION_DTB,
    OPTION_PROFILE,
    OPTION_PATHS,
    OPTION_DRY_RUN,
    OPTION_CONFIRM_CID,
    OPTION_SEED,
    OPTION_DETACH,
    OPTION_SCHEDULED,
    OPTION_CLEAR,
    OPTION_REPLAY,
    OPTION_LIMIT,
    OPTION_BY,
    OPTION_LIVE,
    N_OPTIONS,
};

#define OPTION_CODE_BASE 256 /* getopt's codes: beyond any letter */

static const CommandOption options[N_OPTIONS] = {
    [OPTION_HOST] = { "host", 'H', "USER@HOST", 0, "ask the daemon of another host, over ssh" },
    [OPTION_SOCKET] = { "socket", 0, "PATH", 0, "the daemon's socket (/run/xdmad/io.xdmad)" },
    [OPTION_EXEC] = { "exec", 0, NULL, 0, "start a private daemon for this one command" },
    [OPTION_JSON] = { "json", 0, NULL, 0, "print the whole document as JSON" },
    [OPTION_HELP] = { "help", 'h', NULL, 0, "this text" },
    [OPTION_VERSION] = { "version", 0, NULL, 0, "the version of xdmactl" },
    [OPTION_ROOT] = { "root", 0, "DIR", VERB_OPTION_ROOT,
                      "read this captured tree (implies --exec)" },
    [OPTION_DTB] = { "dtb", 0, "FILE", VERB_OPTION_DTB, "read this device tree (implies --exec)" },
    [OPTION_PROFILE] = { "profile", 0, "smoke|quick|standard|full", VERB_OPTION_PROFILE,
                         "how much to measure" },
    [OPTION_PATHS] = { "paths", 0, "own|foreign", VERB_OPTION_PATHS,
                       "on Dom0's own pages, or on granted ones" },
    [OPTION_DRY_RUN] = { "dry-run", 0, NULL, VERB_OPTION_DRY_RUN,
                         "answer the plan and start nothing" },
    [OPTION_CONFIRM_CID] = { "confirm-cid", 0, "HEX", VERB_OPTION_CONFIRM_CID,
                             "the card's CID: a raw device is overwritten" },
    [OPTION_SEED] = { "seed", 0, "N", VERB_OPTION_SEED, "repeat the order of an earlier run" },
    [OPTION_DETACH] = { "detach", 0, NULL, VERB_OPTION_DETACH,
                        "print the run's id and leave it running" },
    [OPTION_SCHEDULED] = { "scheduled", 0, NULL, VERB_OPTION_SCHEDULED,
                           "as a timer asks: only when the host is quiet" },
    [OPTION_REPLAY] = { "replay", 0, "DIR", VERB_OPTION_REPLAY,
                        "only judge this evidence again (implies --exec)" },
    [OPTION_CLEAR] = { "clear", 0, NULL, VERB_OPTION_CLEAR,
                       "run nothing: release cards, or bench's schedule" },
    [OPTION_LIMIT] = { "limit", 0, "N", VERB_OPTION_LIMIT, "at most so many runs" },
    [OPTION_BY] = { "by", 0, "WHAT", VERB_OPTION_BY,
                    "compare by kernel, xen, boot-mode, ... (see man)" },
    [OPTION_LIVE] = { "live", 0, "[SECONDS]", VERB_OPTION_LIVE,
                      "watch mappings and bounces first, for 5 s" },
};

const CommandOption *command_options(size_t *ret_n_options)
{
    *ret_n_options = N_OPTIONS;
    return options;
}

static int usage_failure(Failure *ret_failure, const char *what, const char *value,
                         const char *hint)
{
    failure_set(ret_failure, EXIT_STATUS_USAGE, "%s%s%s; %s", what, value ? ": " : "",
                value ? value : "", hint);
    return -EINVAL;
}

static int parse_number(const char *text, int64_t low, int64_t high, int64_t *ret_number)
{
    uint64_t number = 0;
    int r = parse_u64(text, &number);

    if (r < 0)
        return r;
    if (number > (uint64_t)high || (int64_t)number < low)
        return -ERANGE;
    *ret_number = (int64_t)number;
    return 0;
}

static bool is_profile(const char *text)
{
    static const char *const names[] = { "smoke", "quick", "standard", "full" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(text, names[i]) == 0)
            return true;
    return false;
}

/* ssh takes a host that begins with '-' for an option; blanks and control characters are in no
 * host's name. */
static bool is_host(const char *text)
{
    if (text[0] == '\0' || text[0] == '-')
        return false;
    for (const char *c = text; *c; c++)
        if (isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
            return false;
    return true;
}

/* `value` is NULL where none was given. */
static int set_live(CommandLine *command, const char *value, Failure *ret_failure)
{
    int64_t sec = LIVE_DEFAULT_SEC;

    if (value && parse_number(value, 1, LIVE_MAX_SEC, &sec) < 0)
        return usage_failure(ret_failure, "--live: not a whole number of 1 to 60", value,
                             "give the seconds to watch, or none");
    command->live_usec = sec * USEC_PER_SEC;
    return 0;
}

/* An option whose value has rules. */
static int set_checked(CommandLine *command, enum Option option, const char *value,
                       Failure *ret_failure)
{
    uint8_t cid[CID_BYTES];

    switch (option) {
    case OPTION_HOST:
        command->host = value;
        return is_host(value) ? 0
                              : usage_failure(ret_failure, "-H: not a host's name", value,
                                              "give HOST or USER@HOST");
    case OPTION_PROFILE:
        command->profile = value;
        return is_profile(value) ? 0
                                 : usage_failure(ret_failure, "--profile: no such profile", value,
                                                 "give smoke, quick, standard or full");
    case OPTION_PATHS:
        command->paths = value;
        return strcmp(value, "own") == 0 || strcmp(value, "foreign") == 0
                   ? 0
                   : usage_failure(ret_failure, "--paths: no such paths", value,
                                   "give own or foreign");
    case OPTION_CONFIRM_CID:
        command->confirm_cid = value;
        if (parse_hex_bytes(value, cid, sizeof(cid)) == 0)
            return 0;
        return usage_failure(ret_failure, "--confirm-cid: not a CID", value,
                             "give the 32 hexadecimal digits that `xdmactl list` shows");
    case OPTION_SEED:
        command->seed_given = true;
        if (parse_number(value, 0, INT64_MAX, &command->seed) == 0)
            return 0;
        return usage_failure(ret_failure, "--seed: not a whole number of 0 to 2^63-1", value,
                             "give one that a report shows, or none");
    case OPTION_LIVE:
        return set_live(command, value, ret_failure);
    case OPTION_LIMIT:
        if (parse_number(value, 1, HISTORY_LIMIT, &command->limit) == 0)
            return 0;
        return usage_failure(ret_failure, "--limit: not a whole number of 1 to 10000", value,
                             "give how many runs to list");
    default:
        return 0;
    }
}

static const char **text_slot(CommandLine *command, enum Option option)
{
    switch (option) {
    case OPTION_SOCKET:
        return &command->socket;
    case OPTION_ROOT:
        return &command->root;
    case OPTION_DTB:
        return &command->dtb;
    case OPTION_REPLAY:
        return &command->replay;
    case OPTION_BY:
        return &command->by;
    default:
        return NULL;
    }
}

static bool *flag_slot(CommandLine *command, enum Option option)
{
    switch (option) {
    case OPTION_EXEC:
        return &command->exec;
    case OPTION_JSON:
        return &command->json;
    case OPTION_HELP:
        return &command->help;
    case OPTION_VERSION:
        return &command->version;
    case OPTION_DRY_RUN:
        return &command->dry_run;
    case OPTION_DETACH:
        return &command->detach;
    case OPTION_SCHEDULED:
        return &command->scheduled;
    case OPTION_CLEAR:
        return &command->clear;
    default:
        return NULL;
    }
}

static int set_option(CommandLine *command, enum Option option, const char *value,
                      Failure *ret_failure)
{
    const char **text = text_slot(command, option);
    bool *flag = flag_slot(command, option);

    if (flag) {
        *flag = true;
        return 0;
    }
    if (!text)
        return set_checked(command, option, value, ret_failure);
    if (value[0] == '\0')
        return usage_failure(ret_failure, "an empty value for option", options[option].name,
                             "give one or leave the option out");
    *text = value;
    return 0;
}

/* getopt's tables, from ours. */
static void build_getopt_tables(struct option *ret_long, char *ret_short)
{
    size_t n_short = 0;

    ret_short[n_short++] = ':'; /* tell a missing argument from an unknown option */
    for (size_t i = 0; i < N_OPTIONS; i++) {
        ret_long[i] = (struct option) {
            .name = options[i].name,
            .has_arg = !options[i].argument            ? no_argument
                       : options[i].argument[0] == '[' ? optional_argument
                                                       : required_argument,
            .val = OPTION_CODE_BASE + (int)i,
        };
        if (options[i].letter) {
            ret_short[n_short++] = (char)options[i].letter;
            if (options[i].argument)
                ret_short[n_short++] = ':';
        }
    }
    ret_long[N_OPTIONS] = (struct option) { 0 };
    ret_short[n_short] = '\0';
}

static enum Option option_of_code(int code)
{
    size_t i = 0;

    if (code >= OPTION_CODE_BASE)
        return (enum Option)(code - OPTION_CODE_BASE);
    while (i < N_OPTIONS && options[i].letter != code)
        i++;
    return (enum Option)i;
}

/* The number behind an option whose value may be left out, as a word of its own: taken where it is
 * one, for no verb's argument is digits alone. */
static const char *take_number_word(int argc, char **argv)
{
    const char *word = optind < argc ? argv[optind] : NULL;

    if (!word || !word[0] || word[strspn(word, "0123456789")])
        return NULL;
    optind++;
    return word;
}

/* Every option of argv; *ret_given has the VerbOption bits that were used. */
static int parse_options(int argc, char **argv, CommandLine *command, unsigned *ret_given,
                         Failure *ret_failure)
{
    struct option long_options[N_OPTIONS + 1];
    char short_options[2 * N_OPTIONS + 2];
    int code, r;

    build_getopt_tables(long_options, short_options);
    optind = 0; /* GNU: start anew */
    opterr = 0;
    while ((code = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
        enum Option option;

        if (code == ':')
            return usage_failure(ret_failure, "this option needs a value", argv[optind - 1],
                                 "see `xdmactl help`");
        if (code == '?')
            return usage_failure(ret_failure, "no such option, or one given wrongly",
                                 argv[optind - 1], "see `xdmactl help`");
        option = option_of_code(code);
        r = set_option(command, option,
                       option == OPTION_LIVE && !optarg ? take_number_word(argc, argv) : optarg,
                       ret_failure);
        if (r < 0)
            return r;
        *ret_given |= options[option].verb_option;
    }
    return 0;
}

static int refuse_foreign_option(const Verb *verb, unsigned wrong, Failure *ret_failure)
{
    char what[64];

    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (!(options[i].verb_option & wrong))
            continue;
        snprintf(what, sizeof(what), "%s takes no option", verb->name);
        return usage_failure(ret_failure, what, options[i].name, "see `xdmactl help`");
    }
    return -EINVAL;
}

/* What does not go together. */
static int check_combination(const CommandLine *command, Failure *ret_failure)
{
    bool names_file = command->verb && command->verb->names_file;
    bool here = command->root || command->dtb || command->replay || names_file;

    if (here && command->host)
        return usage_failure(ret_failure,
                             names_file ? "this verb reads a file of this machine"
                                        : "--root, --dtb and --replay name files of this machine",
                             NULL, "leave out -H, or run xdmactl on that host");
    if ((command->exec || here) && command->socket)
        return usage_failure(ret_failure, "--exec uses no socket", NULL,
                             "leave out --socket, or --exec");
    if (command->exec && command->detach)
        return usage_failure(ret_failure, "a private daemon ends with this command", NULL,
                             "leave out --detach, or --exec");
    if (here && command->live_usec > 0)
        return usage_failure(ret_failure, "--live watches this host", NULL,
                             "leave out --live, or --root and --dtb");
    if (command->replay && (command->argument || command->clear || command->dry_run))
        return usage_failure(ret_failure, "--replay judges what was run", NULL,
                             "leave out target, --clear and --dry-run, or --replay");
    if (command->clear &&
        (command->argument || command->dry_run || command->detach || command->scheduled))
        return usage_failure(ret_failure, "--clear runs nothing", NULL,
                             "leave out target, --dry-run, --detach and --scheduled, or --clear");
    if (command->clear && command->confirm_cid && strcmp(command->verb->name, "bench") == 0)
        return usage_failure(ret_failure, "bench --clear releases the schedule, and no card", NULL,
                             "leave out --confirm-cid, or see `xdmactl verify --clear`");
    if (command->profile && strcmp(command->profile, "smoke") == 0 &&
        strcmp(command->verb->name, "verify") == 0)
        return usage_failure(ret_failure, "smoke writes nothing, so there is nothing to verify",
                             NULL, "give quick, standard or full");
    if (command->dry_run && command->scheduled)
        return usage_failure(ret_failure, "--dry-run starts nothing, at no time", NULL,
                             "leave out --scheduled, or --dry-run");
    if (command->dry_run && command->detach)
        return usage_failure(ret_failure, "--dry-run starts nothing to detach from", NULL,
                             "leave out --detach, or --dry-run");
    return 0;
}

static int parse_verb(int argc, char **argv, CommandLine *command, unsigned given,
                      Failure *ret_failure)
{
    const Verb *verb;
    int most; /* words */

    if (optind >= argc)
        return usage_failure(ret_failure, "no verb given", NULL, "see `xdmactl help`");
    verb = verb_find(argv[optind]);
    if (!verb)
        return usage_failure(ret_failure, "no such verb", argv[optind],
                             "`xdmactl help` lists them");
    command->verb = verb;
    if (given & ~verb->options)
        return refuse_foreign_option(verb, given & ~verb->options, ret_failure);
    most = 1 + (verb->argument ? 1 : 0) + (verb->takes_second ? 1 : 0);
    if (argc - optind > most)
        return usage_failure(ret_failure, "one word too many", argv[optind + most],
                             "see `xdmactl help`");
    command->argument = argv[optind + 1]; /* NULL at the end of argv */
    command->second = command->argument && most == 3 ? argv[optind + 2] : NULL;
    if (verb->argument_required && !command->argument && !command->help)
        return usage_failure(ret_failure, "an argument is missing", verb->argument,
                             "see `xdmactl help`");
    if ((command->argument && command->argument[0] == '\0') ||
        (command->second && command->second[0] == '\0'))
        return usage_failure(ret_failure, "an empty argument", verb->argument,
                             "give it or leave it out");
    return 0;
}

int command_line_parse(int argc, char **argv, CommandLine *ret_command, Failure *ret_failure)
{
    CommandLine command = { 0 };
    unsigned given = 0;
    int r;

    r = parse_options(argc, argv, &command, &given, ret_failure);
    if (r < 0)
        return r;
    if (optind < argc || !(command.help || command.version)) {
        r = parse_verb(argc, argv, &command, given, ret_failure);
        if (r < 0)
            return r;
    }
    r = check_combination(&command, ret_failure);
    if (r < 0)
        return r;
    *ret_command = command;
    return 0;
}
