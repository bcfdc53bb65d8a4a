/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/mixed-pages.h"

DmaPath mixed_page_path(uint64_t page)
{
    return page % 2 == 0 ? DMA_PATH_DIRECT : DMA_PATH_BOUNCE;
}

/* Of the bytes below this offset. */
static uint64_t bounce_bytes_below(uint64_t offset, uint64_t page_bytes)
{
    uint64_t page = offset / page_bytes, whole = page / 2 * page_bytes;

    return mixed_page_path(page) == DMA_PATH_BOUNCE ? whole + offset % page_bytes : whole;
}

uint64_t mixed_bounce_bytes(uint64_t offset, uint64_t bytes, uint64_t page_bytes)
{
    return bounce_bytes_below(offset + bytes, page_bytes) - bounce_bytes_below(offset, page_bytes);
}
