/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_TELL_H
#define XDMAD_DAEMON_RUN_TELL_H
/*
 * What a run tells while it goes on: messages up its pipe, shaped like type Event of io.xdmad
 * without `run`. Each answers 0 or negative errno (-EPIPE: the daemon is gone).
 */

#include <stddef.h>
#include <stdint.h>

#include "bench/leg.h"
#include "bench/leg-job.h"
#include "daemon/child.h"

int tell_stage(const ChildLink *link, const char *stage);

int tell_progress(const ChildLink *link, size_t n_legs, const LegJob *leg, uint64_t bytes_done);

/* A leg is over; its proof is set. */
int tell_leg(const ChildLink *link, size_t n_legs, const LegJob *leg, const LegOutcome *outcome);

/* Damaged bytes: from now on nothing is to be written to the card. */
typedef struct DamageNews {
    const char *id; /* of the finding: "CMP-02", "REG-01" */
    const char *device;
    const char *card;    /* of card_latch_name() */
    const char *message; /* what was seen */
    uint32_t leg;        /* in which, or after how many */
} DamageNews;

int tell_damage(const ChildLink *link, const DamageNews *news);

#endif
