/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules on where Dom0's memory lies: MEM-01 to MEM-04.
 */
#include "placement/doctor.h"

#include <inttypes.h>
#include <string.h>

#include "common/json.h"
#include "placement/xen-banks.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define GIB         (UINT64_C(1) << 30)

#define DEFAULT_DOM0_BYTES (GIB / 2) /* create_dom0(), xen/arch/arm/domain_build.c, 4.17 */

static DoctorAnswer ram_beyond_window(DoctorCase *case_)
{
    const RamBanks *ram = &case_->facts->ram;

    if (case_->share.bounce <= 0 || host_facts_frame_rule(case_->facts) != FRAME_RULE_PFN)
        return DOCTOR_SILENT;
    doctor_note_reach(case_);
    for (size_t i = 0; i < ram->n && i < DOCTOR_MAX_EVIDENCE; i++)
        doctor_note(case_, "RAM: 0x%" PRIx64 "-0x%" PRIx64, ram->bank[i].start, ram->bank[i].end);
    doctor_note(case_, "share of RAM out of reach: %.4f", case_->share.bounce);
    return DOCTOR_HOLDS;
}

/* The same of an x86 PV Dom0, whose RAM lies where its p2m says. */
static DoctorAnswer frames_beyond_window(DoctorCase *case_)
{
    const P2m *p2m = &case_->facts->xen.p2m;
    uint64_t n_pages = 0;

    if (case_->share.bounce <= 0 || host_facts_frame_rule(case_->facts) != FRAME_RULE_P2M)
        return DOCTOR_SILENT;
    for (size_t i = 0; i < p2m->n; i++)
        n_pages += p2m->run[i].n_pages;
    doctor_note_reach(case_);
    doctor_note(case_, "pages of Dom0 in its p2m: %" PRIu64, n_pages);
    doctor_note(case_, "share of their machine frames out of reach: %.4f", case_->share.bounce);
    return DOCTOR_HOLDS;
}

/* Xen's heap that this device reaches: the widest count that lies all in its window. */
static const char *reached_heap(const DmaReach *reach)
{
    if (dma_reach_path(reach, 0, 4 * GIB) == DMA_PATH_DIRECT)
        return "heap_free_below_32_bits_bytes";
    return dma_reach_path(reach, 0, GIB) == DMA_PATH_DIRECT ? "heap_free_below_30_bits_bytes"
                                                            : NULL;
}

static DoctorAnswer low_memory_unused(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;
    const char *key = reached_heap(&case_->device->reach);
    double beyond = case_->share.bounce * (double)ram_banks_bytes(&facts->ram);
    double free_low = key ? json_get_number(facts->xen.physinfo, key, 0) : 0;

    if (host_facts_frame_rule(facts) != FRAME_RULE_PFN || beyond <= 0 || free_low < beyond)
        return DOCTOR_SILENT;
    doctor_note(case_, "Xen's %s: %.0f", key, free_low);
    doctor_note(case_, "bytes of Dom0's RAM out of reach: %.0f", beyond);
    return DOCTOR_HOLDS;
}

static DoctorAnswer not_direct_mapped(DoctorCase *case_)
{
    bool direct_mapped;

    if (host_facts_arm_dom0(case_->facts) != ANSWER_YES)
        return DOCTOR_SILENT;
    if (!xen_facts_direct_mapped(&case_->facts->xen, &direct_mapped))
        doctor_note(case_, "Xen's feature bits cannot be read");
    else if (direct_mapped)
        return DOCTOR_SILENT;
    else
        doctor_note(case_, "Xen's features 0x%08" PRIx32 ": XENFEAT_direct_mapped is not set",
                    case_->facts->xen.features);
    return DOCTOR_HOLDS;
}

static DoctorAnswer no_low_bank(DoctorCase *case_)
{
    XenBanks banks = xen_banks_find(&case_->facts->xen.console);

    if (banks.none_below_bits == 0)
        return DOCTOR_SILENT;
    doctor_note(case_, "Xen's console: no bank of Dom0 below %u address bits",
                banks.none_below_bits);
    for (size_t i = 0; banks.known && i < banks.n && i < DOCTOR_MAX_EVIDENCE; i++)
        doctor_note(case_, "bank %zu of Dom0: 0x%" PRIx64 "-0x%" PRIx64, i, banks.bank[i].start,
                    banks.bank[i].end);
    return DOCTOR_HOLDS;
}

