/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_MANAGER_H
#define XDMAD_DAEMON_MANAGER_H
/*
 * Owns the loop and everything on it. The only place where the parts of the daemon are joined.
 */

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "daemon/config.h"
#include "daemon/jobs.h"
#include "daemon/offload.h"
#include "daemon/publisher.h"
#include "daemon/schedule.h"
#include "daemon/store.h"
#include "daemon/varlink-server.h"

#define MANAGER_MAX_LOOKS 8U /* at a time: each is a process */

struct Manager {
    sd_event *event;
    Config config;
    Store *store;        /* used through offload alone; NULL: see store_failure */
    char *store_failure; /* why there is none; owned */
    Offload *offload;
    VarlinkServer *server;
    Jobs *jobs;
    Schedule *schedule;
    Publisher *publisher; /* NULL of a private daemon: the host's tools are not to hear of it */
    uint64_t started_boottime_usec;
    unsigned n_looks;                  /* children that look at the host for a call */
    json_t *findings_key;              /* of the findings that were stored last */
    json_t *last_inspection;           /* of this host: answers while a run measures */
    sd_event_source *self_look;        /* one that is to begin; see self-look.h */
    sd_event_source *textfile_refresh; /* see metrics.h; NULL without a textfile */
    bool private_;                     /* serves one peer on a socket pair, and ends with it */
};

/* Take over the configuration (also on failure) and make ready, without any peer yet.
 * 0 and *ret_manager, or negative errno. */
int manager_new(Config *config, bool private_, Manager **ret_manager);
Manager *manager_free(Manager *manager);

/* What a look has just seen of this host, type Inspection of io.xdmad (borrowed). */
void manager_see(Manager *manager, json_t *inspection);

/* Run until SIGTERM, SIGINT or, when private, until the peer is gone. What runs is stopped and
 * recorded first. 0 or negative errno. */
int manager_run(Manager *manager);

#endif
