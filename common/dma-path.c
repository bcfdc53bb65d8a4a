/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/dma-path.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const path_names[] = {
    [DMA_PATH_UNKNOWN] = "unknown",
    [DMA_PATH_DIRECT] = "direct",
    [DMA_PATH_BOUNCE] = "bounce",
    [DMA_PATH_FOREIGN] = "foreign",
    [DMA_PATH_FOREIGN_DIRECT] = "foreign-direct",
    [DMA_PATH_FOREIGN_BOUNCE] = "foreign-bounce",
    [DMA_PATH_MIXED] = "mixed",
};

#define N_PATHS (sizeof(path_names) / sizeof(path_names[0]))

const char *dma_path_name(DmaPath path)
{
    return (size_t)path < N_PATHS ? path_names[path] : path_names[DMA_PATH_UNKNOWN];
}

int dma_path_from_name(const char *name, DmaPath *ret_path)
{
    for (size_t i = 0; i < N_PATHS; i++)
        if (strcmp(name, path_names[i]) == 0) {
            *ret_path = (DmaPath)i;
            return 0;
        }
    return -EINVAL;
}

bool dma_path_is_foreign(DmaPath path)
{
    return path == DMA_PATH_FOREIGN || path == DMA_PATH_FOREIGN_DIRECT ||
           path == DMA_PATH_FOREIGN_BOUNCE;
}

DmaPath dma_path_placement(DmaPath path)
{
    switch (path) {
    case DMA_PATH_DIRECT:
    case DMA_PATH_FOREIGN_DIRECT:
        return DMA_PATH_DIRECT;
    case DMA_PATH_BOUNCE:
    case DMA_PATH_FOREIGN_BOUNCE:
        return DMA_PATH_BOUNCE;
    default:
        return DMA_PATH_UNKNOWN;
    }
}
