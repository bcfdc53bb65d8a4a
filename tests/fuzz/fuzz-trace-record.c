/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary records of the trace, read by the formats of Debian's 6.12: the first byte chooses the
 * event, the rest is the record.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/dma-record.h"
#include "tests/unit/daemon/dma-formats.h"

static const struct {
    const char *format, *event;
    DmaMappingKind kind;
} events[] = {
    { dma_format_map_sg, "dma_map_sg", DMA_MAPPING_SCATTERLIST },
    { dma_format_map_sg_first, "dma_map_sg", DMA_MAPPING_SCATTERLIST },
    { dma_format_map_page, "dma_map_page", DMA_MAPPING_SINGLE },
    { dma_format_alloc, "dma_alloc", DMA_MAPPING_COHERENT },
};

#define N_EVENTS (sizeof(events) / sizeof(events[0]))

static DmaFormat formats[N_EVENTS];

static void learn_formats(void)
{
    const char *missing;

    for (size_t i = 0; i < N_EVENTS; i++) {
        struct tep_handle *tep = tep_alloc();

        if (!tep)
            abort();
        tep_set_file_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
        tep_set_long_size(tep, 8);
        if (tep_parse_event(tep, events[i].format, strlen(events[i].format), "dma") !=
                TEP_ERRNO__SUCCESS ||
            dma_format_find(tep, events[i].event, events[i].kind, &formats[i], &missing) < 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static DmaMapping mapping;
    static bool learnt;

    if (!learnt)
        learn_formats();
    learnt = true;
    if (size < 1 || size > UINT16_MAX)
        return 0;
    struct tep_record record = { .size = (int)size - 1, .data = malloc(size) };
    memcpy(record.data, data + 1, size - 1);
    if (dma_record_parse(&formats[data[0] % N_EVENTS], &record, &mapping) == 0 &&
        (mapping.n_segments > DMA_MAPPING_MAX_SEGMENTS ||
         !memchr(mapping.device, '\0', sizeof(mapping.device)) ||
         mapping.direction > DMA_DIRECTION_NONE))
        abort();
    free(record.data);
    return 0;
}
