/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: ask Xen. One small function a question; a question that fails leaves its piece unknown.
 */
#include "daemon/xen-control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xen/features.h>

#include "common/cleanup.h"
#include "daemon/xen-logger.h"
#include "daemon/xen-p2m.h"

#define XEN_PAGE_BYTES   4096
#define MAX_NUMA_NODES   64U                /* MAX_NUMNODES, xen/include/xen/numa.h, 4.17 */
#define RING_PIECE_BYTES (64U * 1024)       /* of one hypercall */
#define RING_MAX_BYTES   (4U * 1024 * 1024) /* conring_size= may ask for more */

static xc_interface *open_control(void)
{
    return xc_interface_open(xen_logger_silent(), xen_logger_silent(), 0);
}

static void cleanup_control(xc_interface **xch)
{
    if (*xch)
        xc_interface_close(*xch);
}

/* A text of a fixed field, which Xen may leave unterminated; bytes that are no ASCII as '?'. An
 * empty one tells nothing (Debian's Xen names no changeset). */
static void set_field(char **field, const char *text, size_t size)
{
    char *copy = *text ? strndup(text, size) : NULL;

    for (char *c = copy; c && *c; c++)
        if (*c < 0x20 || *c >= 0x7f)
            *c = '?';
    free(*field);
    *field = copy;
}

static int note_failure(XenFacts *xen, const char *piece)
{
    return host_facts_note(&xen->unknown, "%s: %s", piece, strerror(errno));
}

static int ask_version(xc_interface *xch, XenFacts *xen)
{
    int version = xc_version(xch, XENVER_version, NULL);
    xen_extraversion_t extra = "";
    char *text;

    if (version < 0)
        return note_failure(xen, "version");
    if (xc_version(xch, XENVER_extraversion, &extra) < 0)
        extra[0] = '\0';
    if (asprintf(&text, "%d.%d%.*s", version >> 16, version & 0xffff, (int)sizeof(extra), extra) <
        0)
        return -ENOMEM;
    free(xen->version);
    xen->version = text;
    return 0;
}

static int ask_texts(xc_interface *xch, XenFacts *xen)
{
    xen_changeset_info_t changeset = "";
    xen_capabilities_info_t capabilities = "";
    xen_commandline_t command_line = "";
    int r = 0;

    if (xc_version(xch, XENVER_changeset, &changeset) < 0)
        r = note_failure(xen, "changeset");
    else
        set_field(&xen->changeset, changeset, sizeof(changeset));
    if (r == 0 && xc_version(xch, XENVER_capabilities, &capabilities) < 0)
        r = note_failure(xen, "capabilities");
    else if (r == 0)
        set_field(&xen->capabilities, capabilities, sizeof(capabilities));
    if (r == 0 && xc_version(xch, XENVER_commandline, &command_line) < 0)
        r = note_failure(xen, "command line");
    else if (r == 0)
        set_field(&xen->command_line, command_line, sizeof(command_line));
    return r;
}

static int ask_features(xc_interface *xch, XenFacts *xen)
{
    xen_feature_info_t features = { .submap_idx = 0 };

    if (xc_version(xch, XENVER_get_features, &features) < 0)
        return xen->features_known ? 0 : note_failure(xen, "features");
    xen->features_known = true;
    xen->features = features.submap;
    return 0;
}

static int ask_heap(xc_interface *xch, XenFacts *xen, int bits, const char *key)
{
    uint64_t bytes;

    if (xc_availheap(xch, 0, bits, -1, &bytes) < 0)
        return note_failure(xen, key);
    json_object_set_new(xen->physinfo, key, json_integer((json_int_t)bytes));
    return 0;
}

