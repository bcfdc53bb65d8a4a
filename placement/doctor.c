/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what conditions of more than one table ask, and how they note what they saw.
 */
#include "placement/doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"

void doctor_note(DoctorCase *case_, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    json_array_append_new(case_->evidence, json_string(text));
}

void doctor_detail(DoctorCase *case_, const char *format, ...)
{
    size_t used = strlen(case_->detail);
    va_list arguments;

    if (used > 0 && used + 1 < sizeof(case_->detail))
        case_->detail[used++] = ' ';
    va_start(arguments, format);
    vsnprintf(case_->detail + used, sizeof(case_->detail) - used, format, arguments);
    va_end(arguments);
}

static bool is_noted(const DoctorCase *case_, const char *line)
{
    const json_t *text;
    size_t i;

    json_array_foreach(case_->evidence, i, text)
    {
        if (strcmp(json_string_value(text), line) == 0)
            return true;
    }
    return false;
}

size_t doctor_note_lines(DoctorCase *case_, const KernelLog *log, KernelLogId id,
                         const char *device)
{
    size_t seen = 0;

    for (size_t i = 0; i < log->n; i++) {
        const KernelLogEntry *entry = &log->entries[i];

        if (entry->id != id || (device && strcmp(entry->device, device) != 0))
            continue;
        seen++;
        if (json_array_size(case_->evidence) < DOCTOR_MAX_EVIDENCE && !is_noted(case_, entry->line))
            json_array_append_new(case_->evidence, json_string(entry->line));
    }
    return seen;
}

void doctor_note_reach(DoctorCase *case_)
{
    const StorageDevice *device = case_->device;
    const DmaReach *reach = &device->reach;

    for (size_t i = 0; i < reach->n_windows && i < DOCTOR_MAX_EVIDENCE; i++)
        doctor_note(case_, "window: CPU 0x%" PRIx64 "-0x%" PRIx64 " is bus 0x%" PRIx64 " (%s)",
                    reach->windows[i].cpu_start, reach->windows[i].cpu_end,
                    reach->windows[i].bus_start,
                    device->source ? device->source : "source unknown");
    if (reach->known)
        doctor_note(case_, "highest bus address: 0x%" PRIx64, dma_reach_limit(reach));
}

void doctor_note_kernel(DoctorCase *case_)
{
    const KernelVersion *version = &case_->facts->kernel.version;

    if (!version->known)
        return;
    if (version->origin == KERNEL_ORIGIN_DEBIAN)
        doctor_note(case_, "kernel: %s, Debian's package %u.%u.%u-%u", version->release,
                    (unsigned)(version->number >> 32), (unsigned)(version->number >> 16 & 0xffff),
                    (unsigned)(version->number & 0xffff), (unsigned)version->package);
    else
        doctor_note(case_, "kernel: %s", version->release);
}

bool doctor_has_offset(const StorageDevice *device)
{
    const DmaReach *reach = &device->reach;

    return reach->known && reach->n_windows > 0 &&
           reach->windows[0].bus_start != reach->windows[0].cpu_start;
}

bool doctor_is_board(const HostFacts *facts, const char *compatible)
{
    const json_t *each;
    size_t i;

    json_array_foreach(json_object_get(facts->environment, "compatible"), i, each)
    {
        const char *text = json_string_value(each);
        if (text && strcmp(text, compatible) == 0)
            return true;
    }
    return false;
}

const char *doctor_swiotlb_option(const HostFacts *facts)
{
    return json_get_string(json_object_get(facts->environment, "boot_mode"), "swiotlb", NULL);
}

/* swiotlb=[SLOTS[,AREAS],]force (setup_io_tlb_npages(), kernel/dma/swiotlb.c, 6.1) */
static bool is_forced(const char *option)
{
    const char *comma = option ? strrchr(option, ',') : NULL;

    return option && strcmp(comma ? comma + 1 : option, "force") == 0;
}

Answer doctor_bounces(const DoctorCase *case_)
{
    if (is_forced(doctor_swiotlb_option(case_->facts)))
        return ANSWER_YES;
    if (case_->share.bounce > 0)
        return ANSWER_YES;
    return case_->share.unknown > 0 ? ANSWER_UNKNOWN : ANSWER_NO;
}
