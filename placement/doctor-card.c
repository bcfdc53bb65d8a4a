/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules on cards: REG-01 (registers, and cards that never came up), REG-02 (errors of a
 * card that runs), WEAR-01.
 *
 * The differential: CID, CSD and OCR arrive in response registers; SCR, SSR, CMD6 and EXT_CSD
 * arrive by data DMA. Where the first came and the second did not, the DMA went wrong; where all
 * are bad, or the error is a CRC's, it is wiring, signal or the card.
 */
#include "placement/doctor.h"

#include <inttypes.h>
#include <string.h>

#include "placement/card.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* lines of a card that did not come up, as evidence */
static const KernelLogId card_lines[] = {
    KERNEL_LOG_SDHCI_ADMA_ERROR, KERNEL_LOG_SDHCI_ADMA_ENTRY, KERNEL_LOG_MMC_BAD_STRUCTURE,
    KERNEL_LOG_MMC_BUS_WIDTH,    KERNEL_LOG_MMC_NO_SD_STATUS, KERNEL_LOG_MMC_READ_PROBLEM,
    KERNEL_LOG_SDHCI_TIMEOUT,    KERNEL_LOG_MMC_INIT_ERROR,
};

static void note_adma_count(DoctorCase *case_)
{
    const MmcErrors *errors = &case_->device->errors;

    if (errors->known)
        doctor_note(case_, "ADMA errors since boot: %" PRIu64, errors->count[MMC_ERROR_ADMA]);
}

/* The lines as evidence, and what each kind of line means. */
static void note_card_lines(DoctorCase *case_, const char *host)
{
    for (size_t i = 0; i < N_OF(card_lines); i++)
        if (doctor_note_lines(case_, &case_->facts->log, card_lines[i], host) > 0)
            doctor_detail(case_, "%s", kernel_log_meaning(card_lines[i]));
}

/* A register that comes by data and arrived wrong. The CSD comes by response. */
static bool is_bad_data_register(const KernelLogEntry *entry)
{
    return entry->id == KERNEL_LOG_MMC_BUS_WIDTH || entry->id == KERNEL_LOG_MMC_NO_SD_STATUS ||
           (entry->id == KERNEL_LOG_MMC_BAD_STRUCTURE && strcmp(entry->word, "CSD") != 0);
}

/* Did the first data DMA of this host's card fail, while its responses came? A bad CSD says that
 * the responses are no better. */
static bool data_dma_failed(const KernelLog *log, const char *host)
{
    bool data = false;

    for (size_t i = 0; i < log->n; i++) {
        const KernelLogEntry *entry = &log->entries[i];

        if (strcmp(entry->device, host) != 0)
            continue;
        if (entry->id == KERNEL_LOG_MMC_BAD_STRUCTURE && strcmp(entry->word, "CSD") == 0)
            return false;
        data = data || entry->id == KERNEL_LOG_SDHCI_ADMA_ERROR || is_bad_data_register(entry);
    }
    return data;
}

/* The first descriptor in the log that has a length. */
static const KernelLogEntry *failed_descriptor(const KernelLog *log, const char *host)
{
    for (size_t i = 0; i < log->n; i++) {
        const KernelLogEntry *entry = &log->entries[i];

        if (entry->id == KERNEL_LOG_SDHCI_ADMA_ENTRY && strcmp(entry->device, host) == 0 &&
            entry->n_numbers >= 3 && entry->numbers[2] > 0)
            return entry;
    }
    return NULL;
}

/* Hold the address of the descriptor against the window. */
static void explain_descriptor(DoctorCase *case_)
{
    const DmaReach *reach = &case_->device->reach;
    const KernelLogEntry *entry = failed_descriptor(&case_->facts->log, case_->device->host);
    uint64_t bus, cpu;

    if (!entry || !reach->known)
        return;
    bus = (uint64_t)entry->numbers[1];
    if (reach->n_windows == 0)
        doctor_detail(case_, "The failed descriptor has bus address 0x%" PRIx64 ".", bus);
    else if (dma_reach_cpu_address(reach, bus, &cpu))
        doctor_detail(case_,
                      "The failed descriptor has bus address 0x%" PRIx64
                      ", which is CPU address 0x%" PRIx64
                      " by the device tree: the translation did what the tree says, so what the "
                      "tree says of this hardware is wrong.",
                      bus, cpu);
    else
        doctor_detail(case_,
                      "The failed descriptor has bus address 0x%" PRIx64
                      ", which lies in no window of the device tree: the kernel did not translate "
                      "the CPU address for this bus.",
                      bus);
}

static bool is_dead(const DoctorCase *case_)
{
    return case_->device->state == DEVICE_STATE_DEAD && case_->device->host;
}

static DoctorAnswer dead_by_wrong_offset(DoctorCase *case_)
{
    if (!is_dead(case_) || !doctor_has_offset(case_->device) ||
        !data_dma_failed(&case_->facts->log, case_->device->host))
        return DOCTOR_SILENT;
    note_card_lines(case_, case_->device->host);
    note_adma_count(case_);
    doctor_note_reach(case_);
    explain_descriptor(case_);
    return DOCTOR_HOLDS;
}