static int ask_physinfo(xc_interface *xch, XenFacts *xen)
{
    xc_physinfo_t info = { 0 };
    int r;

    if (xc_physinfo(xch, &info) < 0)
        return note_failure(xen, "physinfo");
    json_decref(xen->physinfo);
    xen->physinfo = json_pack("{s:i, s:i, s:i, s:I, s:I, s:I}", "cpus", (int)info.nr_cpus, "nodes",
                              (int)info.nr_nodes, "page_bytes", XEN_PAGE_BYTES, "total_pages",
                              (json_int_t)info.total_pages, "free_pages",
                              (json_int_t)info.free_pages, "cpu_khz", (json_int_t)info.cpu_khz);
    if (!xen->physinfo)
        return -ENOMEM;
    r = ask_heap(xch, xen, 30, "heap_free_below_30_bits_bytes");
    return r < 0 ? r : ask_heap(xch, xen, 32, "heap_free_below_32_bits_bytes");
}

/* Xen answers with the first domain at or behind the wanted id: only Dom0 itself counts. */
static int ask_domain(xc_interface *xch, XenFacts *xen)
{
    xc_domaininfo_t info = { 0 };
    int n = xc_domain_getinfolist(xch, 0, 1, &info);

    if (n < 0)
        return note_failure(xen, "Dom0's record");
    if (n != 1 || info.domain != 0)
        return host_facts_note(&xen->unknown, "Dom0's record: Xen lists no domain 0");
    json_decref(xen->domain);
    xen->domain =
        json_pack("{s:i, s:I, s:I, s:i, s:b}", "id", 0, "total_pages", (json_int_t)info.tot_pages,
                  "max_pages", (json_int_t)info.max_pages, "vcpus", (int)info.nr_online_vcpus,
                  "hvm", (info.flags & XEN_DOMINF_hvm_guest) != 0);
    return xen->domain ? 0 : -ENOMEM;
}

static void cleanup_p2m(XenP2m **p2m)
{
    xen_p2m_close(*p2m);
}

/* The p2m's runs, in one pass over the list. */
static int read_p2m(XenP2m *p2m, XenFacts *xen)
{
    const volatile uint64_t *list;
    uint64_t n_pfns;
    P2m runs;

    int r = xen_p2m_list(p2m, &list, &n_pfns);
    if (r >= 0)
        r = p2m_from_list(list, n_pfns, &runs);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return host_facts_note(&xen->unknown, "Dom0's p2m (machine frames): %s", strerror(-r));
    p2m_done(&xen->p2m);
    xen->p2m = runs;
    return 0;
}

static int ask_p2m(xc_interface *xch, XenFacts *xen)
{
    _cleanup_(cleanup_p2m) XenP2m *p2m = NULL;
    _cleanup_free_ char *reason = NULL;

    (void)xch; /* through libxenforeignmemory */
    if (xen_facts_pv_dom0(xen) != ANSWER_YES)
        return 0;
    int r = xen_p2m_open(&p2m, &reason);
    if (r == 0)
        return host_facts_note(&xen->unknown, "%s", reason);
    return r < 0 ? r : read_p2m(p2m, xen);
}

/* xen/include/public/domctl.h, 4.17 to 4.20; the names are those of Xen's sched= option. */
static const char *scheduler_name(int id)
{
    static const struct {
        int id;
        const char *name;
    } names[] = {
        { XEN_SCHEDULER_CREDIT, "credit" },     { XEN_SCHEDULER_CREDIT2, "credit2" },
        { XEN_SCHEDULER_ARINC653, "arinc653" }, { XEN_SCHEDULER_RTDS, "rtds" },
        { XEN_SCHEDULER_NULL, "null" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].id == id)
            return names[i].name;
    return NULL;
}

static int ask_scheduler(xc_interface *xch, XenFacts *xen)
{
    const char *name;
    int id;

    if (xc_sched_id(xch, &id) < 0)
        return note_failure(xen, "scheduler");
    name = scheduler_name(id);
    if (!name)
        return host_facts_note(&xen->unknown, "scheduler: Xen's number %d has no name here", id);
    free(xen->scheduler);
    xen->scheduler = strdup(name);
    return xen->scheduler ? 0 : -ENOMEM;
}

