/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules on the bounce pool: POOL-01 to POOL-06.
 */
#include "placement/doctor.h"

#include <inttypes.h>

#include "placement/host-share.h"

#define N_OF(array)       (sizeof(array) / sizeof((array)[0]))
#define DEFAULT_BYTES     (UINT64_C(64) << 20) /* IO_TLB_DEFAULT_SIZE, include/linux/swiotlb.h, 6.1 */
#define MAX_MAPPING_BYTES (INT64_C(256) << 10) /* IO_TLB_SEGSIZE slots of IO_TLB_SIZE, there */
#define FULL_PERCENT      80U                  /* of the slots: too few left for comfort */

static void note_pool(DoctorCase *case_)
{
    const Pool *pool = &case_->facts->pool;

    if (pool->range_known)
        doctor_note(case_, "pool: 0x%" PRIx64 "-0x%" PRIx64 " (%s)", pool->range.start,
                    pool->range.end, pool->source);
    if (pool->slots_known)
        doctor_note(case_, "pool: %" PRIu64 " slots of 2 KiB", pool->slots);
    if (pool->used_known)
        doctor_note(case_, "slots in use: %" PRIu64, pool->used_slots);
    if (pool->high_water_known)
        doctor_note(case_, "most slots ever in use: %" PRIu64, pool->high_water_slots);
}

static DoctorAnswer pool_absent(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    const char *option = doctor_swiotlb_option(facts);

    if (facts->pool.presence != POOL_ABSENT || case_->share.bounce <= 0)
        return DOCTOR_SILENT;
    doctor_note(case_, "no bounce pool (%s)", facts->pool.source);
    if (option && *option)
        doctor_note(case_, "swiotlb=%.64s on the kernel's command line", option);
    (void)doctor_note_lines(case_, &facts->log, KERNEL_LOG_SWIOTLB_NO_LOW_MEM, NULL);
    (void)doctor_note_lines(case_, &facts->log, KERNEL_LOG_SWIOTLB_NOT_ALLOCATED, NULL);
    doctor_note(case_, "share of RAM out of reach: %.4f", case_->share.bounce);
    return DOCTOR_HOLDS;
}

/* The kernel itself said that a buffer found no pool. */
static DoctorAnswer pool_missed(DoctorCase *case_)
{
    return doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_SWIOTLB_MISSING, NULL) > 0
               ? DOCTOR_HOLDS
               : DOCTOR_SILENT;
}

