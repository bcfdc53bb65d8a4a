/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: folding, indenting and colouring, the same way in every rendering.
 */
#include "client/page.h"

#include <stdarg.h>
#include <string.h>

#include "common/cleanup.h"

static const char *const style_codes[] = {
    [PAGE_PLAIN] = "",        [PAGE_BOLD] = "\033[1m",  [PAGE_DIM] = "\033[2m",
    [PAGE_GOOD] = "\033[32m", [PAGE_WARN] = "\033[33m", [PAGE_BAD] = "\033[31m",
};

void page_print(const Page *page, PageStyle style, const char *format, ...)
{
    bool coloured = page->colour && style != PAGE_PLAIN;
    va_list arguments;

    if (coloured)
        fputs(style_codes[style], page->out);
    va_start(arguments, format);
    vfprintf(page->out, format, arguments);
    va_end(arguments);
    if (coloured)
        fputs("\033[0m", page->out);
}

void page_heading(const Page *page, const char *heading)
{
    fputc('\n', page->out);
    page_print(page, PAGE_BOLD, "%s", heading);
    fputc('\n', page->out);
}

unsigned page_text_columns(const char *text)
{
    unsigned columns = 0;

    for (; *text; text++)
        if (((unsigned char)*text & 0xc0) != 0x80)
            columns++;
    return columns;
}

/* Write text from the column `at` on, folded at spaces, each further line indented. */
static void fold(const Page *page, unsigned at, unsigned indent, char *text)
{
    unsigned limit = page->columns < PAGE_MIN_COLUMNS ? PAGE_MIN_COLUMNS : page->columns;
    bool line_start = true;
    char *rest = NULL;

    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        unsigned columns = page_text_columns(word);

        if (!line_start && at + 1 + columns > limit) {
            fprintf(page->out, "\n%*s", (int)indent, "");
            at = indent;
            line_start = true;
        }
        fprintf(page->out, "%s%s", line_start ? "" : " ", word);
        at += columns + (line_start ? 0 : 1);
        line_start = false;
    }
    fputc('\n', page->out);
}

static void fold_format(const Page *page, unsigned at, unsigned indent, const char *format,
                        va_list arguments)
{
    _cleanup_free_ char *text = NULL;

    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
        fputs("(out of memory)\n", page->out);
        return;
    }
    fold(page, at, indent, text);
}

void page_field(const Page *page, unsigned indent, const char *label, const char *format, ...)
{
    unsigned hanging = indent + PAGE_LABEL_COLUMNS;
    va_list arguments;

    fprintf(page->out, "%*s", (int)indent, "");
    page_print(page, PAGE_DIM, "%-*s", (int)PAGE_LABEL_COLUMNS, label);
    va_start(arguments, format);
    fold_format(page, hanging, hanging, format, arguments);
    va_end(arguments);
}

void page_paragraph(const Page *page, unsigned indent, const char *format, ...)
{
    va_list arguments;

    fprintf(page->out, "%*s", (int)indent, "");
    va_start(arguments, format);
    fold_format(page, indent, indent, format, arguments);
    va_end(arguments);
}
