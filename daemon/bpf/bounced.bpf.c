/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in the kernel, at the tracepoint swiotlb_bounced (include/trace/events/swiotlb.h): writes
 * down where each bounced buffer of one device lies and how long it is. It is as short as can be,
 * since a leg pays for each instruction on each of its pages: a tracefs record of the same event
 * takes three to five times as long.
 *
 * The kernel's structures are declared with what is read of them; where that lies is looked up in
 * the running kernel's own type information when the program is loaded.
 */

#include "daemon/bpf/bounced.h"

#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define OF_THE_KERNEL __attribute__((preserve_access_index))

/* The kernel's names; since 5.15. */
struct io_tlb_mem {
    bool force_bounce;
} OF_THE_KERNEL;

struct kobject {
    const char *name;
} OF_THE_KERNEL;

struct device {
    struct kobject kobj;
    __u64 *dma_mask;
    struct io_tlb_mem *dma_io_tlb_mem;
} OF_THE_KERNEL;

BouncedState state = { 0 };

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, BOUNCED_MAX_RECORDS);
    __type(key, __u32);
    __type(value, BouncedRecord);
} records SEC(".maps");

/* Whether it is the wanted one, by its name (dev_name(); a registered device's is its kobject's).
 * Done for the first event of the wanted one and for each of any other. */
static __noinline bool recognise(struct device *device)
{
    char name[BOUNCED_NAME_BYTES] = { 0 };

    if (bpf_probe_read_kernel_str(name, sizeof(name), device->kobj.name) < 0)
        return false;
    for (int i = 0; i < BOUNCED_NAME_BYTES; i++)
        if (name[i] != state.wanted[i])
            return false;
    bpf_probe_read_kernel(&state.dma_mask, sizeof(state.dma_mask), device->dma_mask);
    state.force = device->dma_io_tlb_mem->force_bounce;
    state.device = (__u64)device;
    return true;
}

SEC("tp_btf/swiotlb_bounced")
int BPF_PROG(bounced, struct device *device, __u64 bus_address, __u64 bytes)
{
    if ((__u64)device != state.device && !recognise(device))
        return 0;
    __u64 n = __sync_fetch_and_add(&state.n_events, 1);
    if (n >= BOUNCED_MAX_RECORDS)
        return 0;
    __u32 i = (__u32)n;
    BouncedRecord *record = bpf_map_lookup_elem(&records, &i);
    if (record) {
        record->bus_address = bus_address;
        record->bytes = bytes;
    }
    return 0;
}

/* The helpers that read the kernel's memory are for GPL programs only. */
char licence[] SEC("license") = "GPL";
