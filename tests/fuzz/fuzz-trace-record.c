/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary records of the trace, read by the formats of kernels that were seen, and by one whose
 * fields lie beside any record: the first byte chooses the event, the rest is the record.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/dma-record.h"
#include "daemon/trace-record.h"
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

#define BOUNCE_HEAD(id, name_type)                                                                 \
    "name: swiotlb_bounced\nID: " id "\nformat:\n"                                                 \
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"                       \
    "\tfield:" name_type " char[] dev_name;\toffset:8;\tsize:4;\tsigned:0;\n"

#define BOUNCE_NUMBERS                                                                             \
    "\tfield:u64 dma_mask;\toffset:16;\tsize:8;\tsigned:0;\n"                                      \
    "\tfield:dma_addr_t dev_addr;\toffset:24;\tsize:8;\tsigned:0;\n"                               \
    "\tfield:size_t size;\toffset:32;\tsize:8;\tsigned:0;\n"

static const char *const bounces[] = {
    /* 6.1 */
    BOUNCE_HEAD("77", "__data_loc") BOUNCE_NUMBERS
    "\tfield:bool force;\toffset:40;\tsize:1;\tsigned:0;\n\nprint fmt: \"x\"\n",
    /* 5.15 */
    BOUNCE_HEAD("78", "__data_loc") BOUNCE_NUMBERS
    "\tfield:enum swiotlb_force swiotlb_force;\toffset:40;\tsize:4;\tsigned:0;\n\n"
    "print fmt: \"x\"\n",
    /* no kernel's */
    BOUNCE_HEAD(
        "79",
        "__rel_loc") "\tfield:u64 dma_mask;\toffset:2147483644;\tsize:8;\tsigned:0;\n"
                     "\tfield:dma_addr_t dev_addr;\toffset:24;\tsize:16;\tsigned:0;\n"
                     "\tfield:size_t size;\toffset:32;\tsize:3;\tsigned:0;\n"
                     "\tfield:bool force;\toffset:65535;\tsize:1;\tsigned:0;\n\nprint fmt: \"x\"\n",
};

#define N_EVENTS  (sizeof(events) / sizeof(events[0]))
#define N_BOUNCES (sizeof(bounces) / sizeof(bounces[0]))

static DmaFormat formats[N_EVENTS];
static BounceFormat bounce_formats[N_BOUNCES];

static struct tep_handle *tep_with(const char *system, const char *format)
{
    struct tep_handle *tep = tep_alloc(); /* never freed: the formats borrow from it */

    if (!tep)
        abort();
    tep_set_file_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
    tep_set_long_size(tep, 8);
    if (tep_parse_event(tep, format, strlen(format), system) != TEP_ERRNO__SUCCESS)
        abort();
    return tep;
}

static void learn_formats(void)
{
    const char *missing;

    for (size_t i = 0; i < N_EVENTS; i++)
        if (dma_format_find(tep_with("dma", events[i].format), events[i].event, events[i].kind,
                            &formats[i], &missing) < 0)
            abort();
    for (size_t i = 0; i < N_BOUNCES; i++)
        if (bounce_format_find(tep_with("swiotlb", bounces[i]), &bounce_formats[i], &missing) < 0)
            abort();
}

static void read_mapping(const DmaFormat *format, const struct tep_record *record)
{
    static DmaMapping mapping;

    if (dma_record_parse(format, record, &mapping) == 0 &&
        (mapping.n_segments > DMA_MAPPING_MAX_SEGMENTS ||
         !memchr(mapping.device, '\0', sizeof(mapping.device)) ||
         mapping.direction > DMA_DIRECTION_NONE))
        abort();
}

static void read_bounce(const BounceFormat *format, const struct tep_record *record)
{
    BounceEvent event;

    if (bounce_record_parse(format, record, &event) == 0 &&
        !memchr(event.device, '\0', sizeof(event.device)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool learnt;
    struct tep_record record = { .size = (int)size - 1 };
    size_t which;

    if (!learnt)
        learn_formats();
    learnt = true;
    if (size < 2 || size > UINT16_MAX)
        return 0;
    record.data = malloc(size - 1); /* of its own, so that a byte behind it is missed */
    if (!record.data)
        return 0;
    memcpy(record.data, data + 1, size - 1);
    which = data[0] % (N_EVENTS + N_BOUNCES);
    if (which < N_EVENTS)
        read_mapping(&formats[which], &record);
    else
        read_bounce(&bounce_formats[which - N_EVENTS], &record);
    free(record.data);
    return 0;
}
