/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: cells are collected first, then measured, then printed as a table or as stanzas.
 */
#include "client/table.h"

#include <stdarg.h>
#include <stdlib.h>

#include "common/cleanup.h"

#define GAP_COLUMNS 2U /* between two columns */

typedef struct Cell {
    char *text;
    PageStyle style;
} Cell;

struct Table {
    const TableColumn *columns;
    size_t n_columns;
    Cell *cells;
    size_t n_cells;
    size_t n_allocated;
    bool failed; /* a cell was lost for want of memory */
};

Table *table_new(const TableColumn *columns, size_t n_columns)
{
    Table *table = calloc(1, sizeof(*table));

    if (!table)
        return NULL;
    table->columns = columns;
    table->n_columns = n_columns;
    return table;
}

Table *table_free(Table *table)
{
    if (!table)
        return NULL;
    for (size_t i = 0; i < table->n_cells; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table);
    return NULL;
}

static bool make_room(Table *table)
{
    size_t n = table->n_allocated ? table->n_allocated * 2 : 64;
    Cell *cells;

    if (table->n_cells < table->n_allocated)
        return true;
    cells = reallocarray(table->cells, n, sizeof(*cells));
    if (!cells)
        return false;
    table->cells = cells;
    table->n_allocated = n;
    return true;
}

void table_cell(Table *table, PageStyle style, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int length;

    if (!table)
        return;
    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        table->failed = true;
        return;
    }
    if (!make_room(table)) {
        free(text);
        table->failed = true;
        return;
    }
    table->cells[table->n_cells++] = (Cell) { .text = text, .style = style };
}

static unsigned column_width(const Table *table, size_t column)
{
    unsigned width = page_text_columns(table->columns[column].title);

    for (size_t i = column; i < table->n_cells; i += table->n_columns) {
        unsigned columns = page_text_columns(table->cells[i].text);
        if (columns > width)
            width = columns;
    }
    return width;
}

/* Text in the last column may run on over the edge, where the terminal folds it. */
static bool fits(const Table *table, const Page *page, unsigned indent)
{
    size_t last = table->n_columns - 1;
    unsigned width = indent;

    for (size_t column = 0; column < table->n_columns; column++) {
        width += column ? GAP_COLUMNS : 0;
        width += column == last && !table->columns[last].right
                     ? page_text_columns(table->columns[last].title)
                     : column_width(table, column);
    }
    return width <= page->columns;
}

static const char *cell_text(const Table *table, size_t index)
{
    return index < table->n_cells ? table->cells[index].text : "";
}

static PageStyle cell_style(const Table *table, size_t index)
{
    return index < table->n_cells ? table->cells[index].style : PAGE_PLAIN;
}

/* One cell of a line; nothing trails behind the last one. */
static void print_cell(const Table *table, const Page *page, size_t column, const char *text,
                       PageStyle style)
{
    int padding = (int)(column_width(table, column) - page_text_columns(text));
    bool last = column + 1 == table->n_columns;

    if (column > 0)
        fprintf(page->out, "%*s", (int)GAP_COLUMNS, "");
    if (table->columns[column].right)
        fprintf(page->out, "%*s", padding, "");
    page_print(page, style, "%s", text);
    if (!table->columns[column].right && !last)
        fprintf(page->out, "%*s", padding, "");
}

static void print_aligned(const Table *table, const Page *page, unsigned indent)
{
    fprintf(page->out, "%*s", (int)indent, "");
    for (size_t column = 0; column < table->n_columns; column++)
        print_cell(table, page, column, table->columns[column].title, PAGE_DIM);
    fputc('\n', page->out);
    for (size_t row = 0; row < table->n_cells; row += table->n_columns) {
        fprintf(page->out, "%*s", (int)indent, "");
        for (size_t column = 0; column < table->n_columns; column++)
            print_cell(table, page, column, cell_text(table, row + column),
                       cell_style(table, row + column));
        fputc('\n', page->out);
    }
}

static void print_stanzas(const Table *table, const Page *page, unsigned indent)
{
    unsigned width = 0;

    for (size_t column = 0; column < table->n_columns; column++) {
        unsigned columns = page_text_columns(table->columns[column].title);
        if (columns > width)
            width = columns;
    }
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t column = i % table->n_columns;

        if (column == 0 && i > 0)
            fputc('\n', page->out);
        if (table->cells[i].text[0] == '\0')
            continue;
        fprintf(page->out, "%*s", (int)indent, "");
        page_print(page, PAGE_DIM, "%-*s", (int)width, table->columns[column].title);
        fputs("  ", page->out);
        page_print(page, table->cells[i].style, "%s", table->cells[i].text);
        fputc('\n', page->out);
    }
}

void table_print(const Table *table, const Page *page, unsigned indent)
{
    if (!table || table->failed) {
        page_print(page, PAGE_BAD, "(out of memory: this table cannot be shown)\n");
        return;
    }
    if (fits(table, page, indent))
        print_aligned(table, page, indent);
    else
        print_stanzas(table, page, indent);
}
