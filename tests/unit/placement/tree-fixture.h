/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_UNIT_PLACEMENT_TREE_FIXTURE_H
#define XDMAD_TESTS_UNIT_PLACEMENT_TREE_FIXTURE_H
/*
 * Device trees of tests/golden/placement, compiled by dtc when a test asks for one. Tests run from
 * the top of the source tree.
 */

#include <stdio.h>
#include <stdlib.h>

#include "placement/device-tree.h"

#define TREE_FIXTURE_BYTES 65536U

/* The blob of NAME.dts; ends the test when dtc cannot make it. */
static inline size_t tree_fixture_blob(const char *name, char *blob)
{
    char command[256];
    size_t size;
    FILE *dtc;

    snprintf(command, sizeof(command), "dtc -q -I dts -O dtb tests/golden/placement/%s.dts", name);
    dtc = popen(command, "r");
    size = dtc ? fread(blob, 1, TREE_FIXTURE_BYTES, dtc) : 0;
    if (!dtc || pclose(dtc) != 0 || size == 0) {
        fprintf(stderr, "%s: failed; is device-tree-compiler installed?\n", command);
        abort();
    }
    return size;
}

static inline DeviceTree *tree_fixture(const char *name)
{
    static char blob[TREE_FIXTURE_BYTES];
    size_t size = tree_fixture_blob(name, blob);
    DeviceTree *tree;

    if (device_tree_parse(blob, size, &tree) < 0)
        abort();
    return tree;
}

#endif
