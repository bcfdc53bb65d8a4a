/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings out of dma:* records, by the formats of 6.12; lists of every length; hostile records. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/dma-record.h"
#include "dma-formats.h"

#define DEVICE "0000:00:01.0"

static struct tep_handle *tep_with(const char *format)
{
    struct tep_handle *tep = tep_alloc();

    assert_non_null(tep);
    tep_set_file_bigendian(tep, TEP_LITTLE_ENDIAN);
    tep_set_local_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
    tep_set_long_size(tep, 8);
    tep_set_loglevel(TEP_LOG_NONE);
    assert_int_equal(tep_parse_event(tep, format, strlen(format), "dma"), TEP_ERRNO__SUCCESS);
    return tep;
}

static DmaFormat format_of(struct tep_handle *tep, const char *event, DmaMappingKind kind)
{
    const char *missing = NULL;
    DmaFormat format;

    assert_int_equal(dma_format_find(tep, event, kind, &format, &missing), 0);
    return format;
}

/* A record under construction: fields in front, dynamic ones behind. */
typedef struct Draft {
    unsigned char data[8192];
    size_t size;
} Draft;

static void put(Draft *draft, size_t offset, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        draft->data[offset + i] = (unsigned char)(value >> (8 * i));
}

static void put_dynamic(Draft *draft, size_t offset, const void *bytes, size_t size)
{
    put(draft, offset, draft->size | size << 16, 4);
    memcpy(draft->data + draft->size, bytes, size);
    draft->size += size;
}

static struct tep_record record_of(Draft *draft)
{
    return (struct tep_record) { .data = draft->data, .size = (int)draft->size };
}

/* A list as 6.12 tells it: n_cpu CPU addresses, n_bus bus addresses and lengths. */
static void draft_list(Draft *draft, size_t n_cpu, size_t n_bus)
{
    uint64_t cpu[200], bus[200];
    uint32_t bytes[200];

    memset(draft, 0, sizeof(*draft));
    draft->size = 48;
    for (size_t i = 0; i < 200; i++) {
        cpu[i] = UINT64_C(0x120000000) + i * 0x2000;
        bus[i] = 0x78000000 + i * 0x1000;
        bytes[i] = 4096;
    }
    put_dynamic(draft, 8, DEVICE, sizeof(DEVICE));
    put_dynamic(draft, 24, cpu, n_cpu * 8);
    put_dynamic(draft, 28, bus, n_bus * 8);
    put_dynamic(draft, 32, bytes, n_bus * 4);
    put(draft, 36, DMA_DIRECTION_FROM_DEVICE, 4);
}

static void a_list_is_told_segment_by_segment(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_sg);
    DmaFormat format = format_of(tep, "dma_map_sg", DMA_MAPPING_SCATTERLIST);
    static Draft draft;
    static DmaMapping mapping;

    (void)state;
    assert_int_equal(format.id, 298);
    for (size_t n = 0; n <= DMA_MAPPING_MAX_SEGMENTS; n += 64) {
        draft_list(&draft, n, n);
        struct tep_record record = record_of(&draft);
        assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
        assert_string_equal(mapping.device, DEVICE);
        assert_int_equal(mapping.kind, DMA_MAPPING_SCATTERLIST);
        assert_int_equal(mapping.direction, DMA_DIRECTION_FROM_DEVICE);
        assert_int_equal(mapping.n_segments, n);
        assert_true(mapping.cpu_known);
        assert_false(mapping.truncated);
        if (n == 0)
            continue;
        assert_true(mapping.segments[n - 1].cpu == UINT64_C(0x120000000) + (n - 1) * 0x2000);
        assert_int_equal(mapping.segments[n - 1].bus, 0x78000000 + (n - 1) * 0x1000);
        assert_int_equal(mapping.segments[n - 1].bytes, 4096);
    }
    tep_free(tep);
}

static void a_cut_list_says_so(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_sg);
    DmaFormat format = format_of(tep, "dma_map_sg", DMA_MAPPING_SCATTERLIST);
    static Draft draft;
    static DmaMapping mapping;

    (void)state;
    draft_list(&draft, 128, 128);
    put(&draft, 20, 1, 1);
    struct tep_record record = record_of(&draft);
    assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
    assert_true(mapping.truncated);
    draft_list(&draft, 130, 130); /* a kernel that tells more than we hold */
    record = record_of(&draft);
    assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
    assert_true(mapping.truncated);
    assert_int_equal(mapping.n_segments, DMA_MAPPING_MAX_SEGMENTS);
    tep_free(tep);
}

static void a_merged_list_has_no_cpu_addresses(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_sg);
    DmaFormat format = format_of(tep, "dma_map_sg", DMA_MAPPING_SCATTERLIST);
    static Draft draft;
    static DmaMapping mapping;

    (void)state;
    draft_list(&draft, 16, 1);
    struct tep_record record = record_of(&draft);
    assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
    assert_int_equal(mapping.n_segments, 1);
    assert_false(mapping.cpu_known);
    assert_int_equal(mapping.segments[0].cpu, 0);
    tep_free(tep);
}

