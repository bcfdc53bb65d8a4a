/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_H
#define XDMAD_DAEMON_TRACE_H
/*
 * The kernel's own account of what happens to buffers: each mapping where it has events of them
 * (dma:*, or by trace_add_unmaps()), and each bounce (swiotlb/swiotlb_bounced). Bounces, and the
 * mappings of a session that knows whose it wants, are heard by programs of ours in the kernel
 * where that takes them (daemon/trace-program.h, daemon/mapping-program.h), since they cost what is
 * measured least; else, and everything else, in a tracefs instance of our own
 * (daemon/trace-instance.h), so that nobody else's tracing is touched.
 *
 * The event of a bounce loses the address of a buffer outside every window (dev_addr is ~0); see
 * trace_add_addresses().
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/bounce-event.h"
#include "placement/dma-mapping.h"

typedef struct TraceSession TraceSession;

/* What may be recorded. */
typedef enum TraceKind {
    TRACE_BOUNCES = 1 << 0,
    TRACE_ADDRESSES = 1 << 1, /* of bounces, too */
    TRACE_MAPPINGS = 1 << 2,  /* of data */
    TRACE_COHERENT = 1 << 3,  /* of coherent memory, too */
    TRACE_UNMAPS = 1 << 4,    /* of data when they are given back, by trace_add_unmaps() */
} TraceKind;

/* Who is told; events are borrowed. NULL: not told. */
typedef struct TraceSink {
    void (*on_bounce)(const BounceEvent *event, void *userdata);
    void (*on_mapping)(const DmaMapping *mapping, void *userdata);
    void *userdata;
} TraceSink;

/*
 * A session for `device` (its dev_name(), as "0000:00:01.0" or "fe340000.mmc"), not recording yet.
 * NULL: for every device.
 * 1 and *ret_session, 0 and *ret_reason (owned: no tracefs, no permission, no event of either kind,
 * and what to do), or negative errno.
 */
int trace_open(const char *device, TraceSession **ret_session, char **ret_reason);

/* Remove instance and probe; NULL is fine. Returns NULL. */
TraceSession *trace_close(TraceSession *session);

/* The TraceKinds that can be recorded here, or-ed. */
unsigned trace_kinds(const TraceSession *session);

/* Record mappings of these n devices alone, by their dev_name()s; of none when n is 0. For a
 * session of every device, once, before it records. 0 or negative errno (-EINVAL: one is no
 * device's name). */
int trace_only_mappings_of(TraceSession *session, const char *const *devices, size_t n);

/* Throw away what was recorded, and record these TraceKinds; those that cannot be are left out.
 * 0 or negative errno. */
int trace_begin(TraceSession *session, unsigned kinds);

/* Stop recording; what was recorded stays for trace_drain(). 0 or negative errno: of what could not
 * be stopped first, and all else was. */
int trace_end(TraceSession *session);

/*
 * Hand each recorded event of the device to `sink`, in the order of each CPU, and consume it. May
 * be called between begin and end as well, to keep the buffer from filling: a bounce and its probe
 * hit may then fall into different drains, and are still paired; a program's events may all come
 * with the first drain after the end. 0 and *ret_lost, the number of records since trace_begin()
 * that the kernel dropped or that could not be read; or negative errno.
 */
int trace_drain(TraceSession *session, const TraceSink *sink, uint64_t *ret_lost);

/*
 * Make TRACE_ADDRESSES possible: phys_address of a bounce, by a dynamic probe on
 * swiotlb_tbl_map_single(). swiotlb-xen and dma-direct emit the event right before they call it, in
 * the same context (drivers/xen/swiotlb-xen.c, kernel/dma/swiotlb.c, 6.1), so the next hit of the
 * probe on that CPU by that task and of that size belongs to it. It costs a trap a bounce: on
 * scattered 4 KiB pages a fifth of the bounce path's throughput in blocks of 64 KiB (336 to 262
 * MB/s in the lab's counted time). Keep it out of what is measured on that path. 1, 0 and
 * *ret_reason (owned) where the kernel has no kprobe events or no such function, or negative errno.
 */
int trace_add_addresses(TraceSession *session, char **ret_reason);

/*
 * Make TRACE_UNMAPS of these n devices possible: what stands in for TRACE_MAPPINGS on a kernel
 * without events of them, by a probe at the entry of dma_unmap_sg_attrs()
 * (daemon/mapping-program.h). It costs a trap a request, in the lab's counted time 2 to 4 % of
 * throughput on either path: nothing for a bench. 1, 0 and *ret_reason (owned) where that cannot
 * be, or negative errno.
 */
int trace_add_unmaps(TraceSession *session, const char *const *devices, size_t n,
                     char **ret_reason);

/* By what a leg is heard, mappings or else TRACE_BOUNCES alone: "bpf", or "tracefs". Static. */
const char *trace_source(const TraceSession *session);

#endif
