/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a daemon on another host says, rendered: any document, by every renderer, wide and narrow.
 * No control character but the line feed may reach the terminal.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/printable.h"
#include "client/render.h"
#include "common/cleanup.h"
#include "common/json.h"

static void check_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f)
            abort();
}

static void render_with(void (*render)(const json_t *document, const Page *page),
                        const json_t *document, unsigned columns)
{
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    Page page = { .out = open_memstream(&text, &size), .columns = columns };

    if (!page.out)
        return;
    render(document, &page);
    fclose(page.out);
    check_text(text, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const renderers[])(const json_t *document, const Page *page) = {
        render_status,     render_list,   render_history, render_plan,      render_show,
        render_inspection, render_doctor, render_report,  render_bugreport,
    };
    _cleanup_json_ json_t *json = NULL, *document = NULL;

    if (json_parse_foreign((const char *)data, size, &json) < 0)
        return 0;
    document = printable_copy(json);
    for (size_t i = 0; document && i < sizeof(renderers) / sizeof(renderers[0]); i++)
        render_with(renderers[i], document, i % 2 ? 40 : 100);
    return 0;
}
