/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a run by schedule may start: each guard, its edges, and which one speaks first. */
#include "bench/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SEC  UINT64_C(1000000)
#define HOUR (3600 * SEC)
#define DAY  (24 * HOUR)
#define WALL (UINT64_C(20000) * DAY) /* a date of 2024 */

static const ScheduleRules rules = {
    .boot_wait_usec = 600 * SEC,
    .interval_usec = 20 * HOUR,
    .quiet_window_usec = 30 * SEC,
    .max_cpu_busy_percent = 20,
    .max_disk_busy_percent = 5,
};

typedef struct Case {
    const char *name;
    ScheduleMoment moment;
    ScheduleCause cause;
    const char *says; /* part of the reason, or NULL */
} Case;

#define UP(boottime, realtime, sync)                                                               \
    {                                                                                              \
        (boottime), (realtime), (sync)                                                             \
    }

static const Case cases[] = {
    { "first run ever", { .now = UP(600 * SEC, WALL, true) }, SCHEDULE_START, NULL },
    { "one second early",
      { .now = UP(599 * SEC, WALL, true) },
      SCHEDULE_BOOT,
      "up for 9 min, and for the first 10 min" },
    { "just booted", { .now = UP(3 * SEC, WALL, true) }, SCHEDULE_BOOT, "up for 3 s" },
    { "too soon in this boot",
      { .now = UP(21 * HOUR, WALL, true),
        .has_last = true,
        .last_same_boot = true,
        .last = UP(2 * HOUR, WALL - 19 * HOUR, true) },
      SCHEDULE_INTERVAL,
      "19 h ago" },
    { "long enough in this boot",
      { .now = UP(22 * HOUR, WALL, true),
        .has_last = true,
        .last_same_boot = true,
        .last = UP(2 * HOUR, WALL - 20 * HOUR, true) },
      SCHEDULE_START,
      NULL },
    { "in this boot the wall clock has no say",
      { .now = UP(3 * HOUR, WALL + 400 * DAY, true),
        .has_last = true,
        .last_same_boot = true,
        .last = UP(2 * HOUR, WALL, true) },
      SCHEDULE_INTERVAL,
      "60 min ago" },
    { "too soon over a reboot",
      { .now = UP(HOUR, WALL, true),
        .has_last = true,
        .last = UP(9 * HOUR, WALL - 2 * HOUR, true) },
      SCHEDULE_INTERVAL,
      "2 h ago" },
    { "long enough over a reboot",
      { .now = UP(HOUR, WALL, true), .has_last = true, .last = UP(9 * HOUR, WALL - DAY, true) },
      SCHEDULE_START,
      NULL },
    { "a clock that stands still over reboots: the uptime counts",
      { .now = UP(20 * HOUR, WALL, false), .has_last = true, .last = UP(9 * HOUR, WALL, false) },
      SCHEDULE_START,
      NULL },
    { "and holds it up as well",
      { .now = UP(19 * HOUR, WALL, false), .has_last = true, .last = UP(9 * HOUR, WALL, false) },
      SCHEDULE_INTERVAL,
      "19 h ago" },
    { "set back from a time that was right",
      { .now = UP(HOUR, WALL - DAY, false), .has_last = true, .last = UP(9 * HOUR, WALL, true) },
      SCHEDULE_INTERVAL,
      "60 min ago" },
    { "put right from a time that was wrong",
      { .now = UP(HOUR, WALL - DAY, true), .has_last = true, .last = UP(9 * HOUR, WALL, false) },
      SCHEDULE_START,
      NULL },
    { "another run",
      { .now = UP(HOUR, WALL, true), .is_running = true },
      SCHEDULE_RUNNING,
      "under way" },
    { "another run, which is the last one, and has not ended",
      { .now = UP(HOUR, WALL, true),
        .has_last = true,
        .last_same_boot = true,
        .last = UP(HOUR - SEC, WALL - SEC, true),
        .is_running = true },
      SCHEDULE_RUNNING,
      "under way" },
    { "the latch speaks first",
      { .now = UP(SEC, WALL, true), .latched = "cafe", .is_running = true },
      SCHEDULE_LATCHED,
      "2 times in a row while a run was under way, the last time under run cafe" },
};

static void test_the_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ScheduleAnswer answer = schedule_consider(&rules, &cases[i].moment);

        if (answer.cause != cases[i].cause ||
            (cases[i].says && !strstr(answer.reason, cases[i].says)))
            fail_msg("%s: %s: %s", cases[i].name, schedule_cause_name(answer.cause), answer.reason);
        if (answer.cause != SCHEDULE_START)
            assert_non_null(answer.remedy);
    }
}

static void test_no_guard_by_the_owners_wish(void **state)
{
    static const ScheduleRules none = { .quiet_window_usec = SEC };
    ScheduleMoment moment = { .has_last = true, .last_same_boot = true };

    (void)state;
    assert_int_equal(schedule_consider(&none, &moment).cause, SCHEDULE_START);
}

static void test_the_host(void **state)
{
    static const struct {
        ScheduleSample sample;
        ScheduleCause cause;
        const char *says;
    } hosts[] = {
        { { 0, 0, "mmcblk0", false }, SCHEDULE_START, NULL },
        { { 0.2, 0.05, "mmcblk0", false }, SCHEDULE_START, NULL },
        { { 0.2, 0.06, "mmcblk0", false }, SCHEDULE_BUSY, "over 30 s mmcblk0 was busy for 6.0 %" },
        { { 0.21, 0.05, "mmcblk0", false }, SCHEDULE_BUSY, "the CPU was busy for 21.0 %" },
        { { NAN, 0, "mmcblk0", false }, SCHEDULE_BUSY, "the CPU was cannot be read" },
        { { 0, NAN, "mmcblk0", false }, SCHEDULE_BUSY, "mmcblk0 was cannot be read" },
        { { NAN, NAN, "mmcblk1", true }, SCHEDULE_WORN, "the card behind mmcblk1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        ScheduleAnswer answer = schedule_judge(&rules, &hosts[i].sample);

        if (answer.cause != hosts[i].cause ||
            (hosts[i].says && !strstr(answer.reason, hosts[i].says)))
            fail_msg("%zu: %s: %s", i, schedule_cause_name(answer.cause), answer.reason);
    }
}

static void test_every_cause_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < SCHEDULE_CAUSES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(schedule_cause_name((ScheduleCause)i),
                                    schedule_cause_name((ScheduleCause)k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_moment),
        cmocka_unit_test(test_no_guard_by_the_owners_wish),
        cmocka_unit_test(test_the_host),
        cmocka_unit_test(test_every_cause_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