static void the_first_kernels_with_the_event(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_sg_first);
    DmaFormat format = format_of(tep, "dma_map_sg", DMA_MAPPING_SCATTERLIST);
    static Draft draft;
    static DmaMapping mapping;
    uint64_t cpu = 0x50001000, bus = 0xd0001000;
    uint32_t bytes = 8;

    (void)state;
    assert_null(format.truncated);
    memset(&draft, 0, sizeof(draft));
    draft.size = 40;
    put_dynamic(&draft, 8, DEVICE, sizeof(DEVICE));
    put_dynamic(&draft, 12, &cpu, 8);
    put_dynamic(&draft, 16, &bus, 8);
    put_dynamic(&draft, 20, &bytes, 4);
    struct tep_record record = record_of(&draft);
    assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
    assert_int_equal(mapping.segments[0].bus, 0xd0001000);
    assert_int_equal(mapping.segments[0].bytes, 8);
    tep_free(tep);
}

static void single_pages_and_coherent_memory(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_page);
    DmaFormat format = format_of(tep, "dma_map_page", DMA_MAPPING_SINGLE);
    static Draft draft;
    static DmaMapping mapping;

    (void)state;
    memset(&draft, 0, sizeof(draft));
    draft.size = 56;
    put_dynamic(&draft, 8, DEVICE, sizeof(DEVICE));
    put(&draft, 16, UINT64_C(0x122e02078), 8);
    put(&draft, 24, UINT64_MAX, 8);
    put(&draft, 32, 16, 8);
    put(&draft, 40, DMA_DIRECTION_TO_DEVICE, 4);
    struct tep_record record = record_of(&draft);
    assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
    assert_int_equal(mapping.n_segments, 1);
    assert_true(mapping.cpu_known);
    assert_true(mapping.segments[0].cpu == UINT64_C(0x122e02078));
    assert_true(mapping.segments[0].bus == DMA_MAPPING_FAILED);
    put(&draft, 40, 4, 4); /* there is no such direction */
    assert_int_equal(dma_record_parse(&format, &record, &mapping), -EBADMSG);
    tep_free(tep);

    tep = tep_with(dma_format_alloc);
    format = format_of(tep, "dma_alloc", DMA_MAPPING_COHERENT);
    put(&draft, 24, 0xc8000000, 8);
    put(&draft, 44, DMA_DIRECTION_BOTH, 4);
    assert_int_equal(dma_record_parse(&format, &record, &mapping), 0);
    assert_false(mapping.cpu_known);
    assert_int_equal(mapping.segments[0].bus, 0xc8000000);
    assert_int_equal(mapping.segments[0].bytes, 16);
    tep_free(tep);
}

static void hostile_records_are_refused(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_sg);
    DmaFormat format = format_of(tep, "dma_map_sg", DMA_MAPPING_SCATTERLIST);
    static Draft draft;
    static DmaMapping mapping;
    struct tep_record record;

    (void)state;
    draft_list(&draft, 3, 3);
    record = record_of(&draft);
    int whole = record.size;
    for (record.size = -1; record.size < whole; record.size++)
        assert_int_equal(dma_record_parse(&format, &record, &mapping), -EBADMSG);
    put(&draft, 28, 0xfff0 | 24 << 16, 4); /* an array far behind */
    assert_int_equal(dma_record_parse(&format, &record, &mapping), -EBADMSG);
    put(&draft, 28, 48 | 23 << 16, 4); /* not of whole numbers */
    assert_int_equal(dma_record_parse(&format, &record, &mapping), -EBADMSG);
    put(&draft, 28, 48 | 16 << 16, 4); /* not as many as lengths */
    assert_int_equal(dma_record_parse(&format, &record, &mapping), -EBADMSG);
    tep_free(tep);
}

static void what_is_missing_is_named(void **state)
{
    struct tep_handle *tep = tep_with(dma_format_map_page);
    const char *missing = NULL;
    DmaFormat format;

    (void)state;
    assert_int_equal(dma_format_find(tep, "dma_map_sg", DMA_MAPPING_SCATTERLIST, &format, &missing),
                     -ENOENT);
    assert_null(missing);
    assert_int_equal(
        dma_format_find(tep, "dma_map_page", DMA_MAPPING_SCATTERLIST, &format, &missing), -ENODATA);
    assert_string_equal(missing, "phys_addrs");
    tep_free(tep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_told_segment_by_segment),
        cmocka_unit_test(a_cut_list_says_so),
        cmocka_unit_test(a_merged_list_has_no_cpu_addresses),
        cmocka_unit_test(the_first_kernels_with_the_event),
        cmocka_unit_test(single_pages_and_coherent_memory),
        cmocka_unit_test(hostile_records_are_refused),
        cmocka_unit_test(what_is_missing_is_named),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
