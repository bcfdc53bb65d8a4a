/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings out of what our program in the kernel writes down: lists and single pages; lists that
 * are long, merged or go on elsewhere; events that are cut or say what cannot be. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/mapped-event.h"

#define N_MOST MAPPED_MAX_ENTRIES

/* struct scatterlist of arm64, with CONFIG_NEED_SG_DMA_LENGTH. */
typedef struct Entry {
    uint64_t page_link;
    uint32_t offset, length;
    uint64_t dma_address;
    uint32_t dma_length, dma_flags;
} Entry;

typedef struct Event {
    MappedEvent head;
    Entry entries[N_MOST];
} Event;

static const MappedLayout layout = {
    .entry_bytes = sizeof(Entry),
    .page_link = offsetof(Entry, page_link),
    .offset = offsetof(Entry, offset),
    .length = offsetof(Entry, length),
    .dma_address = offsetof(Entry, dma_address),
    .dma_length = offsetof(Entry, dma_length),
};
static const PageStructs structs = { UINT64_C(0xfffffbffff000000), 4096, 64 };

/* A list of n entries, every other page from 0x50000000 on, given the pool's addresses. */
static Event list_of(size_t n)
{
    Event event = { .head = { .kind = MAPPED_LIST,
                              .device = 1,
                              .direction = DMA_DIRECTION_FROM_DEVICE,
                              .n_cpu = (uint32_t)n,
                              .n_bus = (uint32_t)n,
                              .n_entries = (uint32_t)(n < N_MOST ? n : N_MOST) } };

    for (size_t i = 0; i < event.head.n_entries; i++)
        event.entries[i] = (Entry) {
            .page_link = structs.first + (0x50000 + 2 * i) * structs.struct_bytes,
            .offset = 512,
            .length = 1024,
            .dma_address = 0xf8000000 + i * 2048,
            .dma_length = 1024,
        };
    if (n > 0 && n <= N_MOST)
        event.entries[n - 1].page_link |= 2; /* SG_END */
    return event;
}

static int parse(const Event *event, size_t size, size_t *ret_device, DmaMapping *ret_mapping)
{
    return mapped_event_parse(event, size, &layout, &structs, ret_device, ret_mapping);
}

static void test_a_list(void **state)
{
    (void)state;
    Event event = list_of(3);
    size_t device, bytes;
    DmaMapping mapping;

    assert_int_equal(mapped_event_bytes(&event, sizeof(event), &layout, &bytes), 0);
    assert_int_equal(bytes, sizeof(MappedEvent) + 3 * sizeof(Entry));
    assert_int_equal(parse(&event, bytes, &device, &mapping), 0);
    assert_int_equal(device, 1);
    assert_int_equal(mapping.kind, DMA_MAPPING_SCATTERLIST);
    assert_int_equal(mapping.direction, DMA_DIRECTION_FROM_DEVICE);
    assert_true(mapping.cpu_known);
    assert_false(mapping.truncated);
    assert_int_equal(mapping.n_segments, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(mapping.segments[i].cpu == 0x50000200 + i * 8192);
        assert_true(mapping.segments[i].bus == 0xf8000000 + i * 2048);
        assert_true(mapping.segments[i].bytes == 1024);
    }
}

static void test_a_list_given_back(void **state)
{
    (void)state;
    Event event = list_of(1);
    DmaMapping mapping;
    size_t device;

    event.head.kind = MAPPED_UNMAP;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), 0);
    assert_int_equal(mapping.kind, DMA_MAPPING_UNMAP);
    assert_string_equal(dma_mapping_kind_name(mapping.kind), "dma_unmap_sg");
    assert_true(mapping.segments[0].cpu == 0x50000200);
}

static void test_a_single_page(void **state)
{
    (void)state;
    struct {
        MappedEvent head;
        MappedSingle single;
    } event = { { .kind = MAPPED_SINGLE, .n_cpu = 1, .n_bus = 1, .n_entries = 1 },
                { 0x50000040, 0xf8000000, 64 } };
    DmaMapping mapping;
    size_t device;

    assert_int_equal(
        mapped_event_parse(&event, sizeof(event), &layout, &structs, &device, &mapping), 0);
    assert_int_equal(mapping.kind, DMA_MAPPING_SINGLE);
    assert_true(mapping.cpu_known);
    assert_int_equal(mapping.n_segments, 1);
    assert_true(mapping.segments[0].cpu == 0x50000040 && mapping.segments[0].bus == 0xf8000000 &&
                mapping.segments[0].bytes == 64);
    event.head.n_entries = 0;
    assert_int_equal(
        mapped_event_parse(&event, sizeof(event), &layout, &structs, &device, &mapping), -EBADMSG);
    event.head.n_cpu = event.head.n_bus = event.head.n_entries = 2;
    assert_int_equal(
        mapped_event_parse(&event, sizeof(event), &layout, &structs, &device, &mapping), -EBADMSG);
}

