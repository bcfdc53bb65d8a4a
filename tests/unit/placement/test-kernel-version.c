/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/version of many kernels, and ranges of versions at their edges. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "placement/kernel-version.h"

#define V KERNEL_NUMBER

static KernelVersion parse(const char *text)
{
    KernelVersion version;

    assert_int_equal(kernel_version_parse(text, &version), 0);
    assert_true(version.known);
    return version;
}

static void debians_package_names_the_version(void **state)
{
    KernelVersion version =
        parse("Linux version 6.1.0-56-arm64 (debian-kernel@lists.debian.org) (gcc-12 (Debian "
              "12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Debian "
              "6.1.192-2 (2026-11-16)\n");

    (void)state;
    assert_int_equal(version.origin, KERNEL_ORIGIN_DEBIAN);
    assert_int_equal(version.number, V(6, 1, 192));
    assert_int_equal(version.package, 2);
    assert_string_equal(version.release, "6.1.0-56-arm64");
    version = parse("Linux version 6.12.9+bpo-arm64 (x) #1 SMP Debian 6.12.9-1~bpo12+1 (2025)");
    assert_int_equal(version.origin, KERNEL_ORIGIN_DEBIAN);
    assert_int_equal(version.number, V(6, 12, 9));
    assert_int_equal(version.package, 1);
}

static void a_vendors_kernel_is_told(void **state)
{
    static const char *const vendors[] = {
        "Linux version 6.6.31+rpt-rpi-v8 (serge@raspberrypi.com) (gcc-12 (Debian 12.2.0-14) "
        "12.2.0) #1 SMP PREEMPT Debian 1:6.6.31-1+rpt1 (2024-05-29)",
        "Linux version 5.15.32-v7l+ (dom@buildbot) (arm-linux-gnueabihf-gcc-8) #1538 SMP",
        "Linux version 6.8.0-45-generic (buildd@bos03) (gcc-13) #45-Ubuntu SMP PREEMPT_DYNAMIC",
        "Linux version 6.6.68-1.qubes.fc37.x86_64 (mockbuild@x) #1 SMP",
        "Linux version 6.6.90+ (me@here) #3 SMP",
        "Linux version 6.1.0-56-arm64 (x) #1 SMP Debian unknown",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
        assert_int_equal(parse(vendors[i]).origin, KERNEL_ORIGIN_VENDOR);
    assert_int_equal(parse("Linux version 6.6.90 (me@here) #3 SMP").origin, KERNEL_ORIGIN_UPSTREAM);
    assert_int_equal(parse("Linux version 6.15.0-rc3 (x)").origin, KERNEL_ORIGIN_UPSTREAM);
    assert_int_equal(parse("Linux version 5.9").number, V(5, 9, 0));
}

static void what_is_no_version_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "Linux",
        "Linux version ",
        "Linux version x",
        "Linux version 6",
        "Linux version 6.x",
        "Linux version 99999999999999999999.1",
        "Linux version 6.70000.1",
        "linux version 6.1.1",
        "Linux version 6.1.1111111111111111111111111111111111111111111111111111111111111111111",
    };
    KernelVersion version = { .number = 7 };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(kernel_version_parse(texts[i], &version), -EBADMSG);
    assert_int_equal(version.number, 7);
}

static KernelVersion upstream(uint64_t number)
{
    return (KernelVersion) { .known = true, .number = number, .origin = KERNEL_ORIGIN_UPSTREAM };
}

static void a_range_has_its_first_and_not_its_last(void **state)
{
    static const KernelRange ranges[] = { { V(5, 10, 35), V(5, 10, 47), false, V(5, 10, 46), 2 },
                                          { V(5, 12, 0), V(5, 12, 14), true, 0, 0 },
                                          { 0, 0, false, 0, 0 } };
    KernelVersion version = upstream(V(5, 10, 34));

    (void)state;
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_NO);
    version = upstream(V(5, 10, 35));
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_YES);
    version = upstream(V(5, 10, 46));
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_YES);
    version.origin = KERNEL_ORIGIN_DEBIAN;
    version.package = 1;
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_YES);
    version.package = 2;
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_NO);
    version = upstream(V(5, 10, 47));
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_NO);
    version = upstream(V(5, 12, 3));
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_POSSIBLE);
    version.known = false;
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_NO);
}

static void a_vendors_kernel_is_only_possible(void **state)
{
    static const KernelRange ranges[] = { { V(6, 1, 113), V(6, 1, 129), false, 0, 0 },
                                          { 0, 0, false, 0, 0 } };
    KernelVersion version = upstream(V(6, 1, 120));

    (void)state;
    version.origin = KERNEL_ORIGIN_VENDOR;
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_POSSIBLE);
    version.number = V(6, 1, 129);
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_NO);
    version.number = V(6, 1, 0); /* 6.1.0-44-whatever: its patch level says nothing */
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_POSSIBLE);
    version.number = V(6, 2, 0);
    assert_int_equal(kernel_version_match(&version, ranges), KERNEL_MATCH_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debians_package_names_the_version),
        cmocka_unit_test(a_vendors_kernel_is_told),
        cmocka_unit_test(what_is_no_version_is_refused),
        cmocka_unit_test(a_range_has_its_first_and_not_its_last),
        cmocka_unit_test(a_vendors_kernel_is_only_possible),
    };

    return cmocka_run_group_tests_name("placement/kernel-version", tests, NULL, NULL);
}