static DoctorAnswer dead_by_data(DoctorCase *case_)
{
    if (!is_dead(case_) || doctor_has_offset(case_->device) ||
        !data_dma_failed(&case_->facts->log, case_->device->host))
        return DOCTOR_SILENT;
    note_card_lines(case_, case_->device->host);
    note_adma_count(case_);
    doctor_note_reach(case_);
    explain_descriptor(case_);
    return DOCTOR_HOLDS;
}

static void explain_error(DoctorCase *case_, const char *host)
{
    const KernelLogEntry *entry =
        kernel_log_last(&case_->facts->log, KERNEL_LOG_MMC_INIT_ERROR, host);
    const char *meaning = entry ? kernel_log_error_meaning(entry->numbers[0]) : NULL;

    if (meaning)
        doctor_detail(case_, "%s.", meaning);
}

static DoctorAnswer dead_otherwise(DoctorCase *case_)
{
    if (!is_dead(case_) || data_dma_failed(&case_->facts->log, case_->device->host))
        return DOCTOR_SILENT;
    note_card_lines(case_, case_->device->host);
    explain_error(case_, case_->device->host);
    return DOCTOR_HOLDS;
}

/* A card's failure on a host that the kernel has given up altogether. */
static DoctorAnswer dead_without_host(DoctorCase *case_)
{
    const KernelLog *log = &case_->facts->log;

    for (size_t i = 0; i < log->n; i++) {
        const KernelLogEntry *entry = &log->entries[i];

        if (entry->id != KERNEL_LOG_MMC_INIT_ERROR ||
            host_facts_find_device(case_->facts, entry->device))
            continue;
        note_card_lines(case_, entry->device);
        explain_error(case_, entry->device);
        return DOCTOR_HOLDS;
    }
    return DOCTOR_SILENT;
}

static void note_registers(DoctorCase *case_, const CardRegister registers[CARD_REGISTERS])
{
    static const char *const came_by[] = { "response", "data DMA" };

    for (size_t i = 0; i < CARD_REGISTERS; i++) {
        if (registers[i].state == CARD_STATE_BAD)
            doctor_note(case_, "%s, by %s: bad: %s", registers[i].name,
                        came_by[registers[i].transport], registers[i].fault);
        else if (registers[i].state == CARD_STATE_GOOD)
            doctor_note(case_, "%s, by %s: good", registers[i].name,
                        came_by[registers[i].transport]);
    }
}

static DoctorAnswer bad_data_registers(DoctorCase *case_)
{
    CardRegister registers[CARD_REGISTERS];

    card_check(case_->device->card, registers);
    if (card_transport_state(registers, CARD_TRANSPORT_DATA) != CARD_STATE_BAD ||
        card_transport_state(registers, CARD_TRANSPORT_RESPONSE) != CARD_STATE_GOOD)
        return DOCTOR_SILENT;
    note_registers(case_, registers);
    doctor_note_reach(case_);
    return DOCTOR_HOLDS;
}

static DoctorAnswer bad_registers(DoctorCase *case_)
{
    CardRegister registers[CARD_REGISTERS];
    CardState response, data;

    card_check(case_->device->card, registers);
    response = card_transport_state(registers, CARD_TRANSPORT_RESPONSE);
    data = card_transport_state(registers, CARD_TRANSPORT_DATA);
    if (response != CARD_STATE_BAD && (data != CARD_STATE_BAD || response == CARD_STATE_GOOD))
        return DOCTOR_SILENT;
    note_registers(case_, registers);
    return DOCTOR_HOLDS;
}

static DoctorAnswer address_errors(DoctorCase *case_)
{
    const StorageDevice *device = case_->device;
    size_t lines = 0;

    if (device->state != DEVICE_STATE_READY)
        return DOCTOR_SILENT;
    if (device->host) {
        lines =
            doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_SDHCI_ADMA_ERROR, device->host);
        (void)doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_SDHCI_ADMA_ENTRY,
                                device->host);
    }
    if (lines == 0 && device->errors.count[MMC_ERROR_ADMA] == 0)
        return DOCTOR_SILENT;
    note_adma_count(case_);
    doctor_note_reach(case_);
    if (device->host)
        explain_descriptor(case_);
    return DOCTOR_HOLDS;
}

static DoctorAnswer late_start(DoctorCase *case_)
{
    const StorageDevice *device = case_->device;

    if (device->state != DEVICE_STATE_READY || !device->host ||
        doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_MMC_INIT_ERROR, device->host) == 0)
        return DOCTOR_SILENT;
    (void)doctor_note_lines(case_, &case_->facts->log, KERNEL_LOG_MMC_READ_PROBLEM, device->host);
    explain_error(case_, device->host);
    return DOCTOR_HOLDS;
}