static void test_a_long_list_is_truncated(void **state)
{
    (void)state;
    Event event = list_of(N_MOST);
    DmaMapping mapping;
    size_t device;

    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), 0);
    assert_false(mapping.truncated);
    assert_int_equal(mapping.n_segments, N_MOST);
    event = list_of(N_MOST + 1);
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), 0);
    assert_true(mapping.truncated);
    assert_int_equal(mapping.n_segments, N_MOST);
}

/* What is behind a chain is not in the event. */
static void test_a_chain_is_truncated(void **state)
{
    (void)state;
    Event event = list_of(4);
    DmaMapping mapping;
    size_t device;

    event.entries[2].page_link = UINT64_C(0xffff000012345000) | 1;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), 0);
    assert_true(mapping.truncated);
    assert_int_equal(mapping.n_segments, 2);
}

static void test_a_merged_list_tells_no_cpu_address(void **state)
{
    (void)state;
    Event event = list_of(4);
    DmaMapping mapping;
    size_t device;

    event.head.n_bus = 2;
    event.entries[0].dma_length = 3072;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), 0);
    assert_false(mapping.cpu_known);
    assert_int_equal(mapping.n_segments, 2);
    assert_true(mapping.segments[0].cpu == 0 && mapping.segments[0].bytes == 3072);
}

static void test_a_pointer_that_is_no_page(void **state)
{
    (void)state;
    Event event = list_of(2);
    DmaMapping mapping;
    size_t device;

    event.entries[1].page_link = UINT64_C(0xffff000012345000);
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), 0);
    assert_false(mapping.cpu_known);
    assert_true(mapping.segments[0].cpu == 0 && mapping.segments[1].cpu == 0);
}

static void test_events_that_are_cut(void **state)
{
    (void)state;
    Event event = list_of(2);
    DmaMapping mapping;
    size_t device;

    for (size_t size = 0; size < sizeof(MappedEvent) + 2 * sizeof(Entry); size++)
        assert_int_equal(parse(&event, size, &device, &mapping), -EBADMSG);
}

static void test_events_that_cannot_be(void **state)
{
    (void)state;
    DmaMapping mapping;
    size_t device;
    Event event = list_of(2);

    event.head.kind = 17;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), -EBADMSG);
    event = list_of(2);
    event.head.is_unreadable = 1;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), -EBADMSG);
    event = list_of(2);
    event.head.direction = 4;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), -EBADMSG);
    event = list_of(2);
    event.head.device = MAPPED_MAX_DEVICES;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), -EBADMSG);
    event = list_of(2);
    event.head.n_entries = UINT32_MAX;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), -EBADMSG);
    event = list_of(2);
    event.head.n_bus = 3;
    assert_int_equal(parse(&event, sizeof(event), &device, &mapping), -EBADMSG);
}

static void test_layouts_that_cannot_be(void **state)
{
    (void)state;
    Event event = list_of(2);
    MappedLayout bad[] = { layout, layout, layout, layout };
    DmaMapping mapping;
    size_t device;

    bad[0].entry_bytes = 0;
    bad[1].page_link = sizeof(Entry) - 4;
    bad[2].dma_length = UINT32_MAX;
    bad[3].entry_bytes = MAPPED_MAX_ENTRY_BYTES + 8;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(
            mapped_event_parse(&event, sizeof(event), &bad[i], &structs, &device, &mapping),
            -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list),
        cmocka_unit_test(test_a_list_given_back),
        cmocka_unit_test(test_a_single_page),
        cmocka_unit_test(test_a_long_list_is_truncated),
        cmocka_unit_test(test_a_chain_is_truncated),
        cmocka_unit_test(test_a_merged_list_tells_no_cpu_address),
        cmocka_unit_test(test_a_pointer_that_is_no_page),
        cmocka_unit_test(test_events_that_are_cut),
        cmocka_unit_test(test_events_that_cannot_be),
        cmocka_unit_test(test_layouts_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
