// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lab_fault: makes real faults in the bounce path of one device, for tests in the lab alone. A
 * probe on the kernel's own swiotlb_bounce() (kernel/dma/swiotlb.c, 6.1 and 6.12), which copies
 * between a buffer and its slots in the bounce pool: before the copy or after it the slots are
 * changed, the copy is cut short or left out, or it takes longer. Memory that the device reaches
 * directly never comes here.
 *
 * All is set and read in /sys/module/lab_fault/parameters; README.md explains each. Writing `fault`
 * arms and sets the counts to 0, so it is written last.
 *
 * Which way data goes is not what swiotlb_bounce() is told: a mapping for a read is copied to the
 * slots as well, so that what the device leaves out survives. Only a mapping for a write is "to
 * the device"; a probe on swiotlb_tbl_map_single() tells what the mapping is for.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#define MAPPING_MAX_BYTES (256U << 10) /* IO_TLB_SEGSIZE slots of 2 KiB */
#define SLOT_SHIFT        11           /* IO_TLB_SHIFT */
#define SLOTS_KNOWN       (1U << 16)   /* a pool of 128 MiB; twice Debian's */
#define DELAY_MAX_USEC    100000U

/* The argument of swiotlb_tbl_map_single() that is its direction; alloc_size went away in 6.9
 * (include/linux/swiotlb.h). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#define MAP_DIRECTION_ARGUMENT 4
#else
#define MAP_DIRECTION_ARGUMENT 5
#endif

enum fault_kind {
    FAULT_NONE,
    FAULT_FLIP, /* bit `bit` of byte `offset` */
    FAULT_ZEROS,
    FAULT_ONES,
    FAULT_GARBAGE,
    FAULT_SKIP,     /* no copy */
    FAULT_PARTIAL,  /* the first `offset` bytes alone */
    FAULT_SHIFT,    /* all of it `offset` bytes further on */
    FAULT_MISPLACE, /* what the mapping seen before it held */
    FAULT_DELAY,    /* `delay_usec` more */
};

static const char *const kind_names[] = {
    "none", "flip", "zeros", "ones", "garbage", "skip", "partial", "shift", "misplace", "delay",
};

static const char *const direction_names[] = { "both", "to-device", "from-device" };
static const char *const memory_names[] = { "any", "mapped" };

static unsigned int kind, direction, memory;
static char *device = "";
static unsigned int every = 1, offset, bit, min_bytes = 512, max_bytes, delay_usec;
static unsigned long limit;
static atomic_long_t seen, injected, untold;

/* What the mapping that is being made on this CPU is for. */
struct mapping {
    struct task_struct *task;
    int direction;
    bool aimed; /* its buffer is of the memory that is asked for */
};
static DEFINE_PER_CPU(struct mapping, mapping);

/* The slots, by their number's lowest bits, where a mapping begins whose buffer is of the memory
 * that is asked for: set with the mapping, looked up when it is copied back. */
static DECLARE_BITMAP(aimed_slots, SLOTS_KNOWN);

/* The content of the mapping before this one, for FAULT_MISPLACE. */
static u8 *before, *scratch;
static size_t before_bytes;

/* What a copy's entry leaves for its return. */
struct copy {
    u8 *slots;
    size_t bytes;
    unsigned int kind; /* FAULT_NONE: nothing to do any more */
    bool remember;     /* for FAULT_MISPLACE */
};

/* --- parameters ------------------------------------------------------------------------------ */

static int name_set(const char *text, const struct kernel_param *kp)
{
    bool is_kind = kp->arg == &kind;
    int n = is_kind                 ? sysfs_match_string(kind_names, text)
            : kp->arg == &direction ? sysfs_match_string(direction_names, text)
                                    : sysfs_match_string(memory_names, text);

    if (n < 0)
        return n;
    if (is_kind)
        WRITE_ONCE(kind, FAULT_NONE);
    if (is_kind && n != FAULT_NONE) { /* armed anew; after "none" the counts can still be read */
        atomic_long_set(&seen, 0);
        atomic_long_set(&injected, 0);
        atomic_long_set(&untold, 0);
        before_bytes = 0;
    }
    smp_store_release((unsigned int *)kp->arg, n);
    return 0;
}

static int name_get(char *text, const struct kernel_param *kp)
{
    return sysfs_emit(text, "%s\n",
                      kp->arg == &kind        ? kind_names[kind]
                      : kp->arg == &direction ? direction_names[direction]
                                              : memory_names[memory]);
}

