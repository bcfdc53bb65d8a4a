/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_ADMISSION_H
#define XDMAD_DAEMON_ADMISSION_H
/*
 * Whether a run may be made: its writes are charged to the card's wear before it begins, or the
 * budget has no room for them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "daemon/config.h"
#include "daemon/run-budget.h"
#include "daemon/run-record.h"
#include "daemon/store.h"
#include "daemon/varlink-server.h"

typedef struct Admission {
    Store *store; /* this and the two below are borrowed */
    const Config *config;
    const RunRecord *record;
    uint64_t write_bytes; /* at most */
    bool decides;         /* what a run before it suspects: then it is no try of the timer's */
    int result;           /* 1 admitted, 0 refused by the budget, or negative errno */
    char refusal[RUN_BUDGET_REASON_BYTES]; /* by the budget; "" where it was not that */
} Admission;

/* Store the record and the charge, both or neither, or why the budget keeps a run by schedule off.
 * Fills the last two members. It waits for the disk. */
void admission_decide(Admission *admission);

/* What is not admitted, to who asked, and of the budget's refusals to the journal. */
void admission_tell_refusal(const Admission *admission, PendingCall *call);

#endif
