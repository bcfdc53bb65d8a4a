/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A p2m list of an x86 PV Dom0: what its entries mean, and what follows for pages, RAM and pool.
 */

#include "host-fixture.h"

#include <errno.h>

#include "placement/frame.h"
#include "placement/host-share.h"
#include "placement/p2m.h"

#define PAGE      UINT64_C(4096)
#define LOW       UINT64_C(0xbf000)  /* below 4 GiB */
#define HIGH      UINT64_C(0x13ae2b) /* above */
#define INVALID   UINT64_MAX
#define FOREIGN   (UINT64_C(1) << 63 | 0x1234)
#define IDENTITY  (UINT64_C(1) << 62 | 0xfee00)
#define TOO_HIGH  (UINT64_C(1) << 40)
#define N_OF(row) (sizeof(row) / sizeof((row)[0]))

static const DmaReach mask32 = { .known = true, .dma_mask = 0xffffffff };

static void entries_that_are_no_own_page_have_no_frame(void **state)
{
    static const uint64_t none[] = { INVALID, FOREIGN, IDENTITY, TOO_HIGH };
    uint64_t frame = 7;

    (void)state;
    for (size_t i = 0; i < N_OF(none); i++)
        assert_false(p2m_entry_frame(none[i], &frame));
    assert_int_equal(frame, 7);
    assert_true(p2m_entry_frame(HIGH, &frame));
    assert_int_equal(frame, HIGH);
    assert_true(p2m_entry_frame(TOO_HIGH - 1, &frame));
}

static void neighbours_become_one_run(void **state)
{
    static const uint64_t list[] = { LOW, LOW + 1, HIGH, INVALID, HIGH + 2, HIGH + 3, HIGH + 3 };
    P2m p2m;

    (void)state;
    assert_int_equal(p2m_from_list(list, N_OF(list), &p2m), 0);
    assert_true(p2m.known);
    assert_int_equal(p2m.n, 4);
    assert_int_equal(p2m.run[0].n_pages, 2);
    assert_int_equal(p2m.run[1].pfn, 2);
    assert_int_equal(p2m.run[2].pfn, 4); /* its frame follows, its number does not */
    assert_int_equal(p2m.run[2].frame, HIGH + 2);
    assert_int_equal(p2m.run[2].n_pages, 2);
    assert_int_equal(p2m.run[3].n_pages, 1);
    p2m_done(&p2m);
    assert_false(p2m.known);
}

static void a_list_scattered_beyond_measure_is_refused(void **state)
{
    size_t n = 2 * (size_t)P2M_MAX_RUNS + 2;
    uint64_t *list = calloc(n, sizeof(*list));
    P2m p2m = { .n = 7 };

    (void)state;
    assert_non_null(list);
    for (size_t i = 0; i < n; i++)
        list[i] = i % 2 ? INVALID : i;
    assert_int_equal(p2m_from_list(list, n, &p2m), -E2BIG);
    assert_int_equal(p2m.n, 7);
    assert_int_equal(p2m_from_list(list, n - 2, &p2m), 0);
    assert_int_equal(p2m.n, P2M_MAX_RUNS);
    p2m_done(&p2m);
    free(list);
}

static void addresses_are_translated_in_place(void **state)
{
    static const uint64_t list[] = { LOW, HIGH, FOREIGN, INVALID };
    uint64_t address[] = { 1 * PAGE,     0, 2 * PAGE, 3 * PAGE, 4 * PAGE, UINT64_MAX / PAGE * PAGE,
                           FRAME_UNKNOWN };

    (void)state;
    p2m_translate(list, N_OF(list), PAGE, N_OF(address), address);
    assert_int_equal(address[0], HIGH * PAGE);
    assert_int_equal(address[1], LOW * PAGE);
    for (size_t i = 2; i < N_OF(address); i++)
        assert_true(address[i] == FRAME_UNKNOWN);
}

static void a_page_in_pieces_has_no_frame(void **state)
{
    static const uint64_t list[] = { LOW, LOW + 1, HIGH, HIGH + 2, LOW, INVALID, LOW };
    uint64_t address[] = { 0, 2 * PAGE, 4 * PAGE, 6 * PAGE };
    uint64_t huge = 0;

    (void)state;
    p2m_translate(list, N_OF(list), 2 * PAGE, N_OF(address), address);
    assert_int_equal(address[0], LOW * PAGE);
    assert_true(address[1] == FRAME_UNKNOWN);
    assert_true(address[2] == FRAME_UNKNOWN);
    assert_true(address[3] == FRAME_UNKNOWN); /* half of it lies behind the list */
    p2m_translate(list, N_OF(list), 512 * PAGE, 1, &huge);
    assert_true(huge == FRAME_UNKNOWN);
}

