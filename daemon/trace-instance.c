/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-instance.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tracefs/tracefs.h>

#include "common/parse.h"
#include "daemon/proc-file.h"
#include "daemon/reason.h"
#include "daemon/trace-pages.h"

#define INSTANCE_PREFIX "xdmad-"
#define PROBE_GROUP     "xdmad"
#define PROBE_PREFIX    "map_"

/* Ring buffers, all CPUs together. A bounce is about 80 bytes and a probe hit 36, a mapping 64 and
 * 20 a segment: 4 MiB are some 35,000 bounces or 45,000 mappings of a page, 140 MB and more of
 * 4 KiB blocks, between two drains. */
#define BUFFER_TOTAL_KIB   (16U * 1024)
#define BUFFER_CPU_MAX_KIB (4U * 1024)
#define BUFFER_CPU_MIN_KIB 256U

struct TraceInstance {
    struct tracefs_instance *tracefs;
    struct tracefs_dynevent *probe;
    TracePages *pages;
    char name[32];
    char probe_name[32];
};

/* PREFIX and the number of a process that is gone, or of ours: nobody uses it. */
static bool is_stale(const char *name, const char *prefix)
{
    uint64_t pid;

    if (strncmp(name, prefix, strlen(prefix)) != 0 || parse_u64(name + strlen(prefix), &pid) < 0 ||
        pid == 0 || pid > INT_MAX)
        return false;
    return (pid_t)pid == getpid() || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

static void remove_instance(const char *name)
{
    struct tracefs_instance *tracefs = tracefs_instance_alloc(NULL, name);

    if (!tracefs)
        return;
    tracefs_event_disable(tracefs, NULL, NULL);
    tracefs_instance_destroy(tracefs);
    tracefs_instance_free(tracefs);
}

/* Instances first: they use the probes. */
static void sweep(void)
{
    char **names = tracefs_instances(NULL);

    for (char **name = names; name && *name; name++)
        if (is_stale(*name, INSTANCE_PREFIX))
            remove_instance(*name);
    tracefs_list_free(names);

    struct tracefs_dynevent **probes =
        tracefs_dynevent_get_all(TRACEFS_DYNEVENT_KPROBE, PROBE_GROUP);
    for (struct tracefs_dynevent **probe = probes; probe && *probe; probe++) {
        char *event = NULL;
        tracefs_dynevent_info(*probe, NULL, &event, NULL, NULL, NULL);
        if (event && is_stale(event, PROBE_PREFIX))
            tracefs_dynevent_destroy(*probe, true);
        free(event);
    }
    tracefs_dynevent_list_free(probes);
}

static size_t buffer_cpu_kib(void)
{
    long n_cpus = sysconf(_SC_NPROCESSORS_CONF);
    size_t kib = BUFFER_TOTAL_KIB / (size_t)(n_cpus > 0 ? n_cpus : 1);

    return kib > BUFFER_CPU_MAX_KIB   ? BUFFER_CPU_MAX_KIB
           : kib < BUFFER_CPU_MIN_KIB ? BUFFER_CPU_MIN_KIB
                                      : kib;
}

/*
 * Spend as little as may be on an event: a counter in place of a clock, since only the order
 * counts. (And no filter on the device: it compares text and copies the event a second time, see
 * trace_event_buffer_lock_reserve() in kernel/trace/trace.c, 6.1; the reader leaves other devices'
 * events out. A hist trigger was measured to cost twice as much as a record.) Where the kernel has
 * no such clock the trace only costs more.
 */
static void make_cheap(TraceInstance *instance)
{
    (void)tracefs_instance_file_write(instance->tracefs, "trace_clock", "counter");
}

/* Make the instance, with recording off. 1, 0 and the reason, or negative errno. */
static int make_instance(TraceInstance *instance, char **ret_reason)
{
    instance->tracefs = tracefs_instance_create(instance->name);
    if (!instance->tracefs)
        return reason_give(ret_reason, "cannot make the trace instance %s: %s; run as root",
                           instance->name, strerror(errno));
    if (tracefs_trace_off(instance->tracefs) < 0)
        return reason_give(ret_reason, "cannot switch the trace instance %s off: %s",
                           instance->name, strerror(errno));
    if (tracefs_instance_set_buffer_size(instance->tracefs, buffer_cpu_kib(), -1) < 0)
        return reason_give(ret_reason, "no memory for a trace buffer of %zu KiB a CPU: %s",
                           buffer_cpu_kib(), strerror(errno));
    make_cheap(instance);
    int r = trace_pages_open(instance->tracefs, &instance->pages);
    if (r < 0)
        return reason_give(ret_reason, "the buffers of the trace instance %s cannot be opened: %s",
                           instance->name, strerror(-r));
    return 1;
}

int trace_instance_open(TraceInstance **ret_instance, char **ret_reason)
{
    tracefs_set_loglevel(TEP_LOG_NONE);
    if (!tracefs_tracing_dir() || !tracefs_dir_exists(NULL, "instances"))
        return reason_give(ret_reason,
                           "no tracefs; it needs root, a kernel with CONFIG_TRACING, and "
                           "mount -t tracefs tracefs /sys/kernel/tracing");
    TraceInstance *instance = calloc(1, sizeof(*instance));
    if (!instance)
        return -ENOMEM;
    snprintf(instance->name, sizeof(instance->name), INSTANCE_PREFIX "%d", (int)getpid());
    sweep();
    int r = make_instance(instance, ret_reason);
    if (r <= 0) {
        trace_instance_close(instance);
        return r;
    }
    *ret_instance = instance;
    return 1;
}

static void remove_probe(TraceInstance *instance)
{
    if (!instance->probe)
        return;
    tracefs_dynevent_destroy(instance->probe, true);
    tracefs_dynevent_free(instance->probe);
    instance->probe = NULL;
}

TraceInstance *trace_instance_close(TraceInstance *instance)
{
    if (!instance)
        return NULL;
    trace_pages_close(instance->pages);
    if (instance->tracefs) {
        tracefs_trace_off(instance->tracefs);
        tracefs_event_disable(instance->tracefs, NULL, NULL);
        tracefs_instance_destroy(instance->tracefs);
        tracefs_instance_free(instance->tracefs);
    }
    remove_probe(instance);
    free(instance);
    return NULL;
}

static void format_path(const TraceEventName *name, char *ret_path, size_t capacity)
{
    snprintf(ret_path, capacity, "events/%s/%s/format", name->system, name->event);
}

bool trace_event_exists(const TraceEventName *name)
{
    char path[128];

    format_path(name, path, sizeof(path));
    return tracefs_tracing_dir() && tracefs_file_exists(NULL, path);
}

/* Parse one event's format, or the header of pages when `name` is NULL. */
static int load_format(struct tep_handle *tep, const TraceEventName *name)
{
    char path[128] = "events/header_page";
    int size = 0, r;

    if (name)
        format_path(name, path, sizeof(path));
    char *text = tracefs_instance_file_read(NULL, path, &size);
    if (!text)
        return -errno;
    if (name)
        r = tep_parse_event(tep, text, (unsigned long)size, name->system) == TEP_ERRNO__SUCCESS
                ? 0
                : -EBADMSG;
    else
        r = tep_parse_header_page(tep, text, (unsigned long)size, sizeof(long)) ? -EBADMSG : 0;
    free(text);
    return r;
}

int trace_formats_load(const TraceEventName *names, size_t n, struct tep_handle **ret_tep)
{
    struct tep_handle *tep = tep_alloc();

    if (!tep)
        return -ENOMEM;
    tep_set_file_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
    tep_set_long_size(tep, sizeof(long));
    tep_set_page_size(tep, (int)sysconf(_SC_PAGESIZE));
    int r = load_format(tep, NULL);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = load_format(tep, &names[i]);
    if (r < 0) {
        tep_free(tep);
        return r;
    }
    *ret_tep = tep;
    return 0;
}

int trace_instance_switch(TraceInstance *instance, const TraceEventName *name, bool on)
{
    int r = on ? tracefs_event_enable(instance->tracefs, name->system, name->event)
               : tracefs_event_disable(instance->tracefs, name->system, name->event);

    return r < 0 ? -EIO : 0;
}

int trace_instance_filter(TraceInstance *instance, const TraceEventName *name, const char *filter)
{
    return tracefs_event_file_write(instance->tracefs, name->system, name->event, "filter",
                                    filter) < 0
               ? -EIO
               : 0;
}

int trace_instance_add_probe(TraceInstance *instance, const char *function, const char *arguments,
                             TraceEventName *ret_name, char **ret_reason)
{
    if (instance->probe)
        return -EBUSY;
    if (sizeof(long) < 8)
        return reason_give(ret_reason, "no probe on a 32-bit kernel: its arguments are split");
    if (!tracefs_file_exists(NULL, "kprobe_events"))
        return reason_give(ret_reason, "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS)");
    snprintf(instance->probe_name, sizeof(instance->probe_name), PROBE_PREFIX "%d", (int)getpid());
    instance->probe = tracefs_kprobe_alloc(PROBE_GROUP, instance->probe_name, function, arguments);
    if (!instance->probe)
        return -ENOMEM;
    if (tracefs_dynevent_create(instance->probe) < 0) {
        int r = reason_give(ret_reason, "the kernel took no probe on %s: %s", function,
                            strerror(errno));
        remove_probe(instance);
        return r;
    }
    *ret_name = (TraceEventName) { PROBE_GROUP, instance->probe_name };
    return 1;
}

int trace_instance_begin(TraceInstance *instance)
{
    return tracefs_trace_off(instance->tracefs) < 0 ||
                   tracefs_instance_file_clear(instance->tracefs, "trace") < 0 ||
                   tracefs_trace_on(instance->tracefs) < 0
               ? -EIO
               : 0;
}

int trace_instance_end(TraceInstance *instance)
{
    return tracefs_trace_off(instance->tracefs) < 0 ? -EIO : 0;
}

int trace_instance_read(TraceInstance *instance, struct tep_handle *tep,
                        int (*take)(struct tep_event *event, struct tep_record *record, int cpu,
                                    void *userdata),
                        void *userdata)
{
    return trace_pages_read(instance->pages, tep, take, userdata);
}

/* What the kernel dropped on one CPU: 0 and *lost raised, or -ENODATA when it does not say. */
static int add_lost(TraceInstance *instance, long cpu, uint64_t *lost)
{
    static const char *const counters[] = { "overrun: ", "commit overrun: ", "dropped events: " };
    char path[48];
    uint64_t value;

    snprintf(path, sizeof(path), "per_cpu/cpu%ld/stats", cpu);
    if (!tracefs_file_exists(instance->tracefs, path))
        return 0; /* no such CPU */
    char *text = tracefs_instance_file_read(instance->tracefs, path, NULL);
    if (!text)
        return -ENODATA;
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof(counters) / sizeof(counters[0]); i++) {
        r = proc_text_number(text, counters[i], &value);
        if (r == 0)
            *lost += value;
    }
    free(text);
    return r < 0 ? -ENODATA : 0;
}

int trace_instance_lost(TraceInstance *instance, uint64_t *ret_lost)
{
    long n_cpus = sysconf(_SC_NPROCESSORS_CONF);
    uint64_t lost = 0;

    for (long cpu = 0; cpu < n_cpus; cpu++) {
        int r = add_lost(instance, cpu, &lost);
        if (r < 0)
            return r;
    }
    *ret_lost = lost;
    return 0;
}
