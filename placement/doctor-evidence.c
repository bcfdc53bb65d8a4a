/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: ENV-01, what could not be looked at. Without it silence would read as health.
 */
#include "placement/doctor.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static void note_unknown_reach(DoctorCase *case_)
{
    for (size_t i = 0; i < case_->facts->n_devices; i++) {
        const StorageDevice *device = &case_->facts->devices[i];

        if (!device->reach.known)
            doctor_note(case_, "%s: what the controller reaches (%s)",
                        device->name ? device->name : "device",
                        device->source ? device->source : "no source");
    }
}

static DoctorAnswer evidence_missing(DoctorCase *case_)
{
    const HostFacts *facts = case_->facts;

    json_array_extend(case_->evidence, facts->unknown);
    if (facts->mode == HOST_MODE_XEN_DOM0)
        json_array_extend(case_->evidence, facts->xen.unknown);
    note_unknown_reach(case_);
    if (facts->environment && !facts->kernel.version.known)
        doctor_note(case_, "kernel version: /proc/version; without it no known bad combination "
                           "can be told");
    return json_array_size(case_->evidence) > 0 ? DOCTOR_HOLDS : DOCTOR_SILENT;
}

static const DoctorRule rules[] = {
    { .id = "ENV-01",
      .scope = DOCTOR_HOST,
      .condition = evidence_missing,
      .severity = DOCTOR_UNKNOWN,
      .explanation = "Evidence is missing, so that what rests on it is unknown and not known to be "
                     "good.",
      .remedy = "Run as root, with debugfs mounted on /sys/kernel/debug, and in a Dom0 with "
                "xen-privcmd loaded and xenfs on /proc/xen." },
};

const DoctorTable doctor_evidence = { rules, N_OF(rules) };