static DoctorAnswer pool_out_of_window(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    bool inside;

    if (!host_pool_in_window(facts, &case_->device->reach, &inside) || inside)
        return DOCTOR_SILENT;
    note_pool(case_);
    if (host_facts_frame_rule(facts) == FRAME_RULE_P2M)
        doctor_note(case_, "the pool's addresses are pseudo-physical; judged are the machine "
                           "frames that Dom0's p2m has behind them");
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

static DoctorAnswer pool_small(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    uint64_t bytes;

    if (host_facts_arm_dom0(facts) != ANSWER_YES || !pool_bytes(&facts->pool, &bytes) ||
        bytes >= DEFAULT_BYTES)
        return DOCTOR_SILENT;
    note_pool(case_);
    (void)doctor_note_lines(case_, &facts->log, KERNEL_LOG_SWIOTLB_MAPPED, NULL);
    (void)doctor_note_lines(case_, &facts->log, KERNEL_LOG_SWIOTLB_ADJUSTED, NULL);
    (void)doctor_note_lines(case_, &facts->log, KERNEL_LOG_SWIOTLB_SHRUNK, NULL);
    return DOCTOR_HOLDS;
}

static bool is_nearly_full(uint64_t used, uint64_t slots)
{
    return used > slots / 100 * FULL_PERCENT;
}

static DoctorAnswer pool_nearly_full(DoctorCase *case_)
{
    const Pool *pool = &case_->facts->pool;
    bool high = pool->high_water_known && is_nearly_full(pool->high_water_slots, pool->slots);
    bool now = pool->used_known && is_nearly_full(pool->used_slots, pool->slots);

    if (pool->presence != POOL_PRESENT || pool->slots == 0 || (!high && !now))
        return DOCTOR_SILENT;
    note_pool(case_);
    return DOCTOR_HOLDS;
}

typedef enum FullCause {
    FULL_FOR_SIZE,     /* much room, but not for this mapping */
    FULL_FOR_CAPACITY, /* no room */
    FULL_UNTOLD,       /* kernels before 5.4 do not say how much was in use */
} FullCause;

/*
 * Numbers of the line: bytes, total slots, used slots. A mapping above 256 KiB never fits, and
 * where less than half is in use the room is there: size or alignment is the cause.
 */
static FullCause full_cause(const KernelLogEntry *entry)
{
    if (entry->numbers[0] > MAX_MAPPING_BYTES)
        return FULL_FOR_SIZE;
    if (entry->n_numbers < 3)
        return FULL_UNTOLD;
    return entry->numbers[2] < entry->numbers[1] / 2 ? FULL_FOR_SIZE : FULL_FOR_CAPACITY;
}

static DoctorAnswer pool_full(DoctorCase *case_, FullCause cause)
{
    const KernelLog *log = &case_->facts->log;
    size_t seen = 0;

    for (size_t i = 0; i < log->n; i++) {
        const KernelLogEntry *entry = &log->entries[i];

        if (entry->id != KERNEL_LOG_SWIOTLB_FULL || full_cause(entry) != cause)
            continue;
        if (json_array_size(case_->evidence) < DOCTOR_MAX_EVIDENCE / 2)
            json_array_append_new(case_->evidence, json_string(entry->line));
        seen++;
    }
    if (seen == 0)
        return DOCTOR_SILENT;
    doctor_note(case_, "such lines in the log: %zu (the kernel limits their rate)", seen);
    note_pool(case_);
    (void)doctor_note_lines(case_, log, KERNEL_LOG_DMA_OUT_OF_SPACE, NULL);
    (void)doctor_note_lines(case_, log, KERNEL_LOG_DMA_OVERFLOW, NULL);
    return DOCTOR_HOLDS;
}

static DoctorAnswer full_for_size(DoctorCase *case_)
{
    return pool_full(case_, FULL_FOR_SIZE);
}

static DoctorAnswer full_for_capacity(DoctorCase *case_)
{
    return pool_full(case_, FULL_FOR_CAPACITY);
}

static DoctorAnswer full_untold(DoctorCase *case_)
{
    return pool_full(case_, FULL_UNTOLD);
}

static const char enlarge[] =
    "Enlarge the pool with swiotlb=65536 on the kernel's command line (slots of 2 KiB; exactly "
    "32768 counts as not given), or place Dom0 within reach (dom0_mem) so that less bounces.";

static const DoctorRule rules[] = {
    { .id = "POOL-01",
      .scope = DOCTOR_DEVICE,
      .condition = pool_absent,
      .severity = DOCTOR_ERROR,
      .explanation = "There is no bounce pool, but part of the RAM is out of the controller's "
                     "reach: every mapping of a buffer there fails.",
      .remedy = "Remove swiotlb=noforce from the kernel's command line." },
    { .id = "POOL-01",
      .scope = DOCTOR_HOST,
      .condition = pool_missed,
      .severity = DOCTOR_ERROR,
      .explanation = "A buffer had to bounce and there was no pool to bounce it through.",
      .remedy = "Remove swiotlb=noforce from the kernel's command line, and leave low memory for "
                "the pool." },
    { .id = "POOL-02",
      .scope = DOCTOR_DEVICE,
      .condition = pool_out_of_window,
      .severity = DOCTOR_ERROR,
      .explanation = "The bounce pool does not lie in the controller's window: DMA cannot reach "
                     "it, so that a mapping that has to bounce fails.",
      .remedy = "Let the kernel place the pool lower: give it the device tree of the firmware, or "
                "memory within the window (dom0_mem)." },
    { .id = "POOL-03",
      .scope = DOCTOR_HOST,
      .condition = pool_small,
      .severity = DOCTOR_WARN,
      .explanation =
          "The bounce pool is smaller than the usual 64 MiB. Since 6.5 an arm64 kernel whose own "
          "RAM is all within reach shrinks it to 1 MiB for each GiB of RAM, without thinking of "
          "the pages that other domains grant.",
      .remedy = "Boot with swiotlb=65536; never with exactly 32768, which the kernel takes for the "
                "default and shrinks all the same." },
    { .id = "POOL-04",
      .scope = DOCTOR_HOST,
      .condition = pool_nearly_full,
      .severity = DOCTOR_WARN,
      .explanation = "More than 80 % of the bounce pool is or was in use: the next burst may find "
                     "it full. Use that does not fall while the host is idle is a leak instead.",
      .remedy = enlarge },
    { .id = "POOL-05",
      .scope = DOCTOR_HOST,
      .condition = full_for_size,
      .severity = DOCTOR_ERROR,
      .explanation =
          "A mapping failed for its size or alignment, not for want of room: the pool was far "
          "from full. No mapping above 256 KiB can bounce, and a demand for alignment can make a "
          "smaller one impossible. A larger pool does not help.",
      .remedy = "Use a kernel in which the driver asks how much it may map "
                "(max_mapping_size; swiotlb-xen: bff2a2d453a1), and with relaxed alignment under "
                "Xen (9f40ec84a797 and its fix); limit the request size (max_sectors_kb) till "
                "then." },
    { .id = "POOL-06",
      .scope = DOCTOR_HOST,
      .condition = full_for_capacity,
      .severity = DOCTOR_ERROR,
      .explanation = "A mapping failed because most of the bounce pool was in use.",
      .remedy = enlarge },
    { .id = "POOL-06",
      .scope = DOCTOR_HOST,
      .condition = full_untold,
      .severity = DOCTOR_ERROR,
      .explanation = "A mapping failed because the bounce pool had no room for it. This kernel "
                     "does not say how much was in use: capacity, a leak, or the size of the "
                     "mapping may be the cause.",
      .remedy = enlarge },
};

const DoctorTable doctor_pool = { rules, N_OF(rules) };
