/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: recognise MMC/SD controllers in a device tree by two tables, names and compatibles.
 */
#include "placement/controller.h"

#include <string.h>

#define N_OF(array)     (sizeof(array) / sizeof((array)[0]))
#define MAX_COMPATIBLES 16U

/* node names that only controllers have */
static const char *const names[] = { "mmc",   "mmcnr", "sdmmc",  "sdhci", "sdhc",
                                     "esdhc", "usdhc", "sdhost", "emmc",  "dwmmc" };

/* parts of a compatible, behind the vendor, that only controllers have */
static const char *const kinds[] = { "-mmc",  "sdhci", "sdhost", "sdhc",  "-emmc",   "mshc",
                                     "sdhi-", "-sd-v", "sd4hc",  "usdhc", "arm,pl18" };

/* what stands beside a controller and bears its name */
static const char *const companions[] = { "-phy",        "-clk",  "-clock",  "pwrseq",
                                          "mmc-card",    "-pmu",  "-syscon", "-sysreg",
                                          "-regulator",  "-clkc", "-crg",    "-bridge",
                                          "mmc-spi-slot" };

static bool contains_any(const char *text, const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(text, parts[i]))
            return true;
    return false;
}

static bool has_controller_name(const DeviceTree *tree, size_t node)
{
    for (size_t i = 0; i < N_OF(names); i++)
        if (device_tree_name_is(tree, node, names[i]))
            return true;
    return false;
}

bool controller_is_mmc(const DeviceTree *tree, size_t node)
{
    bool found = false;
    const char *compatible = device_tree_string(tree, node, "compatible");

    if (node == 0 || !compatible) /* the root's compatible names a board */
        return false;
    for (size_t i = 0; compatible && i < MAX_COMPATIBLES; i++) {
        if (contains_any(compatible, companions, N_OF(companions)))
            return false;
        found = found || contains_any(compatible, kinds, N_OF(kinds));
        compatible = device_tree_string_at(tree, node, "compatible", i + 1);
    }
    return found || has_controller_name(tree, node);
}

size_t controller_next(const DeviceTree *tree, size_t from)
{
    for (size_t node = from; node < device_tree_n_nodes(tree); node++)
        if (controller_is_mmc(tree, node))
            return node;
    return DEVICE_TREE_NONE;
}
