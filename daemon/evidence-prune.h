/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_EVIDENCE_PRUNE_H
#define XDMAD_DAEMON_EVIDENCE_PRUNE_H
/*
 * Evidence takes room, so the oldest of it goes. What series need is in the store and stays.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/config.h"
#include "daemon/store.h"

/* The evidence of one run. */
typedef struct EvidenceEntry {
    char name[64];
    uint64_t bytes;
    bool age_known; /* the wall clock was right then and is right now */
    uint64_t age_usec;
    bool is_corruption;
    bool goes; /* set by evidence_choose() */
} EvidenceEntry;

/*
 * Which of them go; `entries` are oldest first. By age, where it is known: those that are older
 * than max_age_usec, but none of a corruption. By room: as long as all of them take more than
 * max_bytes, the oldest, that of a corruption last. The newest always stays. Pure.
 */
void evidence_choose(EvidenceEntry *entries, size_t n, uint64_t max_bytes, uint64_t max_age_usec);

/* Choose and remove in the state directory: the store forgets where it was before it goes. In the
 * offload's thread. How many went, or negative errno. */
int evidence_prune(Store *store, const Config *config, const StoreTime *now);

#endif
