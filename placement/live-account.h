/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_LIVE_ACCOUNT_H
#define XDMAD_PLACEMENT_LIVE_ACCOUNT_H
/*
 * What was seen while a host was watched for a while: bounces by device and reason, mappings by how
 * each segment was translated, and the use of the pool. Bounded, however much happens.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "placement/bounce-event.h"
#include "placement/bounce-reason.h"
#include "placement/dma-mapping.h"
#include "placement/translation-audit.h"

#define LIVE_MAX_DEVICES  32U
#define LIVE_MAX_WRONG    16U /* of one device; the rest is counted */
#define LIVE_MAX_SEGMENTS 64U /* the last ones of one device */

/* One segment as it was mapped, and what the audit says of it. */
typedef struct LiveSegment {
    DmaSegment segment;
    DmaMappingKind kind;
    DmaDirection direction;
    bool cpu_known;
    TranslationAnswer answer;
} LiveSegment;

typedef struct LiveDevice {
    char name[64]; /* dev_name */
    uint64_t bounces[N_BOUNCE_REASONS];
    uint64_t bounced_bytes[N_BOUNCE_REASONS];
    uint64_t mappings; /* events */
    uint64_t truncated;
    uint64_t coherent_bytes; /* of memory whose CPU address is not told, and that the device
                                reaches: in none of the sums below */
    uint64_t segments[N_TRANSLATIONS];
    uint64_t segment_bytes[N_TRANSLATIONS];
    size_t n_wrong; /* kept */
    LiveSegment wrong[LIVE_MAX_WRONG];
    uint64_t n_recent;                     /* seen in all; the last LIVE_MAX_SEGMENTS are kept */
    LiveSegment recent[LIVE_MAX_SEGMENTS]; /* the i-th seen at i % LIVE_MAX_SEGMENTS */
} LiveDevice;

/* The pool while it was watched, in slots; of samples, so a short burst may be missed. */
typedef struct LivePool {
    bool known;
    uint64_t used_first;
    uint64_t used_last;
    uint64_t used_most;
} LivePool;

typedef struct LiveAccount {
    uint64_t usec; /* how long */
    bool bounces_seen;
    bool mappings_seen;
    bool mappings_by_probe; /* at the entry of dma_unmap_sg_attrs(), for want of events */
    char *why_not;          /* what could not be seen, and why; NULL: all was; owned */
    uint64_t lost;          /* events that the trace dropped */
    LivePool pool;
    size_t n_log_before; /* entries of the kernel's log before: what is behind is new */
    size_t n_devices;
    LiveDevice *devices;   /* LIVE_MAX_DEVICES of them; owned */
    uint64_t other_events; /* of devices beyond those */
} LiveAccount;

/* An empty account, or NULL when out of memory. */
LiveAccount *live_account_new(void);
LiveAccount *live_account_free(LiveAccount *account);

/* Add one bounce; `reach` is its device's, or one that is not known. */
void live_account_add_bounce(LiveAccount *account, const BounceEvent *event, const DmaReach *reach);

/* Add one mapping, audited in the scope of its device. */
void live_account_add_mapping(LiveAccount *account, const DmaMapping *mapping,
                              const TranslationScope *scope);

/* Add one reading of the slots in use. */
void live_account_add_pool(LiveAccount *account, uint64_t used_slots);

/* The device of this name, or NULL when nothing of it was seen. */
const LiveDevice *live_account_find(const LiveAccount *account, const char *device);

/* The i-th of the segments that are kept, oldest first, or NULL behind the last. */
const LiveSegment *live_device_recent(const LiveDevice *device, size_t i);

#endif
