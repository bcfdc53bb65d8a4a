/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: known bad combinations of kernel and host: KB1 to KB13. Each row names the commit that
 * fixes it; a range of kernels is that of the fix's appearance in mainline and in stable series. A
 * range is vague where a stable series in it may have taken the fix, or where its start is unknown.
 */
#include "placement/doctor.h"

#include <inttypes.h>

#include "common/json.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define V           KERNEL_NUMBER
#define ANY_SINCE   0
#define END                                                                                        \
    {                                                                                              \
        0, 0, false, 0, 0                                                                          \
    }

static DoctorAnswer answer_of(Answer answer)
{
    if (answer == ANSWER_YES)
        return DOCTOR_HOLDS;
    return answer == ANSWER_UNKNOWN ? DOCTOR_POSSIBLE : DOCTOR_SILENT;
}

/* All of them must hold; one that is unknown makes the whole unknown. */
static Answer both(Answer a, Answer b)
{
    if (a == ANSWER_NO || b == ANSWER_NO)
        return ANSWER_NO;
    return a == ANSWER_YES && b == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN;
}

static void note_answer(DoctorCase *case_, const char *what, Answer answer)
{
    static const char *const words[] = { "unknown", "no", "yes" };

    doctor_note(case_, "%s: %s", what, words[answer]);
}

/* KB1, KB2 */
static DoctorAnswer arm_offset_under_xen(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer xen = both(host_facts_arm_dom0(facts), host_facts_swiotlb_xen(facts));

    if (xen == ANSWER_NO || !doctor_has_offset(case_->device))
        return DOCTOR_SILENT;
    note_answer(case_, "Dom0 on Arm that maps through swiotlb-xen", xen);
    doctor_note_reach(case_);
    return answer_of(xen);
}

/* KB3 */
static DoctorAnswer bouncing(DoctorCase *case_)
{
    Answer bounces = doctor_bounces(case_);

    if (bounces == ANSWER_NO)
        return DOCTOR_SILENT;
    note_answer(case_, "buffers of this device bounce", bounces);
    return answer_of(bounces);
}

/* KB4 */
static DoctorAnswer arm_block_backends(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer serves = both(host_facts_arm_dom0(facts), facts->kernel.block_backends);

    if (serves == ANSWER_NO)
        return DOCTOR_SILENT;
    note_answer(case_, "Dom0 on Arm that serves disks to other domains", serves);
    return answer_of(serves);
}

/* KB5 */
static DoctorAnswer pv_with_nvme(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer affected = both(host_facts_pv_dom0(facts), facts->kernel.nvme);

    if (affected == ANSWER_NO)
        return DOCTOR_SILENT;
    note_answer(case_, "PV Dom0 with an NVMe controller", affected);
    return answer_of(affected);
}

/* KB6 */
static DoctorAnswer pv_dom0(DoctorCase *case_)
{
    Answer pv = host_facts_pv_dom0(case_->facts);

    if (pv == ANSWER_NO)
        return DOCTOR_SILENT;
    note_answer(case_, "x86 PV Dom0", pv);
    (void)doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_SWIOTLB_FULL, NULL);
    return answer_of(pv);
}

/* KB7 */
static DoctorAnswer unaligned_kmalloc(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer incoherent = case_->device->coherent == ANSWER_YES  ? ANSWER_NO
                        : case_->device->coherent == ANSWER_NO ? ANSWER_YES
                                                               : ANSWER_UNKNOWN;
    Answer affected = both(both(host_facts_arm_dom0(facts), host_facts_swiotlb_xen(facts)),
                           both(incoherent, facts->kernel.unaligned_kmalloc));

    if (affected == ANSWER_NO)
        return DOCTOR_SILENT;
    note_answer(case_, "CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC", facts->kernel.unaligned_kmalloc);
    note_answer(case_, "DMA of the device is not coherent with the caches", incoherent);
    return answer_of(affected);
}

/* KB8: the shrunken pool shows itself by its size. */
static DoctorAnswer shrunken_pool(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer affected = both(host_facts_arm_dom0(facts), facts->kernel.unaligned_kmalloc);
    const char *option = doctor_swiotlb_option(facts);
    uint64_t bytes;

    if (affected == ANSWER_NO || !pool_bytes(&facts->pool, &bytes) || bytes >= UINT64_C(64) << 20)
        return DOCTOR_SILENT;
    doctor_note(case_, "pool: %" PRIu64 " bytes", bytes);
    if (option)
        doctor_note(case_, "swiotlb= on the kernel's command line: %.64s",
                    *option ? option : "not given");
    note_answer(case_, "CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC", facts->kernel.unaligned_kmalloc);
    return answer_of(affected);
}

