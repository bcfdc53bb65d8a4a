/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one file that speaks to tracefs: an instance of our own, its events, its buffer.
 */

#include "daemon/trace.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tracefs/tracefs.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/proc-file.h"
#include "daemon/reason.h"
#include "daemon/trace-pair.h"
#include "daemon/trace-record.h"

#define INSTANCE_PREFIX "xdmad-"
#define PROBE_GROUP     "xdmad"
#define PROBE_PREFIX    "map_"
#define PROBE_FUNCTION  "swiotlb_tbl_map_single"
/* (dev, orig_addr, mapping_size, ...) in 5.x, 6.1 and 6.12 */
#define PROBE_ARGUMENTS "phys=$arg2:u64 bytes=$arg3:u64"

/* Ring buffers, all CPUs together. An event is about 80 bytes and a probe hit 36: 4 MiB are some
 * 35,000 bounces, 140 MB of 4 KiB blocks, between two drains. */
#define BUFFER_TOTAL_KIB   (16U * 1024)
#define BUFFER_CPU_MAX_KIB (4U * 1024)
#define BUFFER_CPU_MIN_KIB 256U

struct TraceSession {
    struct tracefs_instance *instance;
    struct tep_handle *tep; /* of the formats at trace_open(), or with the probe */
    struct tracefs_dynevent *probe;
    char name[32];
    char device[sizeof(((BounceEvent *)0)->device)]; /* "" = every one */
    BounceFormat bounce;
    ProbeFormat hit;
    TracePair pair;
    bool with_addresses; /* the probe is enabled */
    bool recording;
    uint64_t n_unreadable; /* since trace_begin() */
    void (*sink)(const BounceEvent *event, void *userdata);
    void *userdata;
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
    struct tracefs_instance *instance = tracefs_instance_alloc(NULL, name);

