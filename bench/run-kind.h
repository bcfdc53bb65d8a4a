/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_RUN_KIND_H
#define XDMAD_BENCH_RUN_KIND_H
/*
 * What a run is for. Its name stands in records and reports, and is the client's verb.
 */

typedef enum RunKind {
    RUN_KIND_BENCH,  /* what each path costs */
    RUN_KIND_VERIFY, /* whether each path carries the bytes */
} RunKind;

/* "bench" or "verify"; static, never NULL. */
const char *run_kind_name(RunKind kind);

/* 0 and *ret_kind, or -EINVAL when no kind has that name (NULL included). */
int run_kind_from_name(const char *name, RunKind *ret_kind);

#endif
