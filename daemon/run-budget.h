/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_BUDGET_H
#define XDMAD_DAEMON_RUN_BUDGET_H
/*
 * What a run may write of the card's life.
 */

#include "daemon/config.h"
#include "daemon/store.h"

#define RUN_BUDGET_REASON_BYTES SCHEDULE_REASON_BYTES

/* Of a day; runs that nobody asked for by hand have one of a week beside it. */
StoreWrites run_budget(const Config *config, bool scheduled);

/* In one sentence, why a run that may write so much was refused. */
void run_budget_explain(uint64_t write_bytes, const StoreWrites *budget, const StoreWrites *charged,
                        char ret_reason[static RUN_BUDGET_REASON_BYTES]);

#endif