/* Is this word, which ends in '=', on a command line? */
static bool has_option(const char *command_line, const char *option)
{
    for (const char *at = command_line; (at = strstr(at, option)); at += strlen(option))
        if (at == command_line || at[-1] == ' ')
            return true;
    return false;
}

static DoctorAnswer default_dom0_memory(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;

    if (doctor_note_lines(case_, &facts->xen.console, KERNEL_LOG_XEN_NO_DOM0_MEM, NULL) > 0)
        return DOCTOR_HOLDS;
    if (host_facts_arm_dom0(facts) != ANSWER_YES || !facts->xen.command_line ||
        has_option(facts->xen.command_line, "dom0_mem=") || !facts->ram.known ||
        ram_banks_bytes(&facts->ram) > DEFAULT_DOM0_BYTES) /* a build's default, CONFIG_DOM0_MEM */
        return DOCTOR_SILENT;
    doctor_note(case_, "Xen's command line has no dom0_mem=: %.200s", facts->xen.command_line);
    return DOCTOR_HOLDS;
}

static const DoctorRule rules[] = {
    { .id = "MEM-01",
      .scope = DOCTOR_DEVICE,
      .condition = ram_beyond_window,
      .severity = DOCTOR_WARN,
      .explanation = "Part of the RAM lies beyond what the controller reaches: a buffer there is "
                     "copied through the bounce pool.",
      .remedy = "Give the host less memory (dom0_mem on Xen's command line), or accept the copies "
                "and keep the pool large enough." },
    /* Xen hands out pages from the highest zone down (get_free_buddy(), xen/common/page_alloc.c,
     * 4.17), so that less memory does not bring a PV Dom0 lower */
    { .id = "MEM-01",
      .scope = DOCTOR_DEVICE,
      .condition = frames_beyond_window,
      .severity = DOCTOR_WARN,
      .explanation = "Part of Dom0's machine frames lies beyond what the controller reaches: a "
                     "buffer there is copied through the bounce pool.",
      .remedy = "Accept the copies and keep the pool large enough (swiotlb=65536 on the kernel's "
                "command line), or use a controller with 64-bit DMA." },
    { .id = "MEM-02",
      .scope = DOCTOR_DEVICE,
      .condition = low_memory_unused,
      .severity = DOCTOR_INFO,
      .explanation = "Xen has memory free that the controller reaches, as much as Dom0 has out of "
                     "its reach: Dom0 could have been placed so that nothing bounces.",
      .remedy = "Change dom0_mem, or move the boot modules that split the low memory, so that Xen "
                "finds low banks for Dom0." },
    { .id = "MEM-03",
      .scope = DOCTOR_HOST,
      .condition = not_direct_mapped,
      .severity = DOCTOR_WARN,
      .explanation =
          "Dom0 is not known to be direct-mapped, as with Xen's cache colouring: its page numbers "
          "are no machine frames, and nothing can be claimed about where its memory lies.",
      .remedy = "Boot Xen without LLC colouring, or mount xenfs and load xen-privcmd so that the "
                "feature bits can be read." },
    { .id = "MEM-04",
      .scope = DOCTOR_HOST,
      .condition = no_low_bank,
      .severity = DOCTOR_WARN,
      .explanation = "Xen could give Dom0 no memory in the region that narrow devices reach.",
      .remedy = "Set dom0_mem on Xen's command line, and keep the boot modules out of the low "
                "memory." },
    { .id = "MEM-04",
      .scope = DOCTOR_HOST,
      .condition = default_dom0_memory,
      .severity = DOCTOR_WARN,
      .explanation = "Nobody said how much memory Dom0 is to have, so Xen gave it 512 MiB.",
      .remedy = "Set dom0_mem on Xen's command line." },
};

const DoctorTable doctor_memory = { rules, N_OF(rules) };