/* KB9: a PV Dom0 bounces whatever is not contiguous in machine memory, and swiotlb=force all. */
static DoctorAnswer nvme_bouncing(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer pv = host_facts_pv_dom0(facts), arm = host_facts_arm_dom0(facts);
    Answer bounces = doctor_bounces(case_) == ANSWER_YES || pv == ANSWER_YES ? ANSWER_YES
                     : pv == ANSWER_NO && arm == ANSWER_NO                   ? ANSWER_NO
                                                                             : ANSWER_UNKNOWN;
    Answer affected = both(bounces, facts->kernel.nvme);

    if (affected == ANSWER_NO || facts->kernel.nvme != ANSWER_YES)
        return DOCTOR_SILENT;
    note_answer(case_, "NVMe controller", facts->kernel.nvme);
    note_answer(case_, "its buffers bounce", bounces);
    return answer_of(affected);
}

/* KB10 */
static DoctorAnswer pi4_symptoms(DoctorCase *case_)
{
    const KernelLog *log = &case_->facts->log;
    const char *host = case_->device->host;

    if (!host || !doctor_is_board(case_->facts, "brcm,bcm2711") ||
        doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_ADMA_ERROR, host) +
                doctor_note_lines(case_, log, KERNEL_LOG_MMC_BAD_STRUCTURE, host) ==
            0)
        return DOCTOR_SILENT;
    (void)doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_ADMA_ENTRY, host);
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

/* KB11 */
static DoctorAnswer sas_with_32_bits(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    Answer pv = host_facts_pv_dom0(facts);

    if (pv == ANSWER_NO ||
        doctor_note_lines(case_, &facts->log, KERNEL_LOG_MPT3SAS_32_BIT, NULL) == 0)
        return DOCTOR_SILENT;
    note_answer(case_, "x86 PV Dom0", pv);
    return answer_of(pv);
}

/* KB12: the crash itself, or only what leads to it. */
static DoctorAnswer no_map_pool(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;

    if (case_->device->no_map_pool != ANSWER_YES || host_facts_swiotlb_xen(facts) == ANSWER_NO)
        return DOCTOR_SILENT;
    doctor_note(case_, "the device's memory-region is a shared-dma-pool with no-map");
    return doctor_note_lines(case_, &facts->log, KERNEL_LOG_ARCH_SYNC_FAULT, NULL) > 0
               ? DOCTOR_HOLDS
               : DOCTOR_POSSIBLE;
}

/* Did this device's own mapping find the pool nearly full? */
static bool found_pool_full(const KernelLog *log, const char *name)
{
    const KernelLogEntry *full = name ? kernel_log_last(log, KERNEL_LOG_SWIOTLB_FULL, name) : NULL;

    return full && full->n_numbers >= 3 && full->numbers[2] >= full->numbers[1] / 2;
}

/* KB13: timeouts leave slots behind. One look cannot see that use never falls. */
static DoctorAnswer timeouts_leak(DoctorCase *case_)
{
    const KernelLog *log = &case_->facts->log;
    const Pool *pool = &case_->facts->pool;
    const char *host = case_->device->host;
    bool full;

    if (!host || doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_STRAY, host) +
                         doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_TIMEOUT, host) ==
                     0)
        return DOCTOR_SILENT;
    full = found_pool_full(log, case_->device->name);
    if (full)
        (void)doctor_note_lines(case_, log, KERNEL_LOG_SWIOTLB_FULL, case_->device->name);
    if (pool->used_known)
        doctor_note(case_, "slots in use: %" PRIu64 " of %" PRIu64, pool->used_slots, pool->slots);
    if (full)
        return DOCTOR_HOLDS;
    return pool->used_known && pool->used_slots > pool->slots / 10 ? DOCTOR_POSSIBLE
                                                                   : DOCTOR_SILENT;
}

static const KernelRange kb1[] = { { ANY_SINCE, V(5, 9, 0), false, 0, 0 }, END };
static const KernelRange kb2[] = { { V(5, 9, 0), V(5, 10, 0), false, 0, 0 }, END };
static const KernelRange kb3[] = { { V(5, 10, 35), V(5, 10, 47), false, V(5, 10, 46), 2 },
                                   { V(5, 12, 0), V(5, 12, 14), false, 0, 0 },
                                   END };