    if (!instance)
        return;
    tracefs_event_disable(instance, NULL, NULL);
    tracefs_instance_destroy(instance);
    tracefs_instance_free(instance);
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

/* The device goes into a filter's text: only what dev_name() can be. */
static bool is_device_name(const char *device)
{
    size_t length = strlen(device);

    if (length == 0 || length >= sizeof(((BounceEvent *)0)->device))
        return false;
    for (const char *c = device; *c; c++)
        if (!isascii(*c) || (!isalnum((unsigned char)*c) && !strchr(":._@,+-", *c)))
            return false;
    return true;
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
static void make_cheap(TraceSession *session)
{
    (void)tracefs_instance_file_write(session->instance, "trace_clock", "counter");
}

/* Make the instance, with recording off. 1, 0 and the reason, or negative errno. */
static int make_instance(TraceSession *session, char **ret_reason)
{
    session->instance = tracefs_instance_create(session->name);
    if (!session->instance)
        return reason_give(ret_reason, "cannot make the trace instance %s: %s; run as root",
                           session->name, strerror(errno));
    if (tracefs_trace_off(session->instance) < 0)
        return reason_give(ret_reason, "cannot switch the trace instance %s off: %s", session->name,
                           strerror(errno));
    if (tracefs_instance_set_buffer_size(session->instance, buffer_cpu_kib(), -1) < 0)
        return reason_give(ret_reason, "no memory for a trace buffer of %zu KiB a CPU: %s",
                           buffer_cpu_kib(), strerror(errno));
    make_cheap(session);
    return 1;
}

/* Parse ROOT/events/SYSTEM/EVENT/format, or the header of pages when `event` is NULL. */
static int load_format(struct tep_handle *tep, const char *system, const char *event)
{
    char path[128];
    int size = 0, r;

    if (event)
        snprintf(path, sizeof(path), "events/%s/%s/format", system, event);
    else
        snprintf(path, sizeof(path), "events/header_page");
    char *text = tracefs_instance_file_read(NULL, path, &size);
    if (!text)
        return -errno;
    if (event)
        r = tep_parse_event(tep, text, (unsigned long)size, system) == TEP_ERRNO__SUCCESS
                ? 0
                : -EBADMSG;
    else
        r = tep_parse_header_page(tep, text, (unsigned long)size, sizeof(long)) ? -EBADMSG : 0;
    free(text);
    return r;
}

/* Of our events alone, and without tracefs_local_events(): that reads all of /proc/kallsyms. */
static int load_formats(TraceSession *session, const char *probe)
{
    struct tep_handle *tep = tep_alloc();

    if (!tep)
        return -ENOMEM;
    tep_set_file_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
    tep_set_long_size(tep, sizeof(long));
    tep_set_page_size(tep, (int)sysconf(_SC_PAGESIZE));
    int r = load_format(tep, NULL, NULL);
    if (r >= 0)
        r = load_format(tep, "swiotlb", "swiotlb_bounced");
    if (r >= 0 && probe)
        r = load_format(tep, PROBE_GROUP, probe);
    if (r < 0) {
        tep_free(tep);
        return r;
    }
    tep_free(session->tep);
    session->tep = tep;
    return 0;
}

/* 1, 0 and the reason, or negative errno. */
static int enable_event(TraceSession *session, char **ret_reason)
{
    const char *missing = NULL;

    int r = load_formats(session, NULL);
    if (r >= 0)
        r = bounce_format_find(session->tep, &session->bounce, &missing);
    if (missing)
        return reason_give(ret_reason,
                           "this kernel's event swiotlb_bounced has no field %s; "
                           "nothing can be read from it",
                           missing);
    if (r < 0)
        return reason_give(ret_reason, "cannot read the format of the event swiotlb_bounced: %s",
                           strerror(-r));
    if (tracefs_event_enable(session->instance, "swiotlb", "swiotlb_bounced") < 0)
        return reason_give(ret_reason, "cannot enable the event swiotlb_bounced: %s",
                           strerror(errno));
    return 1;
}

static int open_session(TraceSession *session, char **ret_reason)
{
    const char *directory = tracefs_tracing_dir();

    if (!directory || !tracefs_dir_exists(NULL, "instances"))
        return reason_give(ret_reason,
                           "no tracefs; it needs root, a kernel with CONFIG_TRACING, and "
                           "mount -t tracefs tracefs /sys/kernel/tracing");
    if (!tracefs_file_exists(NULL, "events/swiotlb/swiotlb_bounced/format"))
        return reason_give(ret_reason,
                           "%s/events has no swiotlb/swiotlb_bounced: the kernel has no "
                           "swiotlb or no trace events, or we are not root",
                           directory);
    sweep();
    int r = make_instance(session, ret_reason);
    return r <= 0 ? r : enable_event(session, ret_reason);
}

static void send(const BounceEvent *event, void *userdata)
{
    TraceSession *session = userdata;

    if (!session->device[0] || strcmp(event->device, session->device) == 0)
        session->sink(event, session->userdata);
}

int trace_open(const char *device, TraceSession **ret_session, char **ret_reason)
{
    if (device && !is_device_name(device))
        return reason_give(ret_reason, "'%.80s' is no device's name", device);
    TraceSession *session = calloc(1, sizeof(*session));
    if (!session)
        return -ENOMEM;
    tracefs_set_loglevel(TEP_LOG_NONE);
    snprintf(session->name, sizeof(session->name), INSTANCE_PREFIX "%d", (int)getpid());
    snprintf(session->device, sizeof(session->device), "%s", device ? device : "");
    session->pair.sink = send;
    session->pair.userdata = session;
    int r = open_session(session, ret_reason);
    if (r <= 0) {
        trace_close(session);
        return r;
    }
    *ret_session = session;
    return 1;
}

static void remove_probe(TraceSession *session)
{
    if (!session->probe)
        return;
    tracefs_dynevent_destroy(session->probe, true);
    tracefs_dynevent_free(session->probe);
    session->probe = NULL;
}

TraceSession *trace_close(TraceSession *session)
{
    if (!session)
        return NULL;
    if (session->instance) {
        tracefs_trace_off(session->instance);
        tracefs_event_disable(session->instance, NULL, NULL);
        tracefs_instance_destroy(session->instance);
        tracefs_instance_free(session->instance);
    }
    remove_probe(session);
    tep_free(session->tep);
    free(session);
    return NULL;
}

/* 1, 0 and the reason, or negative errno; the probe is in the session in any case. */
static int create_probe(TraceSession *session, const char *event, char **ret_reason)
{
    const char *missing = NULL;

    if (tracefs_dynevent_create(session->probe) < 0)
        return reason_give(ret_reason, "the kernel took no probe on " PROBE_FUNCTION ": %s",
                           strerror(errno));
    int r = load_formats(session, event);
    if (r >= 0)
        r = bounce_format_find(session->tep, &session->bounce, &missing);
    if (r >= 0)
        r = probe_format_find(session->tep, PROBE_GROUP, event, &session->hit);
    if (r < 0)
        return r;
    return 1;
}

/* Switch the probe on or off for what is recorded next. 0 or negative errno. */
static int switch_probe(TraceSession *session, bool on)
{
    char event[32];
    int r;

    if (session->with_addresses == on)
        return 0;
    snprintf(event, sizeof(event), PROBE_PREFIX "%d", (int)getpid());
    r = on ? tracefs_event_enable(session->instance, PROBE_GROUP, event)
           : tracefs_event_disable(session->instance, PROBE_GROUP, event);
    if (r < 0)
        return -EIO;
    session->with_addresses = on;
    return 0;
}

int trace_add_addresses(TraceSession *session, char **ret_reason)
{
    char event[32];

    if (session->probe)
        return 1;
    if (sizeof(long) < 8)
        return reason_give(ret_reason, "no probe on a 32-bit kernel: its arguments are split");
    if (!tracefs_file_exists(NULL, "kprobe_events"))
        return reason_give(ret_reason, "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS)");
    snprintf(event, sizeof(event), PROBE_PREFIX "%d", (int)getpid());
    session->probe = tracefs_kprobe_alloc(PROBE_GROUP, event, PROBE_FUNCTION, PROBE_ARGUMENTS);
    if (!session->probe)
        return -ENOMEM;
    int r = create_probe(session, event, ret_reason);
    if (r <= 0)
        remove_probe(session);
    return r;
}

int trace_begin(TraceSession *session, bool with_addresses)
{
    int r = switch_probe(session, with_addresses && session->probe);

    if (r < 0)
        return r;
    session->pair.n_waiting = 0;
    session->n_unreadable = 0;
    if (tracefs_trace_off(session->instance) < 0 ||
        tracefs_instance_file_clear(session->instance, "trace") < 0 ||
        tracefs_trace_on(session->instance) < 0)
        return -EIO;
    session->recording = true;
    return 0;
}

int trace_end(TraceSession *session)
{
    if (tracefs_trace_off(session->instance) < 0)
        return -EIO;
    session->recording = false;
    return 0;
}

static int take_record(struct tep_event *event, struct tep_record *record, int cpu, void *userdata)
{
    TraceSession *session = userdata;
    int pid = tep_data_pid(session->tep, record);
    BounceEvent bounce;
    uint64_t phys, bytes;

    if (event->id == session->bounce.id) {
        if (bounce_record_parse(&session->bounce, record, &bounce) < 0)
            session->n_unreadable++;
        else if (session->with_addresses)
            trace_pair_event(&session->pair, cpu, pid, &bounce);
        else
            send(&bounce, session);
    } else if (session->with_addresses && event->id == session->hit.id) {
        if (probe_record_parse(&session->hit, record, &phys, &bytes) == 0)
            trace_pair_hit(&session->pair, cpu, pid, phys, bytes);
    }
    return 0;
}

/* What the kernel dropped on one CPU: 0 and *lost raised, or -ENODATA when it does not say. */
static int add_lost(TraceSession *session, long cpu, uint64_t *lost)
{
    static const char *const counters[] = { "overrun: ", "commit overrun: ", "dropped events: " };
    char path[48];
    uint64_t value;

    snprintf(path, sizeof(path), "per_cpu/cpu%ld/stats", cpu);
    if (!tracefs_file_exists(session->instance, path))
        return 0; /* no such CPU */
    char *text = tracefs_instance_file_read(session->instance, path, NULL);
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

int trace_drain(TraceSession *session, void (*sink)(const BounceEvent *event, void *userdata),
                void *userdata, uint64_t *ret_lost)
{
    long n_cpus = sysconf(_SC_NPROCESSORS_CONF);
    uint64_t lost = 0;

    session->sink = sink;
    session->userdata = userdata;
    if (tracefs_iterate_raw_events(session->tep, session->instance, NULL, 0, take_record, session) <
        0)
        return -EIO;
    if (!session->recording)
        trace_pair_flush(&session->pair);
    for (long cpu = 0; cpu < n_cpus; cpu++) {
        int r = add_lost(session, cpu, &lost);
        if (r < 0)
            return r;
    }
    *ret_lost = lost + session->n_unreadable;
    return 0;
}

const char *trace_instance_name(const TraceSession *session)
{
    return session->name;
}
