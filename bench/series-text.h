/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SERIES_TEXT_H
#define XDMAD_BENCH_SERIES_TEXT_H
/*
 * A series as a file holds it: JSON {"y": [...]} (other members are passed over) or one number a
 * line (empty lines are passed over). Foreign bytes.
 */

#include <stddef.h>

/* Of a file: a million numbers with all their digits, and half as much again. */
#define SERIES_TEXT_MAX_BYTES (32U * 1024 * 1024)

#define SERIES_TEXT_REASON_BYTES 256U

/* What is wrong and what to do, in one sentence that names the line. */
typedef struct SeriesTextError {
    char reason[SERIES_TEXT_REASON_BYTES];
} SeriesTextError;

/*
 * The values of `size` bytes at `text`, which need no NUL: 1 to CHANGE_POINTS_MAX_N of them, each a
 * finite number of CHANGE_POINTS_MAX_VALUE at most. 0, with the values for the caller to free;
 * -EBADMSG with *ret_error for anything else; -ENOMEM.
 */
int series_text_parse(const char *text, size_t size, double **ret_y, size_t *ret_n,
                      SeriesTextError *ret_error);

#endif
