/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/foreign-pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PAGE UINT64_C(4096)

static const DmaReach reach_32 = { .known = true, .dma_mask = UINT64_C(0xffffffff) };
/* CPU 1 GiB to 2 GiB is bus 3 GiB to 4 GiB. */
static const DmaReach reach_offset = {
    .known = true,
    .n_windows = 1,
    .windows = { { UINT64_C(0x40000000), UINT64_C(0x7fffffff), UINT64_C(0xc0000000) } },
    .dma_mask = UINT64_C(0xffffffff),
};

/* The first two pages follow each other for the kernel and in the machine, the third only for the
 * kernel. */
static uint64_t mapped[] = { UINT64_C(0x124000000), UINT64_C(0x124001000), UINT64_C(0x124002000) };
static uint64_t granted[] = { UINT64_C(0x50002000), UINT64_C(0x50003000), UINT64_C(0x60009000) };
static const FrameMap mapped_map = { PAGE, 3, mapped };
static const FrameMap granted_map = { PAGE, 3, granted };
static const ForeignPages pages = { &mapped_map, &granted_map };

static BounceEvent event_of(uint64_t phys, uint64_t bus, uint64_t bytes)
{
    return (BounceEvent) {
        .phys_address = phys, .phys_known = true, .bus_address = bus, .bytes = bytes
    };
}

static ForeignAccount account_of(const DmaReach *reach, BounceEvent event)
{
    ForeignAccount account = { 0 };

    foreign_account_add(&account, &pages, reach, &event);
    return account;
}

static void expect(ForeignAccount account, uint64_t translated, uint64_t mistaken, uint64_t unshown)
{
    assert_int_equal(account.translated_bytes, translated);
    assert_int_equal(account.mistaken_bytes, mistaken);
    assert_int_equal(account.unshown_bytes, unshown);
}

static void test_at_the_granted_frame(void **state)
{
    (void)state;
    expect(account_of(&reach_32, event_of(mapped[0] + 512, granted[0] + 512, 1024)), 1024, 0, 0);
    expect(account_of(&reach_32, event_of(mapped[2], granted[2], PAGE)), PAGE, 0, 0);
    /* across the two that follow each other */
    expect(account_of(&reach_32, event_of(mapped[0] + 1024, granted[0] + 1024, PAGE)), PAGE, 0, 0);
    expect(account_of(&reach_offset, event_of(mapped[0], granted[0] + UINT64_C(0x80000000), 512)),
           512, 0, 0);
}

static void test_anywhere_else_is_a_mistake(void **state)
{
    (void)state;
    /* the PFN taken for the frame: what swiotlb-xen would do if it did not translate */
    expect(account_of(&reach_32, event_of(mapped[0], mapped[0], PAGE)), 0, PAGE, 0);
    expect(account_of(&reach_32, event_of(mapped[0], granted[1], PAGE)), 0, PAGE, 0);
    expect(account_of(&reach_32, event_of(mapped[0] + 512, granted[0], 512)), 0, 512, 0);
    /* a stretch that follows in the kernel's addresses and not in the machine */
    expect(account_of(&reach_32, event_of(mapped[1], granted[1], 2 * PAGE)), PAGE, PAGE, 0);
    /* the offset of the window forgotten */
    expect(account_of(&reach_offset, event_of(mapped[0], granted[0], 512)), 0, 512, 0);
}

static void test_an_address_that_is_not_shown(void **state)
{
    BounceEvent unprobed = event_of(0, granted[0], PAGE);

    (void)state;
    expect(account_of(&reach_offset, event_of(mapped[0], BOUNCE_ADDRESS_OUTSIDE, PAGE)), 0, 0,
           PAGE);
    unprobed.phys_known = false;
    expect(account_of(&reach_32, unprobed), 0, 0, 0);
}

static void test_what_is_not_of_the_buffer(void **state)
{
    (void)state;
    expect(account_of(&reach_32, event_of(UINT64_C(0x70000000), granted[0], PAGE)), 0, 0, 0);
    expect(account_of(&reach_32, event_of(mapped[2], granted[2], 2 * PAGE)), PAGE, 0, 0);
}

/* As dma:dma_map_sg tells it; the pool lies at 0x58000000 to 0x5bffffff. */
static ForeignAccount account_of_mapping(uint64_t cpu, uint64_t bus, uint64_t bytes)
{
    const Pool pool = { .presence = POOL_PRESENT,
                        .range_known = true,
                        .range = { UINT64_C(0x58000000), UINT64_C(0x5bffffff) } };
    DmaMapping mapping = { .kind = DMA_MAPPING_SCATTERLIST,
                           .cpu_known = true,
                           .n_segments = 1,
                           .segments = { { cpu, bus, bytes } } };
    ForeignAccount account = { 0 };

    foreign_account_add_mapping(&account, &pages, &reach_32, &pool, &mapping);
    return account;
}

static void test_mappings(void **state)
{
    ForeignAccount account;

    (void)state;
    account = account_of_mapping(mapped[0] + 512, granted[0] + 512, PAGE);
    assert_int_equal(account.mapped_bytes, PAGE);
    expect(account, 0, 0, 0);
    /* into the pool: the bounce tells of it */
    account = account_of_mapping(mapped[0], UINT64_C(0x58001000), PAGE);
    assert_int_equal(account.mapped_bytes, 0);
    expect(account, 0, 0, 0);
    /* the PFN taken for the frame; and what goes on behind a page that does not */
    expect(account_of_mapping(mapped[0], mapped[0], PAGE), 0, PAGE, 0);
    account = account_of_mapping(mapped[1], granted[1], 2 * PAGE);
    assert_int_equal(account.mapped_bytes, PAGE);
    expect(account, 0, PAGE, 0);
    /* not of the buffer; not mapped at all */
    account = account_of_mapping(UINT64_C(0x70000000), granted[0], PAGE);
    assert_int_equal(account.mapped_bytes, 0);
    expect(account_of_mapping(mapped[0], DMA_MAPPING_FAILED, PAGE), 0, 0, 0);
}

static void test_both_sides_are_known_for_the_buffer(void **state)
{
    size_t n;
    uint64_t *sorted = foreign_pages_sorted(&pages, &n);

    (void)state;
    assert_non_null(sorted);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(frame_set_overlap(sorted, n, PAGE, mapped[i] + 100, 200), 200);
        assert_int_equal(frame_set_overlap(sorted, n, PAGE, granted[i], PAGE), PAGE);
    }
    assert_int_equal(frame_set_overlap(sorted, n, PAGE, UINT64_C(0x70000000), PAGE), 0);
    free(sorted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_the_granted_frame),
        cmocka_unit_test(test_anywhere_else_is_a_mistake),
        cmocka_unit_test(test_an_address_that_is_not_shown),
        cmocka_unit_test(test_what_is_not_of_the_buffer),
        cmocka_unit_test(test_mappings),
        cmocka_unit_test(test_both_sides_are_known_for_the_buffer),
    };

    return cmocka_run_group_tests_name("foreign-pages", tests, NULL, NULL);
}
