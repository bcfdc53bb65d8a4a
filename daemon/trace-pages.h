/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_PAGES_H
#define XDMAD_DAEMON_TRACE_PAGES_H
/*
 * The pages of a trace instance's ring buffers, held open for as long as they are read.
 * tracefs_iterate_raw_events() opens all of them at each call, which took 11 ms of time and 2 ms of
 * CPU where nothing was recorded (libtracefs 1.8.1, Linux 6.12, in the lab).
 */

struct tep_event;
struct tep_handle;
struct tep_record;
struct tracefs_instance;

typedef struct TracePages TracePages;

/* Open those of each CPU; `tracefs` is borrowed and outlives them. 0 and *ret_pages, or negative
 * errno. */
int trace_pages_open(struct tracefs_instance *tracefs, TracePages **ret_pages);

/* NULL is fine. Returns NULL. */
TracePages *trace_pages_close(TracePages *pages);

/* Hand each record to `take`, in the order of each CPU, and consume it, until there is none or
 * `take` returns other than 0. 0 or negative errno. */
int trace_pages_read(TracePages *pages, struct tep_handle *tep,
                     int (*take)(struct tep_event *event, struct tep_record *record, int cpu,
                                 void *userdata),
                     void *userdata);

#endif
