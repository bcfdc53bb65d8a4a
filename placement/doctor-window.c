/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules on what a controller reaches: WIN-01 to WIN-03.
 *
 * The Pi 4 family: the emmc2 of BCM2711 stepping B0 reaches CPU 0 to 1 GiB at bus 0xc0000000, that
 * of stepping C0 reaches about 4 GiB without an offset. The static trees have B0's shape; the
 * firmware patches C0's in (arch/arm/boot/dts/broadcom/bcm2711.dtsi). All CM4 and Pi 400 are C0
 * (raspberrypi/firmware issue 1704); of a Pi 4B the revision code does not tell (issue 1984).
 */
#include "placement/doctor.h"

#include <inttypes.h>
#include <string.h>

#define N_OF(array)    (sizeof(array) / sizeof((array)[0]))
#define B0_BUS_START   UINT64_C(0xc0000000)
#define EMMC2_BUS_PATH "/emmc2bus/"

/* The card slot's controller of a Pi 4; the other ones keep their offset on every stepping. */
static bool is_emmc2(const StorageDevice *device)
{
    return device->node && strncmp(device->node, EMMC2_BUS_PATH, strlen(EMMC2_BUS_PATH)) == 0;
}

static bool has_b0_window(const StorageDevice *device)
{
    return device->reach.known && device->reach.n_windows > 0 &&
           device->reach.windows[0].bus_start - device->reach.windows[0].cpu_start == B0_BUS_START;
}

static DoctorAnswer window_known(DoctorCase *case_)
{
    const StorageDevice *device = case_->device;

    if (!device->reach.known)
        return DOCTOR_SILENT;
    if (device->reach.n_windows == 0)
        doctor_note(case_, "no translation: bus addresses are CPU addresses (%s)",
                    device->source ? device->source : "source unknown");
    for (size_t i = 0; i < device->reach.n_windows && i < 1; i++)
        doctor_note(case_, "offset: 0x%" PRIx64,
                    device->reach.windows[0].bus_start - device->reach.windows[0].cpu_start);
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

static DoctorAnswer window_unknown(DoctorCase *case_)
{
    if (case_->device->reach.known)
        return DOCTOR_SILENT;
    doctor_note(case_, "%s", case_->device->source ? case_->device->source : "no source tells");
    return DOCTOR_HOLDS;
}

static DoctorAnswer compute_module_with_b0(DoctorCase *case_)
{
    static const char *const boards[] = { "raspberrypi,4-compute-module", "raspberrypi,400" };

    for (size_t i = 0; i < N_OF(boards); i++) {
        if (!doctor_is_board(case_->facts, boards[i]) || !is_emmc2(case_->device) ||
            !has_b0_window(case_->device))
            continue;
        doctor_note(case_, "board: %s", boards[i]);
        doctor_note_reach(case_);
        return DOCTOR_HOLDS;
    }
    return DOCTOR_SILENT;
}

static DoctorAnswer pi4b_with_offset_and_errors(DoctorCase *case_)
{
    const KernelLog *log = &case_->facts->log;
    const char *host = case_->device->host;

    if (!host || !doctor_is_board(case_->facts, "raspberrypi,4-model-b") ||
        !is_emmc2(case_->device) || !doctor_has_offset(case_->device))
        return DOCTOR_SILENT;
    if (doctor_note_lines(case_, log, KERNEL_LOG_SDHCI_ADMA_ERROR, host) +
            doctor_note_lines(case_, log, KERNEL_LOG_MMC_BAD_STRUCTURE, host) ==
        0)
        return DOCTOR_SILENT;
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

static const DoctorRule rules[] = {
    { .id = "WIN-01",
      .scope = DOCTOR_DEVICE,
      .condition = window_known,
      .severity = DOCTOR_INFO,
      .explanation = "This is what the controller reaches.",
      .remedy = "None is needed." },
    { .id = "WIN-01",
      .scope = DOCTOR_DEVICE,
      .condition = window_unknown,
      .severity = DOCTOR_UNKNOWN,
      .explanation =
          "What the controller reaches is unknown, and with it the path of every buffer.",
      .remedy = "Give the whole device tree (/sys/firmware/fdt or /sys/firmware/devicetree), and "
                "read it as root." },
    { .id = "WIN-02",
      .scope = DOCTOR_DEVICE,
      .condition = compute_module_with_b0,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The device tree has the window of BCM2711 stepping B0, bus 0xc0000000 for CPU 0, but "
          "every Compute Module 4 and Pi 400 has stepping C0, which has no offset: the "
          "controller's DMA goes to wrong addresses.",
      .remedy =
          "Boot with the device tree that the firmware passes, not with a file of the "
          "kernel's, or with a newer U-Boot that copies the dma-ranges of emmc2bus from it." },
    { .id = "WIN-03",
      .scope = DOCTOR_DEVICE,
      .condition = pi4b_with_offset_and_errors,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The device tree has the window of BCM2711 stepping B0 and the first data DMA failed: "
          "this Pi 4B may well have stepping C0, which has no offset. The board's revision code "
          "does not tell the stepping.",
      .remedy = "Boot with the device tree that this board's own firmware passes: it knows the "
                "stepping and patches dma-ranges of emmc2bus." },
};

const DoctorTable doctor_window = { rules, N_OF(rules) };
