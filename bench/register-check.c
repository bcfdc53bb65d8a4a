/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges what reading the registers again gave. */
#include "bench/register-check.h"

#include <inttypes.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"

#define MAX_REGISTERS 8U /* of a card; evidence may be anything */

/* Of one register. */
typedef struct Tally {
    const char *name;
    bool by_data;
    int64_t reads, different, errors;
} Tally;

static int64_t count_of(const json_t *number)
{
    int64_t count = json_integer_value(number);

    return count < 0 ? 0 : count > INT32_MAX ? INT32_MAX : count;
}

static Tally tally_of(const json_t *entry)
{
    Tally tally = {
        .name = json_get_string(entry, "register", "?"),
        .by_data = strcmp(json_get_string(entry, "transport", ""), "data") == 0,
        .reads = count_of(json_object_get(entry, "reads")),
        .different = count_of(json_object_get(entry, "different")),
    };
    const char *error;
    json_t *n;

    json_object_foreach(json_object_get(entry, "errors"), error, n) tally.errors += count_of(n);
    return tally;
}

static size_t n_registers(const json_t *registers)
{
    size_t n = json_array_size(json_object_get(registers, "read"));

    return n < MAX_REGISTERS ? n : MAX_REGISTERS;
}

static const json_t *entry_at(const json_t *registers, size_t i)
{
    return json_array_get(json_object_get(registers, "read"), i);
}

const char *register_state_name(RegisterState state)
{
    static const char *const names[] = { "unread", "alike", "failed", "different" };

    return names[state];
}

RegisterState register_check_state(const json_t *registers)
{
    int64_t reads = 0, different = 0, errors = 0;

    for (size_t i = 0; i < n_registers(registers); i++) {
        Tally tally = tally_of(entry_at(registers, i));

        errors += tally.errors;
        if (!tally.by_data)
            continue;
        reads += tally.reads;
        different += tally.different;
    }
    if (different > 0)
        return REGISTERS_DIFFERENT;
    if (errors > 0)
        return REGISTERS_FAILED;
    return reads > 0 ? REGISTERS_ALIKE : REGISTERS_UNREAD;
}

json_t *register_check_sentence(const json_t *registers)
{
    _cleanup_json_ json_t *sentence = NULL;

    if (register_check_state(registers) != REGISTERS_DIFFERENT)
        return NULL;
    for (size_t i = 0; i < n_registers(registers); i++) {
        Tally tally = tally_of(entry_at(registers, i));
        json_t *longer;

        if (!tally.by_data || tally.different == 0)
            continue;
        longer = json_sprintf("%s%s%" PRIi64 " of %" PRIi64 " reads of the card's %s",
                              sentence ? json_string_value(sentence) : "", sentence ? ", " : "",
                              tally.different, tally.reads, tally.name);
        json_decref(sentence);
        sentence = longer;
    }
    return sentence ? json_sprintf("small transfers are damaged on their way from the device: %s "
                                   "gave other bytes than the register's, without any error",
                                   json_string_value(sentence))
                    : NULL;
}

static json_t *line_of(const json_t *entry)
{
    Tally tally = tally_of(entry);
    const json_t *first = json_object_get(entry, "first");
    _cleanup_free_ char *kinds = NULL;
    _cleanup_free_ char *errors = NULL;

    if (json_object_size(json_object_get(entry, "kinds")) > 0)
        kinds = json_to_line(json_object_get(entry, "kinds"));
    if (tally.errors > 0)
        errors = json_to_line(json_object_get(entry, "errors"));
    if (!tally.by_data)
        return json_sprintf("%s, by response: %" PRIi64 " reads%s%s", tally.name, tally.reads,
                            errors ? ", errors " : "", errors ? errors : "");
    return json_sprintf("%s, by data DMA: %" PRIi64 " reads, %" PRIi64 " different%s%s%s%s%s%s%s%s",
                        tally.name, tally.reads, tally.different, kinds ? " " : "",
                        kinds ? kinds : "", first ? "; first " : "",
                        json_get_string(first, "received", ""), first ? ", expected " : "",
                        first ? json_get_string(first, "expected", "unknown") : "",
                        errors ? "; errors " : "", errors ? errors : "");
}

json_t *register_check_evidence(const json_t *registers)
{
    json_t *lines = json_array();

    for (size_t i = 0; i < n_registers(registers); i++)
        json_array_append_new(lines, line_of(entry_at(registers, i)));
    return lines;
}

json_t *register_check_to_json(const json_t *registers)
{
    json_t *part = json_is_object(registers) ? json_copy((json_t *)(uintptr_t)registers) : NULL;

    if (part &&
        json_object_set_new(
            part, "state", json_string(register_state_name(register_check_state(registers)))) < 0) {
        json_decref(part);
        return NULL;
    }
    return part;
}

int register_check_add_finding(json_t *findings, const json_t *registers, const char *device)
{
    static const struct {
        const char *id, *severity, *explanation, *remedy;
    } words[] = {
        [REGISTERS_FAILED] = { "REG-02", "warn",
                               "Some reads of a register of the card failed while the run went on. "
                               "The kernel saw each of them and no wrong bytes were taken for "
                               "right.",
                               "A CRC error (84) is signal or wiring: clean the contacts, try "
                               "another card, lower the bus's speed. A timeout (110) is a card "
                               "that "
                               "did not answer." },
        [REGISTERS_DIFFERENT] = { "REG-01", "critical",
                                  "A register that was read again while the run went on, by data "
                                  "DMA, came back with other bytes than the card's, and no error "
                                  "was reported: whatever small buffer is read this way can be "
                                  "wrong.",
                                  "Stop writing to this card. Compare the device tree's dma-ranges "
                                  "with the ones of this board's firmware, and ask xdmactl "
                                  "doctor." },
    };
    RegisterState state = register_check_state(registers);

    if (state != REGISTERS_FAILED && state != REGISTERS_DIFFERENT)
        return 0;
    return json_array_append_new(
        findings, json_pack("{s:s, s:s, s:s*, s:o, s:s, s:s}", "id", words[state].id, "severity",
                            words[state].severity, "device", device, "evidence",
                            register_check_evidence(registers), "explanation",
                            words[state].explanation, "remedy", words[state].remedy));
}