static void the_share_is_that_of_machine_frames(void **state)
{
    /* the second run lies across 4 GiB: one page on each side */
    static const uint64_t list[] = { LOW, INVALID, 0xfffff, 0x100000, HIGH };
    const DmaReach unknown = { .known = false };
    P2m p2m = { .known = false };
    RamShare share = p2m_share(&p2m, &mask32);

    (void)state;
    assert_true(share.unknown == 1);
    assert_int_equal(p2m_from_list(list, N_OF(list), &p2m), 0);
    share = p2m_share(&p2m, &mask32);
    assert_true(share.direct == 0.5 && share.bounce == 0.5 && share.unknown == 0);
    share = p2m_share(&p2m, &unknown);
    assert_true(share.direct == 0 && share.bounce == 0 && share.unknown == 1);
    p2m_done(&p2m);
    assert_int_equal(p2m_from_list(list + 1, 1, &p2m), 0); /* a list without a page */
    share = p2m_share(&p2m, &mask32);
    assert_true(share.unknown == 1);
    p2m_done(&p2m);
}

static void a_range_is_inside_when_all_of_its_pages_are(void **state)
{
    static const uint64_t list[] = { LOW, LOW + 1, LOW + 8, HIGH, INVALID, LOW + 9 };
    const AddressRange low = { .start = PAGE, .end = 3 * PAGE - 1 };
    const AddressRange mixed = { .start = PAGE, .end = 4 * PAGE - 1 };
    const AddressRange gap = { .start = 3 * PAGE, .end = 6 * PAGE - 1 };
    const AddressRange behind = { .start = 5 * PAGE, .end = 6 * PAGE };
    P2m p2m = { .known = false };
    bool inside = false;

    (void)state;
    assert_false(p2m_range_inside(&p2m, &low, &mask32, &inside));
    assert_int_equal(p2m_from_list(list, N_OF(list), &p2m), 0);
    assert_true(p2m_range_inside(&p2m, &low, &mask32, &inside));
    assert_true(inside);
    assert_true(p2m_range_inside(&p2m, &mixed, &mask32, &inside));
    assert_false(inside);
    assert_false(p2m_range_inside(&p2m, &gap, &mask32, &inside));
    assert_false(p2m_range_inside(&p2m, &behind, &mask32, &inside));
    p2m_done(&p2m);
}

/* The pool of a PV Dom0: its range in the log is pseudo-physical, and every address of RAM is. */
static void a_pv_host_is_judged_by_its_p2m_alone(void **state)
{
    static const uint64_t list[] = { HIGH, HIGH + 1, LOW, LOW + 1 };
    AddressRange bank = { .start = 0, .end = 4 * PAGE - 1 };
    HostFacts facts = {
        .ram = { .known = true, .n = 1, .bank = &bank },
        .pool = { .presence = POOL_PRESENT,
                  .range_known = true,
                  .range = { .start = 2 * PAGE, .end = 4 * PAGE - 1 } },
    };
    bool inside = false;

    (void)state;
    host_fixture_set_xen(&facts, PV_DOM0_CAPABILITIES, PV_DOM0_FEATURES);
    assert_int_equal(host_facts_frame_rule(&facts), FRAME_RULE_P2M);
    assert_false(host_facts_pfn_is_frame(&facts));
    assert_true(host_ram_share(&facts, &mask32).unknown == 1); /* no p2m: no guess */
    assert_false(host_pool_in_window(&facts, &mask32, &inside));

    assert_int_equal(p2m_from_list(list, N_OF(list), &facts.xen.p2m), 0);
    assert_true(host_ram_share(&facts, &mask32).bounce == 0.5);
    assert_true(host_pool_in_window(&facts, &mask32, &inside));
    assert_true(inside);
    facts.pool.range.start = PAGE;
    assert_true(host_pool_in_window(&facts, &mask32, &inside));
    assert_false(inside);
    facts.pool.range_known = false;
    assert_false(host_pool_in_window(&facts, &mask32, &inside));

    facts.xen.features |= 1U << 2; /* PVH: auto-translated, and no p2m */
    assert_int_equal(host_facts_frame_rule(&facts), FRAME_RULE_UNKNOWN);
    assert_true(host_ram_share(&facts, &mask32).unknown == 1);
    assert_false(host_pool_in_window(&facts, &mask32, &inside));
    facts.ram = (RamBanks) { .known = false };
    host_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_that_are_no_own_page_have_no_frame),
        cmocka_unit_test(neighbours_become_one_run),
        cmocka_unit_test(a_list_scattered_beyond_measure_is_refused),
        cmocka_unit_test(addresses_are_translated_in_place),
        cmocka_unit_test(a_page_in_pieces_has_no_frame),
        cmocka_unit_test(the_share_is_that_of_machine_frames),
        cmocka_unit_test(a_range_is_inside_when_all_of_its_pages_are),
        cmocka_unit_test(a_pv_host_is_judged_by_its_p2m_alone),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
