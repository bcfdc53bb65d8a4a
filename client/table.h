/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_TABLE_H
#define XDMAD_CLIENT_TABLE_H
/*
 * A table whose columns align. On a page too narrow for it each row becomes a stanza of
 * "title value" lines instead: nothing is cut off. Text of the last column may run over the edge.
 */

#include "client/page.h"

typedef struct TableColumn {
    const char *title; /* static */
    bool right;        /* numbers stand at the right */
} TableColumn;

typedef struct Table Table;

/* A table of n_columns (at least 1) columns, borrowed as long as the table lives. NULL when out of
 * memory; every function here takes that NULL and does nothing. */
Table *table_new(const TableColumn *columns, size_t n_columns);
Table *table_free(Table *table);

/* The next cell, row after row. Out of memory is remembered and told by table_print(). */
__attribute__((format(printf, 3, 4))) void table_cell(Table *table, PageStyle style,
                                                      const char *format, ...);

/* Print it, indented; a last row that is not full is filled with empty cells. */
void table_print(const Table *table, const Page *page, unsigned indent);

static inline void cleanup_table(Table **table)
{
    table_free(*table);
}

#define _cleanup_table_ _cleanup_(cleanup_table)

#endif
