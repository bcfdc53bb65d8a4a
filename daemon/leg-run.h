/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LEG_RUN_H
#define XDMAD_DAEMON_LEG_RUN_H
/*
 * One leg: fio, or our own I/O on granted pages, on a lent arena, the kernel's trace beside it, the
 * frames looked at again, all of it put into evidence.
 */

#include <stdint.h>

#include "bench/leg.h"
#include "bench/leg-job.h"
#include "daemon/evidence.h"
#include "daemon/places.h"
#include "daemon/target.h"
#include "daemon/trace.h"

/* What the legs of a run share. All borrowed. */
typedef struct LegStage {
    const char *fio;               /* the program; NULL where every place is of granted pages */
    const char *runtime_directory; /* for fio's private TMPDIR */
    const Target *target;
    const StorageDevice *device;
    TranslationScope translation; /* of the device, for the audit of its mappings */
    TraceSession *trace;          /* NULL: nothing is seen */
    bool count_bounces; /* beside mappings, which have been seen cut: else those alone tell more,
                           and cost less */
    Places *places;     /* of both paths; NULL where no leg is a verify's */
    Evidence *evidence;
    int cancel_fd; /* readable or hung up: stop */
    /* About once a second. */
    void (*progress)(const LegJob *leg, uint64_t bytes_done, void *userdata);
    void *userdata;
} LegStage;

/*
 * Run it. 0 and *ret_outcome (release with leg_outcome_done()), whatever became of the leg;
 * -ECANCELED when it was stopped on request; other negative errno when the machinery failed.
 */
int leg_run(const LegStage *stage, const LegJob *leg, Place *place, LegOutcome *ret_outcome);

#endif
