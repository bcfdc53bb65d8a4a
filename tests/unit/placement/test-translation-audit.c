/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The translation audit: every class, at its edges, on Arm, on bare metal and in a PV Dom0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "placement/translation-audit.h"

#define PAGE UINT64_C(4096)

/* emmc2 of a Pi 4B, its RAM in Dom0, and a pool in the window */
static const DmaReach pi4 = {
    .known = true,
    .n_windows = 1,
    .windows = { { .cpu_start = 0, .cpu_end = 0x3fffffff, .bus_start = 0xc0000000 } },
    .dma_mask = 0xffffffff,
    .bus_limit = 0xffffffff,
};
static const DmaReach mask32 = { .known = true, .dma_mask = 0xffffffff };
static AddressRange banks[] = { { 0x08000000, 0x3fffffff }, { 0x80000000, 0xfbffffff } };
static const RamBanks ram = { .known = true, .n = 2, .bank = banks };
static const Pool pool = { .presence = POOL_PRESENT,
                           .range_known = true,
                           .range = { 0x30000000, 0x33ffffff } };

static TranslationScope dom0(const DmaReach *reach)
{
    return (TranslationScope) {
        .reach = reach, .frame_rule = FRAME_RULE_PFN, .ram = &ram, .pool = &pool, .is_dom0 = true
    };
}

static Translation audit(const TranslationScope *scope, uint64_t cpu, uint64_t bus, uint64_t bytes)
{
    DmaSegment segment = { cpu, bus, bytes };

    return translation_audit(scope, &segment).translation;
}

static void the_window_gives_the_address(void **state)
{
    TranslationScope scope = dom0(&pi4);

    (void)state;
    assert_int_equal(audit(&scope, 0x10000000, 0xd0000000, PAGE), TRANSLATION_DIRECT);
    assert_int_equal(audit(&scope, 0x3ffff000, 0xfffff000, PAGE), TRANSLATION_DIRECT);
    /* its second page has no bus address at all */
    assert_int_equal(audit(&scope, 0x3ffff000, 0xfffff000, 2 * PAGE), TRANSLATION_WRONG);
    scope.reach = &mask32;
    assert_int_equal(audit(&scope, 0x10000000, 0x10000000, 512), TRANSLATION_DIRECT);
}

static void the_pool_ends_where_it_ends(void **state)
{
    TranslationScope scope = dom0(&pi4);

    (void)state;
    assert_int_equal(audit(&scope, 0x80000000, 0xf0000000, PAGE), TRANSLATION_BOUNCED);
    assert_int_equal(audit(&scope, 0x80000000, 0xf3fff000, PAGE), TRANSLATION_BOUNCED);
    assert_int_equal(audit(&scope, 0x80000000, 0xf3fff001, PAGE), TRANSLATION_WRONG);
    assert_int_equal(audit(&scope, 0x80000000, 0xeffff000, PAGE), TRANSLATION_WRONG);
    /* the pool's CPU address in place of its bus address: what 2020 would have done */
    assert_int_equal(audit(&scope, 0x80000000, 0x30000000, PAGE), TRANSLATION_WRONG);
}

static void an_untranslated_address_is_named(void **state)
{
    TranslationScope scope = dom0(&pi4);
    DmaSegment segment = { 0x10000000, 0x10000000, 8 };
    TranslationAnswer answer = translation_audit(&scope, &segment);
    Pool unseen = { .presence = POOL_UNKNOWN };

    (void)state;
    assert_int_equal(answer.translation, TRANSLATION_WRONG);
    assert_true(answer.expected_known);
    assert_int_equal(answer.expected_bus, 0xd0000000);
    /* this one no pool explains */
    scope.pool = &unseen;
    assert_int_equal(audit(&scope, 0x10000000, 0x10000000, 8), TRANSLATION_WRONG);
    /* out of the window there is no right address */
    segment = (DmaSegment) { 0x90000000, 0x90000000, 8 };
    answer = translation_audit(&scope, &segment);
    assert_int_equal(answer.translation, TRANSLATION_WRONG);
    assert_false(answer.expected_known);
}

static void a_granted_page_is_foreign_in_a_dom0_alone(void **state)
{
    TranslationScope scope = dom0(&mask32);

    (void)state;
    /* no RAM of ours behind the page; RAM of ours behind its frame: granted by ourselves */
    assert_int_equal(audit(&scope, 0x107fff000, 0x10000000, PAGE), TRANSLATION_FOREIGN);
    /* a page that was ballooned out, its frame another domain's */
    assert_int_equal(audit(&scope, 0x10000000, 0x50000000, PAGE), TRANSLATION_FOREIGN);
    /* both ours, and not the same */
    assert_int_equal(audit(&scope, 0x10000000, 0x10001000, PAGE), TRANSLATION_WRONG);
    /* nowhere that the device gets to */
    assert_int_equal(audit(&scope, 0x107fff000, 0x123456000, PAGE), TRANSLATION_WRONG);
    scope.is_dom0 = false;
    assert_int_equal(audit(&scope, 0x10000000, 0x50000000, PAGE), TRANSLATION_WRONG);
}