static const KernelRange kb4[] = { { ANY_SINCE, V(5, 18, 0), true, 0, 0 },
                                   { V(5, 18, 0), V(5, 18, 10), false, 0, 0 },
                                   END };
static const KernelRange kb5[] = { { ANY_SINCE, V(6, 1, 0), true, 0, 0 },
                                   { V(6, 1, 0), V(6, 1, 65), false, 0, 0 },
                                   { V(6, 5, 0), V(6, 6, 4), false, 0, 0 },
                                   END };
static const KernelRange kb6[] = { { V(5, 10, 0), V(5, 10, 238), true, 0, 0 },
                                   { V(6, 1, 113), V(6, 1, 129), false, 0, 0 },
                                   { V(6, 12, 0), V(6, 12, 16), false, V(6, 12, 15), 1 },
                                   END };
static const KernelRange kb7[] = { { V(6, 5, 0), V(6, 6, 91), false, 0, 0 },
                                   { V(6, 7, 0), V(6, 12, 29), false, 0, 0 },
                                   { V(6, 13, 0), V(6, 14, 7), false, 0, 0 },
                                   END };
static const KernelRange kb8[] = { { V(6, 5, 0), UINT64_MAX, false, 0, 0 }, END };
static const KernelRange kb9[] = { { ANY_SINCE, V(6, 7, 0), true, 0, 0 },
                                   { V(6, 7, 0), V(6, 7, 12), false, 0, 0 },
                                   { V(6, 8, 0), V(6, 8, 2), false, 0, 0 },
                                   END };
static const KernelRange kb11[] = { { V(5, 10, 149), V(5, 11, 0), true, 0, 0 },
                                    { V(6, 1, 0), V(6, 1, 16), true, 0, 0 },
                                    END };

