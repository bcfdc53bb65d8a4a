/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FIO_OUTPUT_H
#define XDMAD_BENCH_FIO_OUTPUT_H
/*
 * The shape of what fio prints: JSON documents, one after another, with lines of text around them.
 * fio starts each document with a line that is "{".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIO_STRAY_MAX 192 /* bytes of a stray line that are kept, with the NUL */

typedef struct FioOutput {
    size_t n_documents;   /* complete ones */
    const char *document; /* the last complete one, borrowed from the text; or NULL */
    size_t document_bytes;
    bool torn;                 /* the text ends within a document */
    char stray[FIO_STRAY_MAX]; /* the first line outside of documents that says "fio:" or "got
                                  signal", made printable ASCII; or empty */
} FioOutput;

/* Cut a text of any bytes; it is read once, none of it as JSON. */
void fio_output_scan(const char *text, size_t bytes, FioOutput *ret_output);

/* The first stray line of a text that holds no documents (stderr), into `ret_stray`: true, or false
 * with ret_stray untouched. */
bool fio_output_find_stray(const char *text, size_t bytes, char ret_stray[static FIO_STRAY_MAX]);

/* What a reading leg of a verify leaves on stderr beside strays: a few lines for each block whose
 * bytes are not the pattern's (verify.c:verify_io_u_pattern(), log_verify_failure(), 3.33). */
typedef struct FioVerifyText {
    uint64_t n_failures;       /* blocks that it names */
    char stray[FIO_STRAY_MAX]; /* the first line that is a stray and none of these; or empty */
} FioVerifyText;

/* Read the text once. */
void fio_output_scan_verify(const char *text, size_t bytes, FioVerifyText *ret_text);

#endif
