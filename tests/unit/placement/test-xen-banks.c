/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dom0's banks in Xen's console: whole, of several boots, torn, foreign, none. */
#include "tests/unit/placement/host-fixture.h"

#include "placement/inspect.h"
#include "placement/xen-banks.h"

#define TOTAL  "(XEN) Allocating 1:1 mappings totalling 3072MB for dom0:\n"
#define BANK_0 "(XEN) BANK[0] 0x00000050000000-0x00000100000000 (2816MB)\n"
#define BANK_1 "(XEN) BANK[1] 0x00000120000000-0x00000130000000 (256MB)\n"
#define NO_LOW "(XEN) No bank has been allocated below 30-bit.\n"

static XenBanks find(const char *text)
{
    KernelLog log = host_fixture_log(text);
    XenBanks banks = xen_banks_find(&log);

    kernel_log_done(&log);
    return banks;
}

static void a_whole_console(void **state)
{
    XenBanks banks = find(TOTAL BANK_0 BANK_1);

    (void)state;
    assert_true(banks.known);
    assert_int_equal(banks.n, 2);
    assert_int_equal(banks.bank[0].start, 0x50000000);
    assert_int_equal(banks.bank[0].end, 0xffffffff);
    assert_int_equal(banks.bank[1].end, 0x12fffffff);
    assert_int_equal(banks.none_below_bits, 0);
    assert_int_equal(find(TOTAL NO_LOW BANK_0).none_below_bits, 30);
    assert_int_equal(
        find(TOTAL "(XEN) No bank has been allocated below 4GB.\n" BANK_0).none_below_bits, 32);
}

static void the_last_boot_counts(void **state)
{
    XenBanks banks = find(TOTAL NO_LOW BANK_0 BANK_1 TOTAL BANK_0);

    (void)state;
    assert_true(banks.known);
    assert_int_equal(banks.n, 1);
    assert_int_equal(banks.none_below_bits, 0);
    assert_int_equal(find(BANK_0 BANK_1 BANK_0).n, 1); /* its total is lost */
}

static void what_is_not_whole_is_unknown(void **state)
{
    static const char *const texts[] = {
        "",
        "(XEN) Xen version 4.17.7\n",
        TOTAL,  /* and no bank */
        BANK_1, /* the ring wrapped */
        TOTAL BANK_0 "(XEN) BANK[2] 0x00000120000000-0x00000130000000 (1MB)\n", /* one is missing */
        TOTAL "(XEN) BANK[0] 0x00000050000000-0x00000050000000 (0MB)\n",
        TOTAL "(XEN) BANK[0] 0x00000050000000-0x00000040000000 (0MB)\n",
        "(XEN) Allocating 1:1 mappings totalling 512MB for d1:\n" BANK_0, /* not Dom0's */
        TOTAL "(XEN) d1 BANK[0] 0x00000040000000-0x00000060000000 (512MB)\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (find(texts[i]).known)
            fail_msg("taken for banks: %s", texts[i]);
}

static void inspect_shows_them(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");
    json_t *inspection = inspection_build(&facts, NULL), *banks;

    (void)state;
    banks = json_object_get(json_object_get(inspection, "xen"), "dom0_banks");
    assert_int_equal(json_array_size(banks), 2);
    assert_string_equal(json_get_string(json_array_get(banks, 1), "start", ""), "0x120000000");
    json_decref(inspection);
    kernel_log_done(&facts.xen.console);
    inspection = inspection_build(&facts, NULL);
    assert_null(json_object_get(json_object_get(inspection, "xen"), "dom0_banks"));
    json_decref(inspection);
    host_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_console),
        cmocka_unit_test(the_last_boot_counts),
        cmocka_unit_test(what_is_not_whole_is_unknown),
        cmocka_unit_test(inspect_shows_them),
    };

    return cmocka_run_group_tests_name("placement/xen-banks", tests, NULL, NULL);
}