static DoctorAnswer errors_since_boot(DoctorCase *case_)
{
    const MmcErrors *errors = &case_->device->errors;

    if (case_->device->state != DEVICE_STATE_READY || errors->count[MMC_ERROR_ADMA] > 0)
        return DOCTOR_SILENT; /* REG-01 and the row above have said it */
    for (size_t i = 0; i < MMC_ERROR_KINDS; i++)
        if (errors->count[i] > 0)
            doctor_note(case_, "%s: %" PRIu64 " since boot", mmc_error_name((MmcErrorKind)i),
                        errors->count[i]);
    return json_array_size(case_->evidence) > 0 ? DOCTOR_HOLDS : DOCTOR_SILENT;
}

static DoctorAnswer worn(DoctorCase *case_)
{
    CardWear wear = card_wear(case_->device->card);
    bool end = wear.pre_eol_known && wear.pre_eol >= 2;
    bool life = wear.life_known && (wear.life_a >= 0x0a || wear.life_b >= 0x0a);

    if (!end && !life)
        return DOCTOR_SILENT;
    if (wear.pre_eol_known)
        doctor_note(case_, "pre_eol_info: 0x%02x (1 normal, 2 warning, 3 urgent)", wear.pre_eol);
    if (card_wear_is_out(&wear))
        doctor_detail(case_, "Nothing is written to it by schedule any more.");
    if (wear.life_known)
        doctor_note(case_, "life_time: 0x%02x 0x%02x (tenths used; 0x0b is beyond the end)",
                    wear.life_a, wear.life_b);
    return DOCTOR_HOLDS;
}

static const char right_tree[] =
    "Boot with the device tree that the firmware of this very board passes, compare its dma-ranges "
    "with the ones above, and try the card in another host.";

static const DoctorRule rules[] = {
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = dead_by_wrong_offset,
      .severity = DOCTOR_ERROR,
      .explanation =
          "Wrong DMA address: the card answered its commands, but the first registers that come by "
          "data DMA did not arrive, while the device tree claims an offset between CPU and bus "
          "addresses. The controller was given a bus address that this hardware does not have "
          "there, or a CPU address without the offset.",
      .remedy = right_tree },
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = dead_by_data,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The card answered its commands, but the first registers that come by data DMA did not "
          "arrive: the controller was given an address that it does not reach, or the card is "
          "faulty.",
      .remedy = right_tree },
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = dead_otherwise,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The kernel failed to initialise the card, so that there is no block device. No line "
          "tells of data that DMA left elsewhere: this speaks for wiring, signal or the card "
          "itself.",
      .remedy = "Try another card, then this card in another host; clean the contacts, and lower "
                "the bus's speed in the device tree (max-frequency)." },
    { .id = "REG-01",
      .scope = DOCTOR_HOST,
      .condition = dead_without_host,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The log has a card that did not come up on a host that is not there any more.",
      .remedy = "Read the lines above: an ADMA error or a bad SCR or EXT_CSD is a wrong DMA "
                "address, a CRC error or a timeout is signal, wiring or the card." },
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = bad_data_registers,
      .severity = DOCTOR_ERROR,
      .explanation =
          "The registers that come by response are good and one that comes by data DMA is not: DMA "
          "puts data elsewhere than the kernel reads it. Card and wiring are not at fault.",
      .remedy = right_tree },
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = bad_registers,
      .severity = DOCTOR_ERROR,
      .explanation =
          "A register that no card has. Those that come by response are not known to be good, so "
          "that DMA alone cannot be blamed: wiring, signal or the card itself.",
      .remedy = "Try the card in another host and another card in this one." },
    { .id = "REG-02",
      .scope = DOCTOR_DEVICE,
      .condition = address_errors,
      .severity = DOCTOR_ERROR,
      .explanation = "The controller's DMA engine stopped on an address that it was given, on a "
                     "card that otherwise works: an address beyond what it reaches.",
      .remedy = right_tree },
    { .id = "REG-02",
      .scope = DOCTOR_DEVICE,
      .condition = late_start,
      .severity = DOCTOR_WARN,
      .explanation = "The card came up only after failing.",
      .remedy = "Watch its error counters; when they rise, try another card, then a lower bus "
                "speed." },
    { .id = "REG-02",
      .scope = DOCTOR_DEVICE,
      .condition = errors_since_boot,
      .severity = DOCTOR_INFO,
      .explanation =
          "Errors that the kernel counted on this host since boot; probing and tuning cause some. "
          "Only a rise during a run means something: CRC errors are signal, ADMA errors are "
          "addresses.",
      .remedy = "None is needed while they do not rise." },
    { .id = "WEAR-01",
      .scope = DOCTOR_DEVICE,
      .condition = worn,
      .severity = DOCTOR_WARN,
      .explanation = "The chip is near the end of its life. It may be slow for that reason: a slow "
                     "card is no regression of the DMA path.",
      .remedy = "Back the data up and replace the card." },
};

const DoctorTable doctor_card = { rules, N_OF(rules) };
