/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules on the way in which data moves: PATH-03. Those on a live trace stand in
 * doctor-live.c; PATH-02 is a bench's (bench/path-finding.c).
 */
#include "placement/doctor.h"

#include <string.h>

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static DoctorAnswer controller_in_pio(DoctorCase *case_)
{
    const KernelLog *log = &case_->facts->log;
    const char *host = case_->device->host;
    const KernelLogEntry *using = host ? kernel_log_last(log, KERNEL_LOG_SDHCI_USING, host) : NULL;

    if (!host || ((!using || strcmp(using->word, "PIO") != 0) &&
                  !kernel_log_last(log, KERNEL_LOG_SDHCI_PIO_FALLBACK, host)))
        return DOCTOR_SILENT;
    (void)doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_NO_DMA, host);
    (void)doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_PIO_FALLBACK, host);
    (void)doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_USING, host);
    return DOCTOR_HOLDS;
}

static DoctorAnswer requests_in_pio(DoctorCase *case_)
{
    size_t seen = doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_SDHCI_WARN, NULL);

    if (seen == 0)
        return DOCTOR_SILENT;
    (void)doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_SWIOTLB_FULL, NULL);
    return DOCTOR_HOLDS;
}

static const DoctorRule rules[] = {
    { .id = "PATH-03",
      .scope = DOCTOR_DEVICE,
      .condition = controller_in_pio,
      .severity = DOCTOR_ERROR,
      .explanation = "The controller works without DMA: the CPU moves every byte. Data is right, "
                     "but slow, and neither path of DMA is used.",
      .remedy = "Give the kernel the device tree that belongs to it and to this board, so that the "
                "controller gets a DMA mask that the platform supports." },
    { .id = "PATH-03",
      .scope = DOCTOR_HOST,
      .condition = requests_in_pio,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The SDHCI driver could not map a buffer for DMA. It warns once and moves that request, "
          "and each later one that fails, by PIO: data is right, but slow.",
      .remedy = "Find out why the mapping failed: a full bounce pool (POOL-05, POOL-06), a leak "
                "(KB13), or no pool at all (POOL-01)." },
};

const DoctorTable doctor_path = { rules, N_OF(rules) };
