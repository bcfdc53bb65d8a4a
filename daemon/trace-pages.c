/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-pages.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <traceevent/kbuffer.h>
#include <tracefs/tracefs.h>

struct TracePages {
    struct tracefs_cpu **cpus; /* NULL: there is no such CPU */
    long n_cpus;
    struct kbuffer *buffer;
    void *page; /* of page_bytes, what was read last */
    int page_bytes;
};

static int open_cpus(TracePages *pages, struct tracefs_instance *tracefs)
{
    pages->n_cpus = sysconf(_SC_NPROCESSORS_CONF);
    if (pages->n_cpus < 1)
        return -ENODATA;
    pages->cpus = calloc((size_t)pages->n_cpus, sizeof(struct tracefs_cpu *));
    if (!pages->cpus)
        return -ENOMEM;
    for (long i = 0; i < pages->n_cpus; i++) {
        errno = 0;
        pages->cpus[i] = tracefs_cpu_open(tracefs, (int)i, true);
        if (pages->cpus[i])
            pages->page_bytes = tracefs_cpu_read_size(pages->cpus[i]);
        else if (errno != ENOENT)
            return errno ? -errno : -ENOMEM;
    }
    return pages->page_bytes > 0 ? 0 : -ENODATA;
}

int trace_pages_open(struct tracefs_instance *tracefs, TracePages **ret_pages)
{
    TracePages *pages = calloc(1, sizeof(*pages));
    int r = pages ? open_cpus(pages, tracefs) : -ENOMEM;

    if (r >= 0) {
        pages->page = malloc((size_t)pages->page_bytes);
        pages->buffer =
            kbuffer_alloc(sizeof(long) == 8 ? KBUFFER_LSIZE_8 : KBUFFER_LSIZE_4,
                          tep_is_bigendian() ? KBUFFER_ENDIAN_BIG : KBUFFER_ENDIAN_LITTLE);
        r = pages->page && pages->buffer ? 0 : -ENOMEM;
    }
    if (r < 0) {
        trace_pages_close(pages);
        return r;
    }
    *ret_pages = pages;
    return 0;
}

TracePages *trace_pages_close(TracePages *pages)
{
    if (!pages)
        return NULL;
    for (long i = 0; pages->cpus && i < pages->n_cpus; i++)
        if (pages->cpus[i])
            tracefs_cpu_close(pages->cpus[i]);
    free(pages->cpus);
    if (pages->buffer)
        kbuffer_free(pages->buffer);
    free(pages->page);
    free(pages);
    return NULL;
}

/* The records of the page that was read last. What `take` returned last. */
static int take_page(TracePages *pages, struct tep_handle *tep, int cpu,
                     int (*take)(struct tep_event *event, struct tep_record *record, int cpu,
                                 void *userdata),
                     void *userdata)
{
    unsigned long long ts;
    void *data = kbuffer_read_event(pages->buffer, &ts);
    int r = 0;

    for (; data && r == 0; data = kbuffer_next_event(pages->buffer, &ts)) {
        struct tep_record record = {
            .ts = ts,
            .size = kbuffer_event_size(pages->buffer),
            .data = data,
            .cpu = cpu,
            .ref_count = 1,
        };
        struct tep_event *event = tep_find_event_by_record(tep, &record);

        if (event)
            r = take(event, &record, cpu, userdata);
    }
    return r;
}

int trace_pages_read(TracePages *pages, struct tep_handle *tep,
                     int (*take)(struct tep_event *event, struct tep_record *record, int cpu,
                                 void *userdata),
                     void *userdata)
{
    for (long i = 0; i < pages->n_cpus; i++) {
        int n = 0;

        while (pages->cpus[i] && (n = tracefs_cpu_read(pages->cpus[i], pages->page, true)) > 0) {
            if (kbuffer_load_subbuffer(pages->buffer, pages->page) < 0)
                return -EBADMSG;
            if (take_page(pages, tep, (int)i, take, userdata) != 0)
                return 0;
        }
        if (n < 0 && errno != EAGAIN)
            return -errno;
    }
    return 0;
}