/* A node that is there, with its distances to all. */
static int add_node(json_t *nodes, unsigned node, unsigned n, const xc_meminfo_t *memory,
                    const uint32_t *distances)
{
    json_t *row = json_array();

    for (unsigned i = 0; i < n; i++)
        json_array_append_new(row, distances[i] == XEN_INVALID_NODE_DIST
                                       ? json_null()
                                       : json_integer((json_int_t)distances[i]));
    return json_array_append_new(nodes, json_pack("{s:i, s:I, s:I, s:o}", "node", (int)node,
                                                  "memory_bytes", (json_int_t)memory->memsize,
                                                  "free_bytes", (json_int_t)memory->memfree,
                                                  "distances", row)) < 0
               ? -ENOMEM
               : 0;
}

static int ask_numa(xc_interface *xch, XenFacts *xen)
{
    _cleanup_free_ xc_meminfo_t *memory = NULL;
    _cleanup_free_ uint32_t *distances = NULL;
    unsigned n = 0;
    int r = 0;

    if (xc_numainfo(xch, &n, NULL, NULL) < 0)
        return note_failure(xen, "NUMA nodes");
    if (n == 0 || n > MAX_NUMA_NODES)
        return host_facts_note(&xen->unknown, "NUMA nodes: Xen says that it has %u", n);
    memory = calloc(n, sizeof(*memory));
    distances = calloc((size_t)n * n, sizeof(*distances));
    if (!memory || !distances)
        return -ENOMEM;
    if (xc_numainfo(xch, &n, memory, distances) < 0)
        return note_failure(xen, "NUMA nodes");
    json_decref(xen->numa);
    xen->numa = json_array();
    for (unsigned i = 0; r == 0 && i < n; i++)
        if (memory[i].memsize != XEN_INVALID_MEM_SZ)
            r = add_node(xen->numa, i, n, &memory[i], distances + (size_t)i * n);
    return r;
}

/* The whole ring, the oldest byte first; reading it takes nothing out of it. */
static int read_ring(xc_interface *xch, char *text, size_t *ret_size)
{
    uint32_t index = 0;
    size_t size = 0;

    for (;;) {
        unsigned n = RING_PIECE_BYTES;

        if (size + n > RING_MAX_BYTES)
            break;
        if (xc_readconsolering(xch, text + size, &n, 0, 1, &index) < 0)
            return -errno;
        if (n == 0)
            break;
        size += n;
    }
    *ret_size = size;
    return 0;
}

static int ask_console(xc_interface *xch, XenFacts *xen)
{
    _cleanup_free_ char *text = malloc(RING_MAX_BYTES);
    size_t size = 0;
    int r = text ? read_ring(xch, text, &size) : -ENOMEM;

    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return host_facts_note(&xen->unknown, "Xen's console: %s", strerror(-r));
    kernel_log_done(&xen->console);
    return kernel_log_parse(text, size, &xen->console);
}

int xen_control_shared_frame(uint64_t *ret_frame)
{
    _cleanup_(cleanup_control) xc_interface *xch = open_control();
    xc_domaininfo_t info = { 0 };
    int n;

    if (!xch)
        return -errno;
    n = xc_domain_getinfolist(xch, 0, 1, &info);
    if (n < 0)
        return -errno;
    if (n != 1 || info.domain != 0)
        return -ESRCH;
    *ret_frame = info.shared_info_frame;
    return 0;
}

int xen_control_acquire(XenFacts *xen)
{
    static int (*const questions[])(xc_interface *, XenFacts *) = {
        ask_version, ask_texts,     ask_features, ask_physinfo, ask_domain,
        ask_p2m,     ask_scheduler, ask_numa,     ask_console,
    };
    _cleanup_(cleanup_control) xc_interface *xch = open_control();
    int r = 0;

    if (!xch)
        return host_facts_note(&xen->unknown,
                               "hypercalls (version, command line, physinfo, Dom0's record, "
                               "scheduler, NUMA nodes, console): %s",
                               strerror(errno));
    for (size_t i = 0; r == 0 && i < sizeof(questions) / sizeof(questions[0]); i++)
        r = questions[i](xch, xen);
    return r;
}
