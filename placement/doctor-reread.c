/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: REG-01 of a running card, from its registers read again and again (card-reread.h): what
 * the kernel saw go wrong at boot in 2020, seen at any time.
 */
#include "placement/doctor.h"

#include <inttypes.h>
#include <string.h>

#include "common/json.h"
#include "placement/card-reread.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* All registers of one transport together. */
typedef struct Total {
    int64_t reads, different, errors;
} Total;

static const json_t *registers_of(const DoctorCase *case_)
{
    return json_object_get(json_object_get(case_->device->card, "reread"), "registers");
}

/* A capture's count may be anything. */
static int64_t count_of(const json_t *number)
{
    int64_t count = json_integer_value(number);

    return count < 0 ? 0 : count > INT32_MAX ? INT32_MAX : count;
}

static int64_t errors_of(const json_t *entry)
{
    const char *error;
    json_t *n;
    int64_t sum = 0;

    json_object_foreach(json_object_get(entry, "errors"), error, n) sum += count_of(n);
    return sum;
}

static Total total_of(const DoctorCase *case_, const char *transport)
{
    const json_t *entry;
    Total total = { 0 };
    size_t i;

    json_array_foreach(registers_of(case_), i, entry)
    {
        if (strcmp(json_get_string(entry, "transport", ""), transport) != 0)
            continue;
        total.reads += count_of(json_object_get(entry, "reads"));
        total.different += count_of(json_object_get(entry, "different"));
        total.errors += errors_of(entry);
    }
    return total;
}

static void note_first(DoctorCase *case_, const json_t *entry)
{
    const json_t *first = json_object_get(entry, "first");

    if (first)
        doctor_note(case_, "%s, first difference: from byte %" PRIi64 " on %s, expected %s",
                    json_get_string(entry, "register", "?"), json_get_int(first, "offset", 0),
                    json_get_string(first, "received", "?"),
                    json_get_string(first, "expected", "unknown"));
}

static void note_kinds(DoctorCase *case_, const json_t *entry)
{
    const char *kind;
    json_t *n;

    json_object_foreach(json_object_get(entry, "kinds"), kind, n)
        doctor_note(case_, "%s, %s: %" PRIi64 " reads", json_get_string(entry, "register", "?"),
                    kind, count_of(n));
}

static void note_errors(DoctorCase *case_, const json_t *entry)
{
    const char *error;
    json_t *n;

    json_object_foreach(json_object_get(entry, "errors"), error, n)
        doctor_note(case_, "%s, error -%s: %" PRIi64 " times",
                    json_get_string(entry, "register", "?"), error, count_of(n));
}

static void note_registers(DoctorCase *case_)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(registers_of(case_), i, entry)
    {
        const char *name = json_get_string(entry, "register", "?");
        int64_t reads = json_get_int(entry, "reads", 0);

        if (i >= DOCTOR_MAX_EVIDENCE)
            return;
        if (strcmp(json_get_string(entry, "transport", ""), "data") == 0)
            doctor_note(case_, "%s, by data DMA: %" PRIi64 " reads, %" PRIi64 " different", name,
                        reads, json_get_int(entry, "different", 0));
        else
            doctor_note(case_, "%s, by response: %" PRIi64 " reads", name, reads);
        note_kinds(case_, entry);
        note_first(case_, entry);
        note_errors(case_, entry);
    }
}

/* Does this kind of difference occur in any register? */
static bool has_kind(const DoctorCase *case_, CardDifference kind)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(registers_of(case_), i, entry)
    {
        if (json_object_get(json_object_get(entry, "kinds"), card_difference_name(kind)))
            return true;
    }
    return false;
}

static DoctorAnswer bytes_differ(DoctorCase *case_)
{
    Total response = total_of(case_, "response");

    if (total_of(case_, "data").different == 0)
        return DOCTOR_SILENT;
    note_registers(case_);
    doctor_note_reach(case_);
    if (has_kind(case_, CARD_DIFFERENCE_STALE))
        doctor_detail(case_, "Stale: the buffer still held what it had held before the transfer, "
                             "so that the data went to another address, or nowhere.");
    if (has_kind(case_, CARD_DIFFERENCE_ZEROS) || has_kind(case_, CARD_DIFFERENCE_ONES))
        doctor_detail(case_, "Zeros or ones: another piece of memory was read than the one that "
                             "the data was put in, or a bounce buffer was not filled.");
    if (has_kind(case_, CARD_DIFFERENCE_FLIPS))
        doctor_detail(case_, "Single flipped bits: rather memory or a signal than an address.");
    if (response.reads > 0 && response.errors == 0)
        doctor_detail(case_, "The card answered every command beside them, so that it is the data "
                             "path alone.");
    return DOCTOR_HOLDS;
}

static DoctorAnswer reads_fail(DoctorCase *case_)
{
    Total data = total_of(case_, "data"), response = total_of(case_, "response");

    if (data.different > 0 || data.reads == 0 || data.errors + response.errors == 0)
        return DOCTOR_SILENT;
    note_registers(case_);
    if (response.errors > 0)
        doctor_detail(case_, "Responses fail as well, in which no DMA takes part: signal, wiring "
                             "or the card.");
    return DOCTOR_HOLDS;
}

static DoctorAnswer no_read_came(DoctorCase *case_)
{
    Total data = total_of(case_, "data");

    if (data.reads > 0 || data.errors == 0)
        return DOCTOR_SILENT;
    note_registers(case_);
    return DOCTOR_HOLDS;
}

static DoctorAnswer all_alike(DoctorCase *case_)
{
    Total data = total_of(case_, "data");

    if (data.reads == 0 || data.different > 0 || data.errors > 0 ||
        total_of(case_, "response").errors > 0)
        return DOCTOR_SILENT;
    note_registers(case_);
    return DOCTOR_HOLDS;
}

static const DoctorRule rules[] = {
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = bytes_differ,
      .severity = DOCTOR_ERROR,
      .explanation =
          "A register that was read again, by data DMA, came back with other bytes than the "
          "card's, and no error was reported: whatever small buffer is read this way can be wrong.",
      .remedy = "Stop writing to this card. Compare the device tree's dma-ranges with the ones of "
                "this board's firmware, look for a known bad combination (KB...) among the "
                "findings, and run xdmactl verify." },
    { .id = "REG-02",
      .scope = DOCTOR_DEVICE,
      .condition = reads_fail,
      .severity = DOCTOR_WARN,
      .explanation = "Some reads of a register of this running card failed. The kernel saw each "
                     "of them and no wrong bytes were taken for right.",
      .remedy = "A CRC error (84) is signal or wiring: clean the contacts, try another card, lower "
                "the bus's speed. A timeout (110) is a card that did not answer." },
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = no_read_came,
      .severity = DOCTOR_UNKNOWN,
      .explanation = "No register that comes by data could be read again: the card or its driver "
                     "refuses the command, so that nothing is known of small reads here.",
      .remedy = "Read the kernel's log for this host." },
    { .id = "REG-01",
      .scope = DOCTOR_DEVICE,
      .condition = all_alike,
      .severity = DOCTOR_INFO,
      .explanation = "The card's registers were read again and again, and each read was right: "
                     "small reads by data DMA arrive.",
      .remedy = "None is needed." },
};

const DoctorTable doctor_reread = { rules, N_OF(rules) };