static const struct kernel_param_ops name_ops = { .set = name_set, .get = name_get };

static int count_get(char *text, const struct kernel_param *kp)
{
    return sysfs_emit(text, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = count_get };

module_param(device, charp, 0644);
MODULE_PARM_DESC(device, "the one device, by its dev_name(); empty: none");
module_param_cb(direction, &name_ops, &direction, 0644);
MODULE_PARM_DESC(direction, "both, to-device or from-device");
module_param_cb(memory, &name_ops, &memory, 0644);
MODULE_PARM_DESC(memory, "any, or mapped: buffers alone that a process has mapped");
module_param(every, uint, 0644);
MODULE_PARM_DESC(every, "fault every so manyth copy");
module_param(offset, uint, 0644);
MODULE_PARM_DESC(offset, "flip: the byte; partial: bytes copied; shift: bytes further on");
module_param(bit, uint, 0644);
MODULE_PARM_DESC(bit, "flip: bit 0 to 7 of the byte");
module_param(min_bytes, uint, 0644);
MODULE_PARM_DESC(min_bytes, "let smaller copies alone, as register reads");
module_param(max_bytes, uint, 0644);
MODULE_PARM_DESC(max_bytes, "let larger copies alone, as all but register reads; 0: none");
module_param(delay_usec, uint, 0644);
MODULE_PARM_DESC(delay_usec, "delay: microseconds a copy, 100000 at most");
module_param(limit, ulong, 0644);
MODULE_PARM_DESC(limit, "stop after so many faults; 0: never");
module_param_cb(seen, &count_ops, &seen, 0444);
MODULE_PARM_DESC(seen, "copies that could have been faulted");
module_param_cb(injected, &count_ops, &injected, 0444);
MODULE_PARM_DESC(injected, "faults made");
module_param_cb(untold, &count_ops, &untold, 0444);
MODULE_PARM_DESC(untold, "copies whose purpose could not be told, let alone");
module_param_cb(fault, &name_ops, &kind, 0644);
MODULE_PARM_DESC(fault, "what to do; writing it arms");

/* --- which copies ------------------------------------------------------------------------------
 */

static bool is_our_device(const struct device *dev)
{
    return dev && device[0] && sysfs_streq(dev_name(dev), device);
}

/* What a process reads and writes by itself (O_DIRECT) lies in pages that it has mapped; what the
 * kernel reads ahead, or for itself, does not. */
static bool is_our_memory(phys_addr_t buffer)
{
    struct page *page = pfn_to_page(PHYS_PFN(buffer));

    return memory == 0 || (pfn_valid(PHYS_PFN(buffer)) && !PageSlab(page) && page_mapped(page));
}

/* The copy goes the way that is asked for, as the I/O goes, and is of the memory asked for. */
static bool is_our_copy(phys_addr_t slots, enum dma_data_direction copy)
{
    struct mapping *map = this_cpu_ptr(&mapping);
    unsigned int slot = (slots >> SLOT_SHIFT) % SLOTS_KNOWN;
    enum dma_data_direction io = copy;

    if (copy == DMA_TO_DEVICE) {
        if (map->task != current) {
            atomic_long_inc(&untold);
            return false;
        }
        io = map->direction;
        map->task = NULL;
        assign_bit(slot, aimed_slots, map->aimed);
        if (io != DMA_TO_DEVICE)
            return false; /* a read's preparation */
    }
    return test_bit(slot, aimed_slots) &&
           (direction == 0 || (direction == 1) == (io == DMA_TO_DEVICE));
}

/* A fault that would change nothing is none. */
static bool can_fault(unsigned int what, size_t bytes)
{
    switch (what) {
    case FAULT_NONE:
        return false;
    case FAULT_FLIP:
    case FAULT_PARTIAL:
        return offset < bytes;
    case FAULT_SHIFT:
        return offset > 0 && offset < bytes;
    default:
        return true;
    }
}

/* --- faults ------------------------------------------------------------------------------------
 */

/* Remember what the slots hold, and give them what was remembered when that is to be. */
static void misplace(u8 *slots, size_t bytes, bool remember_only)
{
    size_t n = min(bytes, before_bytes);

    memcpy(scratch, slots, bytes);
    if (!remember_only)
        memcpy(slots, before, n);
    swap(before, scratch);
    before_bytes = bytes;
}

static void change_slots(unsigned int what, u8 *slots, size_t bytes)
{
    switch (what) {
    case FAULT_FLIP:
        slots[offset] ^= 1U << (bit & 7);
        break;
    case FAULT_ZEROS:
        memset(slots, 0, bytes);
        break;
    case FAULT_ONES:
        memset(slots, 0xff, bytes);
        break;
    case FAULT_GARBAGE:
        get_random_bytes(slots, bytes);
        break;
    case FAULT_SHIFT:
        memmove(slots + offset, slots, bytes - offset);
        break;
    case FAULT_MISPLACE:
        misplace(slots, bytes, false);
        break;
    }
}

/* swiotlb_bounce(dev, tlb_addr, size, dir) begins. What goes to the device is changed after the
 * copy, what comes from it before. */
static int copy_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
    struct copy *copy = (struct copy *)instance->data;
    const struct device *dev = (const struct device *)regs_get_kernel_argument(regs, 0);
    size_t bytes = regs_get_kernel_argument(regs, 2);
    enum dma_data_direction dir = regs_get_kernel_argument(regs, 3);
    unsigned int what = smp_load_acquire(&kind);
    long n;

    *copy =
        (struct copy) { .slots = phys_to_virt(regs_get_kernel_argument(regs, 1)), .bytes = bytes };
    if (what == FAULT_NONE || !is_our_device(dev) ||
        !is_our_copy(regs_get_kernel_argument(regs, 1), dir))
        return 1;
    if (bytes < min_bytes || (max_bytes && bytes > max_bytes) || bytes > MAPPING_MAX_BYTES ||
        !can_fault(what, bytes))
        return 1;
    n = atomic_long_inc_return(&seen);
    if ((every > 1 && n % every) || (limit && atomic_long_read(&injected) >= limit) ||
        (what == FAULT_MISPLACE && before_bytes == 0)) {
        copy->remember = what == FAULT_MISPLACE;
        what = FAULT_NONE;
    }
    if (what == FAULT_NONE && !copy->remember)
        return 1;
    if (what != FAULT_NONE)
        atomic_long_inc(&injected);
    if (what == FAULT_SKIP)
        regs->regs[2] = 0;
    else if (what == FAULT_PARTIAL)
        regs->regs[2] = offset;
    else if (what == FAULT_DELAY)
        udelay(min(delay_usec, DELAY_MAX_USEC));
    else if (dir == DMA_TO_DEVICE) {
        copy->kind = what;
        return 0;
    } else if (copy->remember)
        misplace(copy->slots, bytes, true);
    else
        change_slots(what, copy->slots, bytes);
    return 1;
}

