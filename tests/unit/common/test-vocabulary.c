/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths, verdicts and their exit statuses: contracts with scripts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/dma-path.h"
#include "common/json.h"
#include "common/range.h"
#include "common/verdict.h"

static void test_paths_have_names(void **state)
{
    static const DmaPath all[] = { DMA_PATH_UNKNOWN,        DMA_PATH_DIRECT,
                                   DMA_PATH_BOUNCE,         DMA_PATH_FOREIGN,
                                   DMA_PATH_FOREIGN_DIRECT, DMA_PATH_FOREIGN_BOUNCE,
                                   DMA_PATH_MIXED };
    DmaPath path;

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_int_equal(dma_path_from_name(dma_path_name(all[i]), &path), 0);
        assert_int_equal(path, all[i]);
    }
    assert_int_equal(dma_path_from_name("Direct", &path), -EINVAL);
    assert_string_equal(dma_path_name((DmaPath)99), "unknown");
}

static void test_granted_pages_lie_somewhere(void **state)
{
    (void)state;
    assert_int_equal(dma_path_placement(DMA_PATH_FOREIGN_BOUNCE), DMA_PATH_BOUNCE);
    assert_int_equal(dma_path_placement(DMA_PATH_FOREIGN_DIRECT), DMA_PATH_DIRECT);
    assert_int_equal(dma_path_placement(DMA_PATH_DIRECT), DMA_PATH_DIRECT);
    assert_int_equal(dma_path_placement(DMA_PATH_FOREIGN), DMA_PATH_UNKNOWN);
    assert_int_equal(dma_path_placement(DMA_PATH_MIXED), DMA_PATH_UNKNOWN);
    assert_false(dma_path_is_foreign(DMA_PATH_MIXED));
    assert_true(dma_path_is_foreign(DMA_PATH_FOREIGN));
    assert_true(dma_path_is_foreign(DMA_PATH_FOREIGN_DIRECT));
    assert_false(dma_path_is_foreign(DMA_PATH_BOUNCE));
    assert_false(dma_path_is_foreign(DMA_PATH_UNKNOWN));
}

static void test_exit_statuses_are_the_contract(void **state)
{
    static const struct {
        Verdict verdict;
        const char *name;
        int status;
    } all[] = {
        { VERDICT_PASS, "pass", 0 },
        { VERDICT_REGRESSION, "regression", 1 },
        { VERDICT_CORRUPTION, "corruption", 3 },
        { VERDICT_INCONCLUSIVE, "inconclusive", 4 },
        { VERDICT_REFUSED, "refused", 5 },
    };
    Verdict verdict;

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_string_equal(verdict_name(all[i].verdict), all[i].name);
        assert_int_equal(verdict_exit_status(all[i].verdict), all[i].status);
        assert_int_equal(verdict_from_name(all[i].name, &verdict), 0);
        assert_int_equal(verdict, all[i].verdict);
    }
    assert_int_equal(verdict_from_name("passed", &verdict), -EINVAL);
    assert_int_equal(verdict_exit_status((Verdict)99), 4); /* what is no verdict is no pass */
}

static void test_forgotten_verdict_is_no_pass(void **state)
{
    Verdict verdict = { 0 };

    (void)state;
    assert_int_equal(verdict, VERDICT_INCONCLUSIVE);
}

static void test_ranges(void **state)
{
    const AddressRange range = { .start = 0x1000, .end = 0x1fff };
    const AddressRange all = { .start = 0, .end = UINT64_MAX };

    (void)state;
    assert_true(address_range_contains(&range, 0x1000, 0x1fff));
    assert_false(address_range_contains(&range, 0x1000, 0x2000));
    assert_true(address_range_overlaps(&range, 0x1fff, 0x3000));
    assert_false(address_range_overlaps(&range, 0x2000, 0x3000));
    assert_true(address_range_bytes(&range) == 0x1000);
    assert_true(address_range_bytes(&all) == UINT64_MAX);
}

static void test_json_getters_fall_back(void **state)
{
    _cleanup_json_ json_t *object = json_pack("{s:i, s:s, s:f}", "i", 3, "s", "x", "f", 1.5);
    _cleanup_json_ json_t *address = json_address(0xc0000000);

    (void)state;
    assert_int_equal(json_get_int(object, "i", 9), 3);
    assert_int_equal(json_get_int(object, "s", 9), 9);
    assert_int_equal(json_get_int(NULL, "i", 9), 9);
    assert_string_equal(json_get_string(object, "i", "none"), "none");
    assert_true(json_get_number(object, "f", 0) == 1.5);
    assert_true(json_get_bool(object, "i", true));
    assert_string_equal(json_string_value(address), "0xc0000000");
}

/* A mount point may have any bytes in its name. */
static void test_texts_that_are_no_utf_8(void **state)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "/media/card", "/media/card" },
        { "/media/\xc3\xa9", "/media/\xc3\xa9" },
        { "/media/\xe9t\xe9", "/media/\\xe9t\\xe9" },
        { "\xff", "\\xff" },
    };

    (void)state;
    assert_null(json_text(NULL));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_json_ json_t *text = json_text(rows[i][0]);

        assert_string_equal(json_string_value(text), rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_have_names),
        cmocka_unit_test(test_granted_pages_lie_somewhere),
        cmocka_unit_test(test_exit_statuses_are_the_contract),
        cmocka_unit_test(test_forgotten_verdict_is_no_pass),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_json_getters_fall_back),
        cmocka_unit_test(test_texts_that_are_no_utf_8),
    };

    return cmocka_run_group_tests_name("vocabulary", tests, NULL, NULL);
}
