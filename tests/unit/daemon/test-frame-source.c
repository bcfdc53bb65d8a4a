/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells frames on this host. The p2m itself needs a PV Dom0; what a list means is tested in
 * placement.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/frame-source.h"
#include "placement/frame.h"

static void a_pfn_may_be_the_frame(void **state)
{
    uint64_t address[] = { 0x12345000, FRAME_UNKNOWN };
    FrameSource *source = NULL;
    char *reason = NULL;

    (void)state;
    assert_int_equal(frame_source_open(FRAME_RULE_PFN, &source, &reason), 1);
    assert_int_equal(frame_source_translate(source, 4096, 2, address), 0);
    assert_int_equal(address[0], 0x12345000);
    assert_true(address[1] == FRAME_UNKNOWN);
    assert_null(frame_source_close(source));
    assert_null(frame_source_close(NULL));
}

static void an_unknown_rule_is_a_reason(void **state)
{
    FrameSource *source = NULL;
    char *reason = NULL;

    (void)state;
    assert_int_equal(frame_source_open(FRAME_RULE_UNKNOWN, &source, &reason), 0);
    assert_null(source);
    assert_non_null(strstr(reason, "not known"));
    free(reason);
}

static void no_privcmd_is_a_reason(void **state)
{
    FrameSource *source = NULL;
    char *reason = NULL;

    (void)state;
    if (access("/proc/xen/privcmd", F_OK) == 0 || access("/dev/xen/privcmd", F_OK) == 0)
        skip();
    assert_int_equal(frame_source_open(FRAME_RULE_P2M, &source, &reason), 0);
    assert_null(source);
    assert_non_null(strstr(reason, "p2m"));
    assert_non_null(strstr(reason, "privcmd"));
    free(reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pfn_may_be_the_frame),
        cmocka_unit_test(an_unknown_rule_is_a_reason),
        cmocka_unit_test(no_privcmd_is_a_reason),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
