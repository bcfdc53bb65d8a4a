/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts fio's output into documents and strays. */
#include "bench/fio-output.h"

#include <string.h>

/* One line from `from` on, without its newline. */
static size_t line_bytes(const char *from, size_t bytes)
{
    const char *newline = memchr(from, '\n', bytes);

    return newline ? (size_t)(newline - from) : bytes;
}

static void keep_printable(const char *line, size_t bytes, char ret_stray[static FIO_STRAY_MAX])
{
    size_t n = bytes < FIO_STRAY_MAX - 1 ? bytes : FIO_STRAY_MAX - 1;

    for (size_t i = 0; i < n; i++)
        ret_stray[i] = (char)(line[i] >= 0x20 && line[i] < 0x7f ? line[i] : '?');
    ret_stray[n] = '\0';
}

static bool is_stray(const char *line, size_t bytes)
{
    return memmem(line, bytes, "fio:", 4) || memmem(line, bytes, "got signal", 10);
}

bool fio_output_find_stray(const char *text, size_t bytes, char ret_stray[static FIO_STRAY_MAX])
{
    for (size_t at = 0; at < bytes;) {
        size_t n = line_bytes(text + at, bytes - at);

        if (is_stray(text + at, n)) {
            keep_printable(text + at, n, ret_stray);
            return true;
        }
        at += n + 1;
    }
    return false;
}

static bool begins_with(const char *line, size_t bytes, const char *prefix)
{
    size_t n = strlen(prefix);

    return bytes >= n && memcmp(line, prefix, n) == 0;
}

static bool tells_of_bad_block(const char *line, size_t bytes)
{
    return begins_with(line, bytes, "fio: got pattern '") ||
           begins_with(line, bytes, "fio: bad pattern block offset ") ||
           begins_with(line, bytes, "fio: verify type mismatch (");
}

void fio_output_scan_verify(const char *text, size_t bytes, FioVerifyText *ret_text)
{
    FioVerifyText found = { 0 };

    for (size_t at = 0; at < bytes;) {
        size_t n = line_bytes(text + at, bytes - at);

        if (begins_with(text + at, n, "pattern: verify failed at file "))
            found.n_failures++;
        else if (found.stray[0] == '\0' && is_stray(text + at, n) &&
                 !tells_of_bad_block(text + at, n))
            keep_printable(text + at, n, found.stray);
        at += n + 1;
    }
    *ret_text = found;
}

/* Bytes of the document that starts here with '{', or 0 when the text ends within it. */
static size_t document_bytes(const char *text, size_t bytes)
{
    size_t depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < bytes; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = false;
        } else if (text[i] == '"') {
            in_string = true;
        } else if (text[i] == '{') {
            depth++;
        } else if (text[i] == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

void fio_output_scan(const char *text, size_t bytes, FioOutput *ret_output)
{
    FioOutput output = { 0 };
    size_t at = 0;

    while (at < bytes && !output.torn) {
        size_t n;

        if (text[at] == '{') {
            n = document_bytes(text + at, bytes - at);
            if (n == 0) {
                output.torn = true;
            } else {
                output.document = text + at;
                output.document_bytes = n;
                output.n_documents++;
                at += n;
            }
        }
        /* the rest of the line: behind a document, or all of a line of text */
        n = line_bytes(text + at, bytes - at);
        if (!output.torn && output.stray[0] == '\0' && is_stray(text + at, n))
            keep_printable(text + at, n, output.stray);
        at += n + 1;
    }
    *ret_output = output;
}
