/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: a card's registers that were read again.
 */
#include "client/render.h"

#include <stdio.h>

#include "client/unit.h"
#include "common/json.h"

/* Errors of one register, of whatever number. */
static int64_t count_errors(const json_t *entry)
{
    const char *error;
    json_t *n;
    int64_t sum = 0;

    json_object_foreach(json_object_get(entry, "errors"), error, n)
    {
        int64_t count = json_integer_value(n);

        sum += count < 0 ? 0 : count > INT32_MAX ? INT32_MAX : count;
    }
    return sum;
}

void render_registers(const json_t *registers, unsigned indent, const char *label, const Page *page)
{
    for (size_t i = 0; i < json_array_size(registers); i++) {
        const json_t *entry = json_array_get(registers, i);
        int64_t different = json_get_int(entry, "different", -1);
        char differences[UNIT_TEXT_BYTES + 16] = "";

        if (different >= 0)
            snprintf(differences, sizeof(differences), ", %s different",
                     unit_exact(different).text);
        page_field(page, indent, i == 0 ? label : "", "%s by %s: %s reads%s, %s errors",
                   json_get_string(entry, "register", "?"),
                   json_get_string(entry, "transport", "?"),
                   unit_exact(json_get_int(entry, "reads", -1)).text, differences,
                   unit_exact(count_errors(entry)).text);
    }
}
