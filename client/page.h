/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_PAGE_H
#define XDMAD_CLIENT_PAGE_H
/*
 * What a renderer writes on: a stream with a width, with or without colour. Renderers are pure:
 * JSON in, text on the page; they ask nothing of the terminal or the environment.
 */

#include <stdbool.h>
#include <stdio.h>

#define PAGE_LABEL_COLUMNS 11U /* of a field's label */
#define PAGE_MIN_COLUMNS   40U /* narrower than this nothing is folded any further */

typedef struct Page {
    FILE *out;        /* borrowed */
    unsigned columns; /* width to fold at */
    bool colour;      /* may ANSI colours be written? */
} Page;

typedef enum PageStyle {
    PAGE_PLAIN,
    PAGE_BOLD,
    PAGE_DIM,
    PAGE_GOOD, /* green */
    PAGE_WARN, /* yellow */
    PAGE_BAD,  /* red */
} PageStyle;

/* Text as given, in the style when the page has colour. */
__attribute__((format(printf, 3, 4))) void page_print(const Page *page, PageStyle style,
                                                      const char *format, ...);

/* A heading of its own line, an empty line before it. */
void page_heading(const Page *page, const char *heading);

/* "label      value", indented, folded at words with a hanging indent. An empty label goes on
 * with the field above. */
__attribute__((format(printf, 4, 5))) void page_field(const Page *page, unsigned indent,
                                                      const char *label, const char *format, ...);

/* A paragraph, indented, folded at words. */
__attribute__((format(printf, 3, 4))) void page_paragraph(const Page *page, unsigned indent,
                                                          const char *format, ...);

/* Columns that UTF-8 text takes: one for each code point. */
unsigned page_text_columns(const char *text);

#endif
