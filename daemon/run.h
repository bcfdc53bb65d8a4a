/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_H
#define XDMAD_DAEMON_RUN_H
/*
 * One run from its request to its report, in a child process of its own.
 */

#include <jansson.h>

#include "bench/request.h"
#include "bench/run-plan.h"
#include "daemon/card-latches.h"
#include "daemon/child.h"
#include "daemon/config.h"

/* What the child is started with. All borrowed. */
typedef struct RunInput {
    const char *id;
    const RunRequest *request;
    const RunPlan
        *plan; /* with both paths; the one that is run leaves out what cannot be reached */
    const Config *config;
    const json_t *history;      /* what runs before have left (bench/history.h) */
    const CardLatches *latches; /* the cards that are not to be written to */
} RunInput;

/*
 * Do it, in the child (ChildSpec.main; data is a RunInput). What happens goes up as messages shaped
 * like type Event of io.xdmad without `run`; the last one has event "end" and beside its state and
 * verdict: reason, target, evidence, written_bytes. 0, or an exit status when the daemon is gone.
 */
int run_main(const ChildLink *link, void *data);

#endif