static int copy_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
    struct copy *copy = (struct copy *)instance->data;

    if (copy->remember)
        misplace(copy->slots, copy->bytes, true);
    else
        change_slots(copy->kind, copy->slots, copy->bytes);
    return 0;
}

static int mapping_begins(struct kprobe *probe, struct pt_regs *regs)
{
    if (is_our_device((const struct device *)regs_get_kernel_argument(regs, 0)))
        *this_cpu_ptr(&mapping) = (struct mapping) {
            .task = current,
            .direction = regs_get_kernel_argument(regs, MAP_DIRECTION_ARGUMENT),
            .aimed = is_our_memory(regs_get_kernel_argument(regs, 1)),
        };
    return 0;
}

static struct kretprobe copy_probe = {
    .kp.symbol_name = "swiotlb_bounce",
    .entry_handler = copy_begins,
    .handler = copy_ends,
    .data_size = sizeof(struct copy),
    .maxactive = 16,
};

static struct kprobe mapping_probe = {
    .symbol_name = "swiotlb_tbl_map_single",
    .pre_handler = mapping_begins,
};

static int __init lab_fault_init(void)
{
    int r = -ENOMEM;

    before = vmalloc(MAPPING_MAX_BYTES);
    scratch = vmalloc(MAPPING_MAX_BYTES);
    if (before && scratch)
        r = register_kprobe(&mapping_probe);
    if (r == 0) {
        r = register_kretprobe(&copy_probe);
        if (r < 0)
            unregister_kprobe(&mapping_probe);
    }
    if (r < 0) {
        vfree(before);
        vfree(scratch);
    }
    return r;
}

static void __exit lab_fault_exit(void)
{
    unregister_kretprobe(&copy_probe);
    unregister_kprobe(&mapping_probe);
    vfree(before);
    vfree(scratch);
}

module_init(lab_fault_init);
module_exit(lab_fault_exit);
MODULE_DESCRIPTION("faults in the bounce path, for tests");
MODULE_LICENSE("GPL");
