/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules on what was seen live: PATH-01 (bounces and why), PATH-04 (a wrong translation),
 * PATH-05 (an address that the hardware refused). Silent where nobody watched.
 */
#include "placement/doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "placement/live-account.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static const LiveDevice *seen_of(const DoctorCase *case_)
{
    const LiveAccount *live = case_->facts->live;

    return live ? live_account_find(live, case_->device->name) : NULL;
}

static DoctorAnswer bounces_seen(DoctorCase *case_)
{
    static const char *const meanings[N_BOUNCE_REASONS] = {
        [BOUNCE_REASON_FORCED] = "swiotlb=force makes every buffer bounce.",
        [BOUNCE_REASON_OUTSIDE_WINDOW] = "A buffer outside of the controller's window bounces.",
        [BOUNCE_REASON_PLACEMENT] =
            "A buffer beyond the controller's mask or its bus's limit bounces.",
        [BOUNCE_REASON_SMALL_UNALIGNED] =
            "A small buffer that may share a cache line bounces on a controller that is not "
            "coherent; a few at a card's start are harmless.",
        [BOUNCE_REASON_OTHER] =
            "A buffer within reach bounces where its frames do not follow each other, as in an x86 "
            "PV Dom0, or where it is another domain's.",
    };
    const LiveDevice *seen = seen_of(case_);

    for (size_t i = 0; seen && i < N_BOUNCE_REASONS; i++) {
        if (seen->bounces[i] == 0)
            continue;
        doctor_note(case_, "%s: %" PRIu64 " bounces, %" PRIu64 " bytes",
                    bounce_reason_name((BounceReason)i), seen->bounces[i], seen->bounced_bytes[i]);
        doctor_detail(case_, "%s", meanings[i]);
    }
    return json_array_size(case_->evidence) > 0 ? DOCTOR_HOLDS : DOCTOR_SILENT;
}

/* What was mapped, and what should have been. */
static void note_segment(DoctorCase *case_, const LiveSegment *seen)
{
    const DmaSegment *segment = &seen->segment;
    char cpu[40] = "coherent memory", expected[64] = "";
    uint64_t slot;

    if (seen->cpu_known)
        snprintf(cpu, sizeof(cpu), "CPU address 0x%" PRIx64, segment->cpu);
    if (seen->answer.translation == TRANSLATION_BOUNCED &&
        dma_reach_cpu_address(&case_->device->reach, segment->bus, &slot))
        snprintf(expected, sizeof(expected), ", in the bounce pool (CPU 0x%" PRIx64 ")", slot);
    else if (seen->answer.expected_known)
        snprintf(expected, sizeof(expected), ", the window demands 0x%" PRIx64,
                 seen->answer.expected_bus);
    else if (seen->cpu_known)
        snprintf(expected, sizeof(expected), ", which no window has");
    doctor_note(case_, "%s: %s, %" PRIu64 " bytes, %s: bus address 0x%" PRIx64 "%s",
                dma_mapping_kind_name(seen->kind), cpu, segment->bytes,
                dma_direction_name(seen->direction), segment->bus, expected);
}

static DoctorAnswer translation_wrong(DoctorCase *case_)
{
    const LiveDevice *seen = seen_of(case_);

    if (!seen || seen->segments[TRANSLATION_WRONG] == 0)
        return DOCTOR_SILENT;
    doctor_note(case_, "%" PRIu64 " segments, %" PRIu64 " bytes, were given a wrong bus address",
                seen->segments[TRANSLATION_WRONG], seen->segment_bytes[TRANSLATION_WRONG]);
    for (size_t i = 0; i < seen->n_wrong && i < DOCTOR_MAX_EVIDENCE / 2; i++)
        note_segment(case_, &seen->wrong[i]);
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

/* The segment that was seen mapped to this piece of the bus, the last one; or NULL. */
static const LiveSegment *mapped_there(const LiveDevice *seen, uint64_t bus, uint64_t bytes)
{
    const LiveSegment *found = NULL, *segment;

    for (size_t i = 0; (segment = live_device_recent(seen, i)); i++)
        if (segment->cpu_known && bus >= segment->segment.bus &&
            bus - segment->segment.bus < segment->segment.bytes &&
            bytes <= segment->segment.bytes - (bus - segment->segment.bus))
            found = segment;
    return found;
}

/* A descriptor of an ADMA error that came while we watched, of a mapping that we saw, and that is
 * as the window has it: then it is the window that is wrong. */
static bool note_refused(DoctorCase *case_, const KernelLogEntry *entry, const LiveDevice *seen)
{
    const LiveSegment *segment;

    if (entry->id != KERNEL_LOG_SDHCI_ADMA_ENTRY || entry->n_numbers < 3 ||
        entry->numbers[2] <= 0 || strcmp(entry->device, case_->device->host) != 0)
        return false;
    segment = mapped_there(seen, (uint64_t)entry->numbers[1], (uint64_t)entry->numbers[2]);
    if (!segment || (segment->answer.translation != TRANSLATION_DIRECT &&
                     segment->answer.translation != TRANSLATION_BOUNCED))
        return false;
    note_segment(case_, segment);
    doctor_note(case_, "the controller's failed descriptor: %s", entry->line);
    if (!case_->detail[0])
        doctor_detail(case_, "The refused bus address is 0x%" PRIx64 ".",
                      (uint64_t)entry->numbers[1]);
    return true;
}

static DoctorAnswer address_refused(DoctorCase *case_)
{
    const KernelLog *log = &case_->facts->log;
    const LiveDevice *seen = seen_of(case_);
    bool refused = false;

    if (!seen || !case_->device->host)
        return DOCTOR_SILENT;
    for (size_t i = case_->facts->live->n_log_before; i < log->n; i++)
        if (json_array_size(case_->evidence) < DOCTOR_MAX_EVIDENCE / 2)
            refused |= note_refused(case_, &log->entries[i], seen);
    if (!refused)
        return DOCTOR_SILENT;
    (void)doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_ADMA_ERROR, case_->device->host);
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

static const DoctorRule rules[] = {
    { .id = "PATH-04",
      .scope = DOCTOR_DEVICE,
      .condition = translation_wrong,
      .severity = DOCTOR_CRITICAL,
      .explanation = TRANSLATION_WRONG_EXPLANATION,
      .remedy = TRANSLATION_WRONG_REMEDY },
    { .id = "PATH-05",
      .scope = DOCTOR_DEVICE,
      .condition = address_refused,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The kernel gave the controller exactly the bus address that the device tree's window "
          "demands, and the controller failed on that address while we watched: the translation "
          "did what the tree says, so what the tree says of this hardware is wrong.",
      .remedy = "Boot with the device tree of the board's own firmware, whose dma-ranges fit its "
                "silicon, and not with one that was built for another stepping." },
    { .id = "PATH-01",
      .scope = DOCTOR_DEVICE,
      .condition = bounces_seen,
      .severity = DOCTOR_INFO,
      .explanation = "Buffers bounced through the pool while we watched: data is right, but the "
                     "CPU copies it.",
      .remedy = "Nothing is broken. To bounce less, place Dom0's memory within reach of the "
                "controller (dom0_mem)." },
};

const DoctorTable doctor_live = { rules, N_OF(rules) };
