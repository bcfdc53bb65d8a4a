/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in the kernel, at the tracepoint swiotlb_bounced (include/trace/events/swiotlb.h): writes
 * down where each bounced buffer of one device, or of all, lies and how long it is. It is as short
 * as can be, since a leg pays for each instruction on each of its pages: a tracefs record of the
 * same event takes three to five times as long.
 *
 * The kernel's structures are declared with what is read of them; where that lies is looked up in
 * the running kernel's own type information when the program is loaded.
 */

#include "daemon/bpf/bounced.h"
#include "daemon/bpf/ring.h"

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

/* Whether this is the name of the one that counts. */
static __always_inline bool is_wanted(const char *name)
{
    for (int i = 0; i < BOUNCED_NAME_BYTES; i++)
        if (name[i] != state.wanted[i])
            return false;
    return true;
}

/* An event that cannot be written down is counted. */
static __always_inline int lose(void)
{
    __sync_fetch_and_add(&state.n_lost, 1);
    return -1;
}

/* Write down who it is, by its name (dev_name(); a registered device's is its kobject's): its
 * place in state.devices, or -1. Done for the first event of one that counts, and for each of any
 * other. */
static __noinline int recognise(struct device *device)
{
    char name[BOUNCED_NAME_BYTES] = { 0 };

    if (bpf_probe_read_kernel_str(name, sizeof(name), device->kobj.name) < 0)
        return lose();
    if (state.wanted[0] && !is_wanted(name))
        return -1;
    __u64 i = *(volatile __u64 *)&state.n_devices;
    if (i < BOUNCED_MAX_DEVICES)
        i = __sync_fetch_and_add(&state.n_devices, 1);
    if (i >= BOUNCED_MAX_DEVICES)
        return lose();
    BouncedDevice *known = &state.devices[i];
    __builtin_memcpy(known->name, name, sizeof(name));
    bpf_probe_read_kernel(&known->dma_mask, sizeof(known->dma_mask), device->dma_mask);
    known->force = device->dma_io_tlb_mem->force_bounce;
    __sync_lock_test_and_set(&known->device, (__u64)device);
    return (int)i;
}

static __always_inline int find_device(struct device *device)
{
    if ((__u64)device == state.devices[0].device)
        return 0;
    for (int i = 1; i < BOUNCED_MAX_DEVICES; i++) {
        if (!state.devices[i].device)
            break;
        if ((__u64)device == state.devices[i].device)
            return i;
    }
    return recognise(device);
}

/* All but its place, by which it can be seen to be whole. */
static __always_inline BouncedRecord *write_record(__u64 place, int who, __u64 bus_address,
                                                   __u64 bytes)
{
    __u32 i = place & (BOUNCED_MAX_RECORDS - 1);
    BouncedRecord *record = bpf_map_lookup_elem(&records, &i);

    if (record) {
        record->bus_address = bus_address;
        record->bytes = bytes;
        record->device = who;
    }
    return record;
}

/* Of every device, for a reader who comes while it is written. */
SEC("tp_btf/swiotlb_bounced")
int BPF_PROG(bounced_any, struct device *device, __u64 bus_address, __u64 bytes)
{
    int who = find_device(device);
    __u64 place;

    if (who < 0 ||
        ring_take(&state.head, &state.tail, &state.n_lost, 1, BOUNCED_MAX_RECORDS, &place) < 0)
        return 0;
    BouncedRecord *record = write_record(place, who, bus_address, bytes);
    if (record)
        __sync_lock_test_and_set(&record->place, ~place);
    return 0;
}

/* Of the wanted one, for a reader who comes when it is over: so it takes less work. */
SEC("tp_btf/swiotlb_bounced")
int BPF_PROG(bounced, struct device *device, __u64 bus_address, __u64 bytes)
{
    int who = (__u64)device == state.devices[0].device ? 0 : recognise(device);

    if (who < 0)
        return 0;
    __u64 place = __sync_fetch_and_add(&state.head, 1);
    if (place - state.tail >= BOUNCED_MAX_RECORDS)
        return 0;
    BouncedRecord *record = write_record(place, who, bus_address, bytes);
    if (record)
        record->place = ~place;
    return 0;
}

/* The helpers that read the kernel's memory are for GPL programs only. */
char licence[] SEC("license") = "GPL";
