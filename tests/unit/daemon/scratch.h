/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_SCRATCH_H
#define XDMAD_TESTS_SCRATCH_H
/*
 * A directory of a test's own, gone when the test has ended.
 */

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline int scratch_remove_entry(const char *path, const struct stat *st, int type,
                                       struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* For cmocka_unit_test_setup_teardown: *state is the path. */
static inline int scratch_setup(void **state)
{
    static char path[] = "/tmp/xdmad-test-XXXXXX";

    snprintf(path, sizeof(path), "/tmp/xdmad-test-XXXXXX");
    *state = mkdtemp(path);
    return *state ? 0 : -1;
}

static inline int scratch_teardown(void **state)
{
    return nftw(*state, scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* PATH of a name in the scratch directory; valid until the next call. */
static inline const char *scratch_path(void **state, const char *name)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
    return path;
}

static inline int scratch_write(void **state, const char *name, const char *text)
{
    FILE *file = fopen(scratch_path(state, name), "we");

    if (!file)
        return -1;
    fputs(text, file);
    return fclose(file);
}

#endif
