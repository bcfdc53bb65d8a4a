/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xdmad: options, directories, sockets; everything else is the manager's.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "common/cleanup.h"
#include "common/verdict.h"
#include "daemon/directories.h"
#include "daemon/log.h"
#include "daemon/manager.h"
#include "daemon/sockets.h"

#define DEFAULT_CONFIG "/etc/xdmad/xdmad.conf"

static void print_usage(void)
{
    puts("usage: xdmad [--config FILE] [--state-directory DIR] [--runtime-directory DIR]\n"
         "\n"
         "Started by systemd, it serves the sockets that it is handed. Started by hand, it makes\n"
         "io.xdmad and io.xdmad.public in its runtime directory. Started by xdmactl --exec, it\n"
         "serves that one peer. See xdmad(8).");
}

typedef struct Options {
    const char *config;
    const char *state_directory;
    const char *runtime_directory;
} Options;

/* 1 go on, 0 done, -EINVAL usage. */
static int parse_options(int argc, char **argv, Options *ret_options)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "state-directory", required_argument, NULL, 's' },
        { "runtime-directory", required_argument, NULL, 'r' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) >= 0)
        switch (option) {
        case 'c':
            ret_options->config = optarg;
            break;
        case 's':
            ret_options->state_directory = optarg;
            break;
        case 'r':
            ret_options->runtime_directory = optarg;
            break;
        case 'h':
            print_usage();
            return 0;
        case 'V':
            puts("xdmad " XDMAD_VERSION);
            return 0;
        default:
            return -EINVAL;
        }
    return optind == argc ? 1 : -EINVAL;
}

/* Directories and file together. 0, or negative errno after saying why. */
static int load_config(const Options *options, bool private_, Config *ret_config)
{
    _cleanup_free_ char *state = NULL;
    _cleanup_free_ char *runtime = NULL;
    _cleanup_free_ char *error = NULL;
    int r = directories_prepare(options->state_directory, options->runtime_directory, private_,
                                &state, &runtime);

    if (r < 0)
        return r;
    r = config_init(ret_config, state, runtime);
    if (r < 0)
        return r;
    r = config_load(ret_config, options->config, &error);
    if (r < 0) {
        log_error("%s", error ? error : options->config);
        if (!error)
            log_error("%s: %s", options->config, strerror(-r));
        config_done(ret_config);
    }
    return r;
}

int main(int argc, char **argv)
{
    Options options = { .config = DEFAULT_CONFIG };
    Manager *manager = NULL;
    Config config;
    bool private_ = sockets_are_private();
    int r = parse_options(argc, argv, &options);

    signal(SIGPIPE, SIG_IGN); /* who hung up is told by EPIPE */

    if (r <= 0) {
        if (r < 0)
            fputs("xdmad: see xdmad --help\n", stderr);
        return r < 0 ? EXIT_STATUS_USAGE : EXIT_SUCCESS;
    }
    if (private_)
        log_set_max_level(4); /* its stderr is the client's: trouble only */
    r = load_config(&options, private_, &config);
    if (r >= 0)
        r = manager_new(&config, private_, &manager);
    if (r >= 0)
        r = sockets_serve(manager->server, manager->config.runtime_directory);
    if (r >= 0)
        r = manager_run(manager);
    manager_free(manager);
    if (r < 0) {
        log_error("cannot go on: %s", strerror(-r));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
