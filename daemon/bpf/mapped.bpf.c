/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in the kernel where memory is mapped for a device: copies the list that tells both addresses
 * of each piece, as the kernel has it, for those who read it later. It is as short as can be, since
 * a leg pays for it with each of its requests.
 *
 * The kernel's structures are declared with what is read of them; where that lies is looked up in
 * the running kernel's own type information when a program is loaded.
 */

#include "daemon/bpf/mapped.h"
#include "daemon/bpf/ring.h"

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define OF_THE_KERNEL __attribute__((preserve_access_index))

struct kobject {
    const char *name;
} OF_THE_KERNEL;

struct device {
    struct kobject kobj;
} OF_THE_KERNEL;

struct scatterlist {
    unsigned long page_link;
    unsigned int offset;
    unsigned int length;
    __u64 dma_address;
    unsigned int dma_length; /* with CONFIG_NEED_SG_DMA_LENGTH */
} OF_THE_KERNEL;

MappedState state = { 0 };

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, char[MAPPED_MEMORY_BYTES]);
} ring SEC(".maps");

static void tell_layout(void)
{
    MappedLayout *layout = &state.layout;

    layout->page_link = bpf_core_field_offset(struct scatterlist, page_link);
    layout->offset = bpf_core_field_offset(struct scatterlist, offset);
    layout->length = bpf_core_field_offset(struct scatterlist, length);
    layout->dma_address = bpf_core_field_offset(struct scatterlist, dma_address);
    layout->dma_length = layout->length;
    if (bpf_core_field_exists(struct scatterlist, dma_length))
        layout->dma_length = bpf_core_field_offset(struct scatterlist, dma_length);
    layout->entry_bytes = bpf_core_type_size(struct scatterlist);
}

/* Which of the wanted ones it is, by its name (dev_name(); a registered device's is its kobject's),
 * or -1. Done for the first event of a wanted one and for each of any other. */
static __noinline int recognise(__u64 device)
{
    char name[MAPPED_NAME_BYTES] = { 0 };
    const char *text = BPF_CORE_READ((struct device *)device, kobj.name);

    if (bpf_probe_read_kernel_str(name, sizeof(name), text) < 0)
        return -1;
    for (int i = 0; i < MAPPED_MAX_DEVICES; i++) {
        int k = 0;

        while (k < MAPPED_NAME_BYTES && name[k] == state.wanted[i][k])
            k++;
        if (k < MAPPED_NAME_BYTES || !name[0])
            continue;
        tell_layout();
        state.device[i] = device;
        return i;
    }
    return -1;
}

static __always_inline int find_device(__u64 device)
{
    if (device == state.device[0])
        return 0;
    for (int i = 1; i < MAPPED_MAX_DEVICES; i++) {
        if (!state.device[i])
            break;
        if (device == state.device[i])
            return i;
    }
    return recognise(device);
}

/* Room in the ring, and *ret_place; NULL when there is none. */
static __always_inline MappedEvent *reserve(__u64 bytes, __u64 *ret_place)
{
    __u32 zero = 0;
    char *memory = bpf_map_lookup_elem(&ring, &zero);

    if (!memory ||
        ring_take(&state.head, &state.tail, &state.n_lost, bytes, MAPPED_RING_BYTES, ret_place) < 0)
        return NULL;
    /* all sizes are of whole 8 bytes, which the verifier is to see too */
    return (MappedEvent *)(memory + (*ret_place & (MAPPED_RING_BYTES - 8)));
}

/* All its bytes are written before it can be seen to be whole. */
static __always_inline void commit(MappedEvent *event, __u64 place)
{
    __sync_lock_test_and_set(&event->place, ~place);
}

/* One entry, as the kernel has it. Of what a tracepoint hands over the program may load by itself,
 * which costs a tenth of the helper. */
static __always_inline void copy_entry(struct scatterlist *to, const struct scatterlist *from)
{
    to->page_link = from->page_link;
    to->offset = from->offset;
    to->length = from->length;
    to->dma_address = from->dma_address;
    if (bpf_core_field_exists(to->dma_length))
        to->dma_length = from->dma_length;
}

/* A list of the device's, as it stands in memory: longer ones are told to their first entries. */
static __always_inline int write_list(MappedKind kind, __u64 device, const struct scatterlist *list,
                                      bool may_load, __u32 n_cpu, __u32 n_bus, __u32 direction)
{
    const __u32 entry_bytes = bpf_core_type_size(struct scatterlist);
    int i = find_device(device);
    __u32 n = n_cpu < MAPPED_MAX_ENTRIES ? n_cpu : MAPPED_MAX_ENTRIES;
    __u64 bytes = (__u64)n * entry_bytes, place;

    barrier_var(bytes); /* the verifier is to see the bound on what is used */
    if (i < 0 || bytes > MAPPED_MAX_ENTRIES * MAPPED_MAX_ENTRY_BYTES)
        return 0;
    MappedEvent *event = reserve(sizeof(*event) + bytes, &place);
    if (!event)
        return 0;
    event->kind = kind;
    event->device = i;
    event->direction = direction;
    event->n_cpu = n_cpu;
    event->n_bus = n_bus;
    event->n_entries = n;
    event->is_unreadable = 0;
    if (may_load && n == 1)
        copy_entry((struct scatterlist *)(event + 1), list);
    else
        event->is_unreadable = bpf_probe_read_kernel(event + 1, bytes, list) < 0;
    commit(event, place);
    return 0;
}

/* Since 6.11. */
SEC("tp_btf/dma_map_sg")
int BPF_PROG(mapped_list, void *device, struct scatterlist *list, int n_cpu, int n_bus,
             int direction)
{
    return write_list(MAPPED_LIST, (__u64)device, list, true, n_cpu, n_bus, direction);
}

static __always_inline int write_single(__u64 device, __u64 cpu, __u64 bus, __u64 bytes,
                                        __u32 direction)
{
    int i = find_device(device);
    __u64 place;

    if (i < 0)
        return 0;
    MappedEvent *event = reserve(sizeof(*event) + sizeof(MappedSingle), &place);
    if (!event)
        return 0;
    MappedSingle *single = (MappedSingle *)(event + 1);
    event->kind = MAPPED_SINGLE;
    event->device = i;
    event->direction = direction;
    event->n_cpu = event->n_bus = event->n_entries = 1;
    event->is_unreadable = 0;
    single->cpu = cpu;
    single->bus = bus;
    single->bytes = bytes;
    commit(event, place);
    return 0;
}

/* From 6.11 to 6.17. */
SEC("tp_btf/dma_map_page")
int BPF_PROG(mapped_page, void *device, __u64 cpu, __u64 bus, __u64 bytes, int direction)
{
    return write_single((__u64)device, cpu, bus, bytes, direction);
}

/* Since 6.18. */
SEC("tp_btf/dma_map_phys")
int BPF_PROG(mapped_phys, void *device, __u64 cpu, __u64 bus, __u64 bytes, int direction)
{
    return write_single((__u64)device, cpu, bus, bytes, direction);
}

/* Before: where a list is given back, which still has both addresses of each piece (kernel/dma/
 * mapping.c, 6.1). */
SEC("kprobe/dma_unmap_sg_attrs")
int BPF_KPROBE(given_back, void *device, struct scatterlist *list, int n, int direction)
{
    return write_list(MAPPED_UNMAP, (__u64)device, list, false, n, n, direction);
}

/* The helpers that read the kernel's memory are for GPL programs only. */
char licence[] SEC("license") = "GPL";
