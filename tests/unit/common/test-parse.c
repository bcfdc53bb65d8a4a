/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/parse.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_decimal(void **state)
{
    uint64_t value = 7;

    (void)state;
    assert_int_equal(parse_u64("0", &value), 0);
    assert_true(value == 0);
    assert_int_equal(parse_u64("18446744073709551615", &value), 0);
    assert_true(value == UINT64_MAX);
    value = 7;
    assert_int_equal(parse_u64("18446744073709551616", &value), -ERANGE);
    assert_int_equal(parse_u64("", &value), -EINVAL);
    assert_int_equal(parse_u64(" 1", &value), -EINVAL);
    assert_int_equal(parse_u64("1 ", &value), -EINVAL);
    assert_int_equal(parse_u64("-1", &value), -EINVAL);
    assert_int_equal(parse_u64("+1", &value), -EINVAL);
    assert_int_equal(parse_u64("0x1", &value), -EINVAL);
    assert_true(value == 7); /* untouched on failure */
}

static void test_hexadecimal(void **state)
{
    uint64_t value = 7;

    (void)state;
    assert_int_equal(parse_hex_u64("0xffffffffffffffff", &value), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(parse_hex_u64("C0000000", &value), 0);
    assert_true(value == 0xc0000000);
    assert_int_equal(parse_hex_u64("0x10000000000000000", &value), -ERANGE);
    assert_int_equal(parse_hex_u64("0x", &value), -EINVAL);
    assert_int_equal(parse_hex_u64("0xg", &value), -EINVAL);
}

static void test_bytes(void **state)
{
    uint64_t value = 7;

    (void)state;
    assert_int_equal(parse_bytes("8G", &value), 0);
    assert_true(value == UINT64_C(8) << 30);
    assert_int_equal(parse_bytes("512", &value), 0);
    assert_true(value == 512);
    assert_int_equal(parse_bytes("16777216T", &value), -ERANGE);
    assert_int_equal(parse_bytes("1KB", &value), -EINVAL);
    assert_int_equal(parse_bytes("1k", &value), -EINVAL);
    assert_int_equal(parse_bytes("G", &value), -EINVAL);
}

static void test_hex_bytes(void **state)
{
    uint8_t bytes[2] = { 1, 2 };

    (void)state;
    assert_int_equal(parse_hex_bytes("aBcD", bytes, 2), 0);
    assert_int_equal(bytes[0], 0xab);
    assert_int_equal(bytes[1], 0xcd);
    assert_int_equal(parse_hex_bytes("abc", bytes, 2), -EINVAL);
    assert_int_equal(parse_hex_bytes("abcdef", bytes, 2), -EINVAL);
    assert_int_equal(parse_hex_bytes("zzzz", bytes, 2), -EINVAL);
    assert_int_equal(bytes[0], 0xab);
}

static void test_scan_moves_behind_the_number(void **state)
{
    const char *text = "12-ff";
    uint64_t value;

    (void)state;
    assert_int_equal(scan_u64(&text, 10, &value), 0);
    assert_true(value == 12);
    assert_int_equal(*text, '-');
    assert_int_equal(scan_u64(&text, 16, &value), -EINVAL);
    text++;
    assert_int_equal(scan_u64(&text, 16, &value), 0);
    assert_true(value == 255);
    assert_int_equal(*text, '\0');
}

static void test_fields(void **state)
{
    static const char line[] = "  cpu0 1\t22  333x 18446744073709551616\n";
    uint64_t value = 7;

    (void)state;
    assert_int_equal(parse_field_u64(line, 1, &value), 0);
    assert_true(value == 1);
    assert_int_equal(parse_field_u64(line, 2, &value), 0);
    assert_true(value == 22);
    assert_int_equal(parse_field_u64(line, 0, &value), -EINVAL);
    assert_int_equal(parse_field_u64(line, 3, &value), -EINVAL);
    assert_int_equal(parse_field_u64(line, 4, &value), -ERANGE);
    assert_int_equal(parse_field_u64(line, 5, &value), -EINVAL);
    assert_int_equal(parse_field_u64("", 0, &value), -EINVAL);
    assert_true(value == 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimal), cmocka_unit_test(test_hexadecimal),
        cmocka_unit_test(test_bytes),   cmocka_unit_test(test_hex_bytes),
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_scan_moves_behind_the_number),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