static void what_is_not_known_is_not_judged(void **state)
{
    static const DmaReach no_reach = { .known = false };
    static const RamBanks no_ram = { .known = false };
    Pool unseen = { .presence = POOL_PRESENT, .slots_known = true, .slots = 32768 };
    Pool growing = pool;
    TranslationScope scope = dom0(&no_reach);

    (void)state;
    growing.grows = true;
    assert_int_equal(audit(&scope, 0x1000, 0x1000, PAGE), TRANSLATION_UNKNOWN);
    scope = dom0(&mask32);
    scope.frame_rule = FRAME_RULE_UNKNOWN;
    assert_int_equal(audit(&scope, 0x10000000, 0x10000000, PAGE), TRANSLATION_UNKNOWN);
    scope = dom0(&mask32);
    scope.pool = &unseen;
    assert_int_equal(audit(&scope, 0x10000000, 0x10000000, PAGE), TRANSLATION_DIRECT);
    assert_int_equal(audit(&scope, 0x10000000, 0x20000000, PAGE), TRANSLATION_UNKNOWN);
    scope.pool = &growing;
    assert_int_equal(audit(&scope, 0x80000000, 0x30000000, PAGE), TRANSLATION_BOUNCED);
    assert_int_equal(audit(&scope, 0x10000000, 0x20000000, PAGE), TRANSLATION_UNKNOWN);
    scope = dom0(&mask32);
    scope.ram = &no_ram;
    assert_int_equal(audit(&scope, 0x10000000, 0x20000000, PAGE), TRANSLATION_UNKNOWN);
    assert_int_equal(audit(&scope, 0x10000000, DMA_MAPPING_FAILED, PAGE), TRANSLATION_FAILED);
    assert_int_equal(audit(&scope, 0x10000000, 0x10000000, 0), TRANSLATION_UNKNOWN);
}

static void hostile_sizes_do_not_wrap(void **state)
{
    TranslationScope scope = dom0(&mask32);

    (void)state;
    assert_int_equal(audit(&scope, UINT64_MAX - 1, UINT64_MAX - 1, 4), TRANSLATION_WRONG);
    assert_int_equal(audit(&scope, 0x10000000, 0x30000000, UINT64_MAX), TRANSLATION_WRONG);
}

static void a_pv_dom0_goes_through_its_p2m(void **state)
{
    P2mRun runs[] = { { .pfn = 0x100, .frame = 0xbf000, .n_pages = 0x10 },
                      { .pfn = 0x200, .frame = 0x13ae00, .n_pages = 0x10 },
                      { .pfn = 0x210, .frame = 0x50000, .n_pages = 1 } };
    P2m p2m = { .known = true, .n = 3, .run = runs };
    Pool pv_pool = pool;
    TranslationScope scope = dom0(&mask32);

    (void)state;
    pv_pool.range = (AddressRange) { 0x108000, 0x10ffff }; /* PFN 0x108 to 0x10f */
    scope.frame_rule = FRAME_RULE_P2M;
    scope.p2m = &p2m;
    scope.pool = &pv_pool;
    assert_int_equal(audit(&scope, 0x100010, 0xbf000010, 16), TRANSLATION_DIRECT);
    assert_int_equal(audit(&scope, 0x20f000, 0x13ae0f000, PAGE), TRANSLATION_DIRECT);
    assert_int_equal(audit(&scope, 0x20f000, 0x13ae0f000, 2 * PAGE), TRANSLATION_WRONG);
    assert_int_equal(audit(&scope, 0x200000, 0xbf008000, PAGE), TRANSLATION_BOUNCED);
    assert_int_equal(audit(&scope, 0x200000, 0xbf007000, PAGE), TRANSLATION_WRONG);
    /* the PFN itself, not its frame */
    assert_int_equal(audit(&scope, 0x200000, 0x200000, PAGE), TRANSLATION_WRONG);
    /* no page of its own */
    assert_int_equal(audit(&scope, 0x300000, 0x70000000, PAGE), TRANSLATION_FOREIGN);
    p2m.known = false;
    assert_int_equal(audit(&scope, 0x100010, 0xbf000010, 16), TRANSLATION_UNKNOWN);
}

static void coherent_memory_must_be_reachable(void **state)
{
    TranslationScope scope = dom0(&pi4);
    DmaMapping mapping = { .kind = DMA_MAPPING_COHERENT, .n_segments = 1 };

    (void)state;
    mapping.segments[0] = (DmaSegment) { 0, 0xd0000000, PAGE };
    assert_int_equal(translation_audit_mapping(&scope, &mapping, 0).translation,
                     TRANSLATION_UNKNOWN);
    mapping.segments[0].bus = 0x10000000;
    assert_int_equal(translation_audit_mapping(&scope, &mapping, 0).translation, TRANSLATION_WRONG);
    mapping.segments[0].bus = DMA_MAPPING_FAILED;
    assert_int_equal(translation_audit_mapping(&scope, &mapping, 0).translation,
                     TRANSLATION_FAILED);
    /* an IOMMU's list, merged */
    mapping.kind = DMA_MAPPING_SCATTERLIST;
    mapping.segments[0].bus = 0x10000000;
    assert_int_equal(translation_audit_mapping(&scope, &mapping, 0).translation,
                     TRANSLATION_UNKNOWN);
}

static void every_class_has_its_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < N_TRANSLATIONS; i++) {
        assert_non_null(translation_name((Translation)i));
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(translation_name((Translation)i),
                                    translation_name((Translation)k));
    }
    assert_string_equal(dma_mapping_kind_name(DMA_MAPPING_COHERENT), "dma_alloc");
    assert_string_equal(dma_direction_name(DMA_DIRECTION_FROM_DEVICE), "from-device");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_gives_the_address),
        cmocka_unit_test(the_pool_ends_where_it_ends),
        cmocka_unit_test(an_untranslated_address_is_named),
        cmocka_unit_test(a_granted_page_is_foreign_in_a_dom0_alone),
        cmocka_unit_test(what_is_not_known_is_not_judged),
        cmocka_unit_test(hostile_sizes_do_not_wrap),
        cmocka_unit_test(a_pv_dom0_goes_through_its_p2m),
        cmocka_unit_test(coherent_memory_must_be_reachable),
        cmocka_unit_test(every_class_has_its_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
