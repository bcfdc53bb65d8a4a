/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A foreign tree is checked before anything is asked of it: trees made by libfdt, then spoilt. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#include "placement/device-tree.h"
#include "placement/structure-block.h"

#define PATIENCE_SEC 20 /* a walk that does not end is killed after it */

/* What is being made: a blob, and libfdt's place in it. */
static char blob[DEVICE_TREE_MAX_BYTES];

static void start(size_t size)
{
    assert_int_equal(fdt_create(blob, (int)size), 0);
    assert_int_equal(fdt_finish_reservemap(blob), 0);
    assert_int_equal(fdt_begin_node(blob, ""), 0);
}

static size_t finish(void)
{
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_finish(blob), 0);
    return fdt_totalsize(blob);
}

/* A root with one property, "number" = 7, and a child with one of its own. */
static size_t make_small(void)
{
    start(4096);
    assert_int_equal(fdt_property_u32(blob, "number", 7), 0);
    assert_int_equal(fdt_begin_node(blob, "soc@0"), 0);
    assert_int_equal(fdt_property_u32(blob, "phandle", 3), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    return finish();
}

/* Another 32-bit number, `at` cells into the structure block. */
static void spoil(size_t at, uint32_t number)
{
    fdt32_st(blob + fdt_off_dt_struct(blob) + 4 * at, number);
}

static int parse(size_t size)
{
    DeviceTree *tree;
    int r;

    alarm(PATIENCE_SEC);
    r = device_tree_parse(blob, size, &tree);
    alarm(0);
    if (r == 0)
        device_tree_free(tree);
    return r;
}

static void what_stands_in_it_is_found(void **state)
{
    size_t size = make_small(), length;
    DeviceTree *tree;
    uint32_t cell;

    (void)state;
    assert_int_equal(device_tree_parse(blob, size, &tree), 0);
    assert_int_equal(device_tree_n_nodes(tree), 2);
    assert_int_equal(device_tree_find(tree, "/"), 0);
    assert_int_equal(device_tree_find(tree, "/soc@0"), 1);
    assert_int_equal(device_tree_find(tree, "/soc"), DEVICE_TREE_NONE);
    assert_int_equal(device_tree_find(tree, "soc@0"), DEVICE_TREE_NONE);
    assert_int_equal(device_tree_find(tree, ""), DEVICE_TREE_NONE);
    assert_true(device_tree_cell(tree, 0, "number", &cell));
    assert_int_equal(cell, 7);
    assert_null(device_tree_property(tree, 1, "number", &length));
    assert_int_equal(device_tree_by_phandle(tree, 3), 1);
    assert_int_equal(device_tree_by_phandle(tree, 4), DEVICE_TREE_NONE);
    device_tree_free(tree);
}

/* Of one name the first counts, whatever stands between, as in Linux. */
static void the_first_of_a_name_counts(void **state)
{
    DeviceTree *tree;
    uint32_t cell;
    size_t size;

    (void)state;
    start(4096);
    for (uint32_t i = 0; i < 40; i++)
        assert_int_equal(fdt_property_u32(blob, i % 2 ? "b" : "a", i), 0);
    size = finish();
    assert_int_equal(device_tree_parse(blob, size, &tree), 0);
    assert_true(device_tree_cell(tree, 0, "a", &cell));
    assert_int_equal(cell, 0);
    assert_true(device_tree_cell(tree, 0, "b", &cell));
    assert_int_equal(cell, 1);
    device_tree_free(tree);
}

static void a_property_behind_a_child_is_not_seen(void **state)
{
    DeviceTree *tree;
    size_t size;

    (void)state;
    start(4096);
    assert_int_equal(fdt_begin_node(blob, "child"), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_property_u32(blob, "late", 1), 0);
    size = finish();
    assert_int_equal(device_tree_parse(blob, size, &tree), 0);
    assert_null(device_tree_property(tree, 0, "late", &size));
    device_tree_free(tree);
}

/* The structure block of make_small(), in cells: 0 root, 1 "", 2 property, 3 length, 4 name,
 * 5 value, 6 node, 7-8 "soc@0", 9 property, 10 length, 11 name, 12 value, 13 14 ends, 15 end. */
static void a_spoilt_piece_is_refused(void **state)
{
    static const struct {
        size_t at;
        uint32_t number;
    } spoilt[] = {
        { 3, UINT32_MAX },   { 3, 0x80000000 }, { 3, 0xfffffff4 }, { 3, 0xffffffd0 },
        { 3, 4096 },         { 4, 0x7fffffff }, { 4, UINT32_MAX }, { 0, FDT_NOP },
        { 0, FDT_END_NODE }, { 6, FDT_END },    { 14, FDT_END },   { 15, FDT_END_NODE },
        { 15, FDT_NOP },     { 2, 5 },          { 13, FDT_PROP },  { 8, 0x41414141 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
        size_t size = make_small();

        assert_int_equal(parse(size), 0);
        spoil(spoilt[i].at, spoilt[i].number);
        if (parse(size) != -EBADMSG)
            fail_msg("cell %zu = %#x was taken", spoilt[i].at, spoilt[i].number);
    }
}

static void a_truncated_tree_is_refused(void **state)
{
    size_t size = make_small();

    (void)state;
    for (size_t length = 0; length < size; length++)
        assert_int_equal(parse(length), -EBADMSG);
}

static void a_header_that_lies_is_refused(void **state)
{
    /* 5 is the version: a later one is fine if it is compatible; 7 is the boot CPU */
    static const uint32_t fields[] = { 0, 1, 2, 3, 4, 6, 8, 9 };
    static const uint32_t lies[] = { UINT32_MAX, 0x80000000, 0x7ffffffc, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        for (size_t j = 0; j < sizeof(lies) / sizeof(lies[0]); j++) {
            size_t size = make_small();

            fdt32_st(blob + 4 * fields[i], lies[j]);
            if (fields[i] == 6 && lies[j] == 1) /* last compatible version: true of 17 */
                continue;
            if (parse(size) != -EBADMSG)
                fail_msg("header field %u = %#x was taken", fields[i], lies[j]);
        }
}

static void formats_before_16_are_refused(void **state)
{
    size_t size = make_small();

    (void)state;
    fdt_set_version(blob, 16);
    assert_int_equal(parse(size), 0);
    fdt_set_version(blob, 15);
    fdt_set_last_comp_version(blob, 1);
    assert_int_equal(parse(size), -EBADMSG);
}

/* Found by fuzzing: libfdt 1.6.1 walks it for ever. */
static void a_length_that_leads_back_is_refused(void **state)
{
    FILE *file = fopen("tests/fuzz/corpus/device-tree/length-that-leads-back.dtb", "re");
    size_t size;

    (void)state;
    assert_non_null(file);
    size = fread(blob, 1, sizeof(blob), file);
    fclose(file);
    assert_int_equal(size, 1235);
    assert_int_equal(parse(size), -EBADMSG);
}

static void too_deep_or_too_long_a_name_is_too_big(void **state)
{
    char name[STRUCTURE_MAX_NAME + 2];

    (void)state;
    for (size_t depth = DEVICE_TREE_MAX_DEPTH; depth <= DEVICE_TREE_MAX_DEPTH + 1; depth++) {
        start(65536);
        for (size_t i = 1; i < depth; i++)
            assert_int_equal(fdt_begin_node(blob, "n"), 0);
        for (size_t i = 1; i < depth; i++)
            assert_int_equal(fdt_end_node(blob), 0);
        assert_int_equal(parse(finish()), depth > DEVICE_TREE_MAX_DEPTH ? -E2BIG : 0);
    }
    for (size_t length = STRUCTURE_MAX_NAME; length <= STRUCTURE_MAX_NAME + 1; length++) {
        int wanted = length > STRUCTURE_MAX_NAME ? -E2BIG : 0;

        memset(name, 'n', length);
        name[length] = '\0';
        start(65536);
        assert_int_equal(fdt_property_u32(blob, name, 1), 0);
        assert_int_equal(parse(finish()), wanted);
        start(65536);
        assert_int_equal(fdt_begin_node(blob, name), 0);
        assert_int_equal(fdt_end_node(blob), 0);
        assert_int_equal(parse(finish()), wanted);
    }
}

/* As many properties as the largest tree holds, all of one long name: the check and each question
 * stay cheap. */
static void the_worst_tree_ends_soon(void **state)
{
    char name[STRUCTURE_MAX_NAME + 1] = { 0 };
    size_t n = (sizeof(blob) - 4096) / 12, size;
    DeviceTree *tree;

    (void)state;
    memset(name, 'n', STRUCTURE_MAX_NAME);
    start(sizeof(blob));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(fdt_property(blob, name, "", 0), 0);
    size = finish();
    assert_true(size > sizeof(blob) - 8192);
    alarm(PATIENCE_SEC);
    assert_int_equal(device_tree_parse(blob, size, &tree), 0);
    for (size_t i = 0; i < n; i++)
        assert_non_null(device_tree_property(tree, 0, name, &size));
    alarm(0);
    device_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_it_is_found),
        cmocka_unit_test(the_first_of_a_name_counts),
        cmocka_unit_test(a_property_behind_a_child_is_not_seen),
        cmocka_unit_test(a_spoilt_piece_is_refused),
        cmocka_unit_test(a_truncated_tree_is_refused),
        cmocka_unit_test(a_header_that_lies_is_refused),
        cmocka_unit_test(formats_before_16_are_refused),
        cmocka_unit_test(a_length_that_leads_back_is_refused),
        cmocka_unit_test(too_deep_or_too_long_a_name_is_too_big),
        cmocka_unit_test(the_worst_tree_ends_soon),
    };

    return cmocka_run_group_tests_name("placement/device-tree", tests, NULL, NULL);
}
