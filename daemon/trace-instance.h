/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_INSTANCE_H
#define XDMAD_DAEMON_TRACE_INSTANCE_H
/*
 * The one place that speaks to tracefs: an instance of our own, "xdmad-PID", its ring buffer, its
 * events, and one dynamic probe at most. What an event means is for others to know. Instances and
 * probes of processes that are gone are swept at open.
 */

#include <stdbool.h>
#include <stdint.h>

#include <traceevent/event-parse.h>

typedef struct TraceInstance TraceInstance;

/* An event by the names of its folders in tracefs; text is borrowed, best static. */
typedef struct TraceEventName {
    const char *system;
    const char *event;
} TraceEventName;

/* 1 and *ret_instance, not recording, no event enabled; 0 and *ret_reason (owned: no tracefs, no
 * permission, no memory, and what to do); or negative errno. */
int trace_instance_open(TraceInstance **ret_instance, char **ret_reason);

/* Remove the instance, then its probe; NULL is fine. Returns NULL. */
TraceInstance *trace_instance_close(TraceInstance *instance);

/* Has this kernel the event, to be seen by us? */
bool trace_event_exists(const TraceEventName *name);

/*
 * Parse the formats of these events, and of pages: 0 and *ret_tep (owned: tep_free()); -ENOENT one
 * is not there; -EBADMSG one cannot be parsed; other negative errno. Of these events alone, and not
 * by tracefs_local_events(): that reads all of /proc/kallsyms.
 */
int trace_formats_load(const TraceEventName *names, size_t n, struct tep_handle **ret_tep);

/* Switch an event on or off in the instance. 0 or negative errno. */
int trace_instance_switch(TraceInstance *instance, const TraceEventName *name, bool on);

/* Record the event only where its fields are so; `filter` as tracefs has it. 0 or negative errno.
 */
int trace_instance_filter(TraceInstance *instance, const TraceEventName *name, const char *filter);

/*
 * Make a probe at the entry of a kernel function; `arguments` as kprobe_events has them. Its event
 * is *ret_name, borrowed until close. 1, 0 and *ret_reason (owned) where the kernel takes none, or
 * negative errno. One an instance: -EBUSY for a second.
 */
int trace_instance_add_probe(TraceInstance *instance, const char *function, const char *arguments,
                             TraceEventName *ret_name, char **ret_reason);

/* Throw away what was recorded, and record. 0 or negative errno. */
int trace_instance_begin(TraceInstance *instance);

/* Stop recording; what was recorded stays. 0 or negative errno. */
int trace_instance_end(TraceInstance *instance);

/* Hand each record to `take`, in the order of each CPU, and consume it. 0 or negative errno. */
int trace_instance_read(TraceInstance *instance, struct tep_handle *tep,
                        int (*take)(struct tep_event *event, struct tep_record *record, int cpu,
                                    void *userdata),
                        void *userdata);

/* The records that the kernel dropped since trace_instance_begin(): 0 and *ret_lost; -ENODATA when
 * it does not say. */
int trace_instance_lost(TraceInstance *instance, uint64_t *ret_lost);

#endif
