/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LEG_FOREIGN_H
#define XDMAD_DAEMON_LEG_FOREIGN_H
/*
 * The I/O of a verify's leg on granted pages, which fio cannot map: the same blocks at the same
 * places of target and arena, with the same content and checks, one after the other.
 */

#include "bench/fio-result.h"
#include "daemon/foreign-io.h"
#include "daemon/leg-verify.h"

/* All borrowed. */
typedef struct LegForeign {
    const LegVerifyStage *stage;
    LegCheck *check; /* takes the bad blocks */
    ForeignControl control;
} LegForeign;

/*
 * Do it. 0 and *ret_result (release with fio_result_done()), shaped as fio's: passed when every
 * block was moved and no I/O failed, however many came wrong; its only latency is the mean.
 * -ECANCELED; other negative errno when the machinery failed.
 */
int leg_foreign_run(const LegForeign *leg, FioResult *ret_result);

#endif
