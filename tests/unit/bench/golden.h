/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_UNIT_BENCH_GOLDEN_H
#define XDMAD_TESTS_UNIT_BENCH_GOLDEN_H
/*
 * Fixtures and golden outputs of the bench, read from the top of the source tree.
 * GOLDEN_UPDATE=1 writes a golden instead of comparing with it; its diff is to be read.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define GOLDEN_DIRECTORY "tests/golden/bench/"

/* The whole of a fixture, NUL-terminated; the caller frees. */
static inline char *golden_read(const char *name, size_t *ret_bytes)
{
    char path[256];
    long bytes;
    char *text;
    FILE *file;

    snprintf(path, sizeof(path), GOLDEN_DIRECTORY "%s", name);
    file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing: run from the top of the source tree", path);
    fseek(file, 0, SEEK_END);
    bytes = ftell(file);
    rewind(file);
    text = malloc((size_t)bytes + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)bytes, file), bytes);
    text[bytes] = '\0';
    fclose(file);
    *ret_bytes = (size_t)bytes;
    return text;
}

static inline void golden_compare(const char *name, const char *text)
{
    char *golden;
    size_t bytes;

    if (getenv("GOLDEN_UPDATE")) {
        char path[256];
        FILE *file;

        snprintf(path, sizeof(path), GOLDEN_DIRECTORY "%s", name);
        file = fopen(path, "wb");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
        return;
    }
    golden = golden_read(name, &bytes);
    assert_string_equal(text, golden);
    free(golden);
}

static inline void golden_compare_json(const char *name, const json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    char *lines;

    assert_non_null(text);
    lines = malloc(strlen(text) + 2);
    assert_non_null(lines);
    strcpy(lines, text);
    strcat(lines, "\n");
    golden_compare(name, lines);
    free(lines);
    free(text);
}

#endif
