/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the storage controllers in a table.
 */
#include "client/render.h"

#include <math.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn columns[] = {
    { "DEVICE", false },  { "HOST", false },  { "BLOCK", false }, { "STATE", false },
    { "REACHES", false }, { "DIRECT", true }, { "BOUNCE", true }, { "UNKNOWN", true },
};

static PageStyle state_style(const char *state)
{
    return state[0] == 'd' ? PAGE_BAD : PAGE_PLAIN; /* dead */
}

void render_list(const json_t *reply, const Page *page)
{
    const json_t *devices = json_object_get(reply, "devices");
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

    if (json_array_size(devices) == 0) {
        page_print(page, PAGE_PLAIN, "no MMC or SD controller found\n");
        return;
    }
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const json_t *share = json_object_get(device, "share");
        const char *state = json_get_string(device, "state", "unknown");
        char reach[RENDER_REACH_BYTES];

        render_reach(device, reach);
        table_cell(table, PAGE_BOLD, "%s", json_get_string(device, "name", "?"));
        table_cell(table, PAGE_PLAIN, "%s", json_get_string(device, "host", "-"));
        table_cell(table, PAGE_PLAIN, "%s", json_get_string(device, "block", "-"));
        table_cell(table, state_style(state), "%s", state);
        table_cell(table, PAGE_PLAIN, "%s", reach);
        table_cell(table, PAGE_PLAIN, "%s", unit_share(json_get_number(share, "direct", NAN)).text);
        table_cell(table, PAGE_PLAIN, "%s", unit_share(json_get_number(share, "bounce", NAN)).text);
        table_cell(table, PAGE_PLAIN, "%s",
                   unit_share(json_get_number(share, "unknown", NAN)).text);
    }
    table_print(table, page, 0);
}
