/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a leg of our own I/O, by how it ended. */
#include "daemon/foreign-result.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LEG_BYTES (UINT64_C(64) << 10)

static const Workload workload = { "w", IO_PATTERN_SEQ_WRITE, 4096, 1, LEG_BYTES };

/* The only reason that it has, which names this. */
static void expect_failure(const ForeignIoEnd *end, const char *named)
{
    FioResult result;
    const char *reason;

    assert_int_equal(foreign_result_build(end, &workload, 1000, &result), 0);
    assert_false(result.passed);
    assert_int_equal(json_array_size(result.reasons), 1);
    reason = json_string_value(json_array_get(result.reasons, 0));
    if (!strstr(reason, named))
        fail_msg("'%s' does not name '%s'", reason, named);
    fio_result_done(&result);
}

static void test_all_of_it(void **state)
{
    ForeignIoEnd end = { .bytes = LEG_BYTES };
    FioResult result;

    (void)state;
    assert_int_equal(foreign_result_build(&end, &workload, 1000, &result), 0);
    assert_true(result.passed);
    assert_string_equal(result.version, FOREIGN_RESULT_VERSION);
    assert_int_equal(result.bytes, LEG_BYTES);
    assert_true(result.bw_bytes_per_sec == LEG_BYTES * 1e3);
    assert_true(result.lat_ns.mean == 62500); /* 16 blocks in a millisecond */
    fio_result_done(&result);
}

static void test_each_other_end_has_its_reason(void **state)
{
    (void)state;
    expect_failure(&(ForeignIoEnd) { .bytes = 8192, .error = EIO, .error_at = 12288 },
                   "at offset 12288 failed: Input/output error");
    expect_failure(&(ForeignIoEnd) { .bytes = 8192, .timed_out = true },
                   "8192 bytes of 65536 within its time");
    expect_failure(&(ForeignIoEnd) { .bytes = LEG_BYTES, .sync_error = ENOSPC },
                   "all blocks were written, but the flush behind them failed (fsync): No space");
    expect_failure(&(ForeignIoEnd) { .open_error = ENXIO },
                   "could not be opened again, so nothing was moved: No such device or address");
    expect_failure(&(ForeignIoEnd) { .open_error = EROFS },
                   "Read-only file system; the kernel lets nobody write to its file system any");
    expect_failure(&(ForeignIoEnd) { .bytes = 4096 }, "4096 bytes were moved of 65536");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_of_it),
        cmocka_unit_test(test_each_other_end_has_its_reason),
    };

    return cmocka_run_group_tests_name("foreign-result", tests, NULL, NULL);
}