static const DoctorRule rules[] = {
    { .id = "KB1",
      .scope = DOCTOR_DEVICE,
      .condition = arm_offset_under_xen,
      .severity = DOCTOR_ERROR,
      .kernels = kb1,
      .explanation = "swiotlb-xen of this kernel hands the device CPU addresses where its bus has "
                     "an offset: the SCR reads as garbage and the card dies with -22.",
      .remedy = "Upgrade to Linux 5.9 or later (swiotlb-xen: introduce phys_to_dma/dma_to_phys "
                "translations, 91ffe4ad534a and its series)." },
    { .id = "KB2",
      .scope = DOCTOR_DEVICE,
      .condition = arm_offset_under_xen,
      .severity = DOCTOR_ERROR,
      .kernels = kb2,
      .explanation = "This kernel computes the boundary of bounce slots from CPU addresses and not "
                     "from those of the bus: a bounced buffer may straddle it.",
      .remedy = "Upgrade to Linux 5.10 or later (swiotlb: remove the tbl_dma_addr argument...)." },
    { .id = "KB3",
      .scope = DOCTOR_DEVICE,
      .condition = bouncing,
      .severity = DOCTOR_ERROR,
      .kernels = kb3,
      .explanation = "A partial sync of a bounced buffer copies from the wrong place in this "
                     "kernel: data is corrupted.",
      .remedy = "Upgrade to 5.10.47, 5.12.14, or Debian's 5.10.46-2 (swiotlb: manipulate orig_addr "
                "when tlb_addr has offset, 5f89468e2f06)." },
    { .id = "KB4",
      .scope = DOCTOR_HOST,
      .condition = arm_block_backends,
      .severity = DOCTOR_ERROR,
      .kernels = kb4,
      .explanation = "A race in this kernel's table of foreign pages can give a granted page a "
                     "wrong DMA address: data of guests is corrupted.",
      .remedy = "Upgrade to Linux 5.18.10 or later (xen/arm: Fix race in RB-tree based P2M "
                "accounting)." },
    { .id = "KB5",
      .scope = DOCTOR_HOST,
      .condition = pv_with_nvme,
      .severity = DOCTOR_ERROR,
      .kernels = kb5,
      .explanation = "swiotlb-xen of this kernel does not say how much it can map: a big request "
                     "to an NVMe disk never maps, is retried for ever, and storage freezes.",
      .remedy = "Upgrade to 6.1.65 or 6.6.4 or later (swiotlb-xen: provide the "
                "\"max_mapping_size\" method, bff2a2d453a1); limit max_sectors_kb till then." },
    { .id = "KB6",
      .scope = DOCTOR_HOST,
      .condition = pv_dom0,
      .severity = DOCTOR_ERROR,
      .kernels = kb6,
      .explanation = "This kernel demands so much alignment of buffers under Xen that normal I/O "
                     "bounces and exhausts the pool; SAS controllers fail to start (Debian "
                     "1093371, 1088159).",
      .remedy = "Upgrade to 6.1.129, 6.12.16, 5.10.238, or Debian's 6.12.15-1 (xen/swiotlb: relax "
                "alignment requirements)." },
    { .id = "KB7",
      .scope = DOCTOR_DEVICE,
      .condition = unaligned_kmalloc,
      .severity = DOCTOR_ERROR,
      .kernels = kb7,
      .explanation =
          "Since 6.5 arm64 bounces small unaligned buffers of a device that is not coherent, but "
          "swiotlb-xen of this kernel does not: small DMA reads can be corrupted. It was reported "
          "for USB; that MMC is exposed follows from the code, its SCR being 8 bytes.",
      .remedy = "Upgrade to 6.6.91, 6.12.29, 6.14.7 or 6.15 (xen: swiotlb: Use swiotlb bouncing if "
                "kmalloc allocation demands it, cd9c05848905)." },
    { .id = "KB8",
      .scope = DOCTOR_HOST,
      .condition = shrunken_pool,
      .severity = DOCTOR_WARN,
      .kernels = kb8,
      .explanation =
          "This kernel shrinks the pool to 1 MiB for each GiB of RAM, since all of Dom0's own RAM "
          "is within reach. I/O to pages that guests granted above the window may overflow it, and "
          "runs with swiotlb=force are not those of a kernel with 64 MiB.",
      .remedy = "No fix is known. Boot with swiotlb=65536 or swiotlb=16384; never exactly 32768, "
                "which the kernel takes for not given and shrinks." },
    { .id = "KB9",
      .scope = DOCTOR_HOST,
      .condition = nvme_bouncing,
      .severity = DOCTOR_ERROR,
      .kernels = kb9,
      .explanation = "Two mappings of a device with an alignment mask, as NVMe has, can share "
                     "bounce slots in this kernel: data is corrupted.",
      .remedy = "Upgrade to 6.7.12 or 6.8.2 or later, or to a stable kernel that has \"swiotlb: "
                "Fix double-allocation of slots due to broken alignment handling\"." },
    { .id = "KB10",
      .scope = DOCTOR_DEVICE,
      .condition = pi4_symptoms,
      .severity = DOCTOR_ERROR,
      .explanation = "On a BCM2711 these lines mean that the dma-ranges of the device tree are not "
                     "those of this chip's stepping: DMA goes to wrong addresses.",
      .remedy = "Boot with the device tree that the firmware passes; no kernel and no boot loader "
                "can know the stepping better." },
    { .id = "KB11",
      .scope = DOCTOR_HOST,
      .condition = sas_with_32_bits,
      .severity = DOCTOR_ERROR,
      .kernels = kb11,
      .explanation =
          "The mpt3sas driver asked Xen's Dom0 which mask it needs and was told 32 bits: "
          "its buffers bounce, and the controller may fail (Debian 1022126).",
      .remedy = "Upgrade to 6.1.16 or later (scsi: mpt3sas: Remove usage of "
                "dma_get_required_mask() API)." },
    { .id = "KB12",
      .scope = DOCTOR_DEVICE,
      .condition = no_map_pool,
      .severity = DOCTOR_ERROR,
      .explanation = "swiotlb-xen cleans the cache of a coherent pool that the kernel has not "
                     "mapped: it faults in arch_sync_dma.",
      .remedy = "No fix is merged (2026). Remove no-map from the pool's reserved-memory node, or "
                "the pool." },
    { .id = "KB13",
      .scope = DOCTOR_DEVICE,
      .condition = timeouts_leak,
      .severity = DOCTOR_ERROR,
      .explanation = "Timeouts of the SDHCI driver leave bounce slots behind: the pool's use never "
                     "falls, until every mapping fails.",
      .remedy = "No fix is known. Replace the card that times out, watch "
                "/sys/kernel/debug/swiotlb/io_tlb_used, and reboot before it is full." },
};

const DoctorTable doctor_known_bad = { rules, N_OF(rules) };
