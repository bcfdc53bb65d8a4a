/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "tests/unit/daemon/scratch.h"

static int load(void **state, const char *text, Config *config, char **error)
{
    assert_int_equal(config_init(config, "/state", "/run"), 0);
    assert_int_equal(scratch_write(state, "xdmad.conf", text), 0);
    return config_load(config, scratch_path(state, "xdmad.conf"), error);
}

static void test_all_keys(void **state)
{
    Config config;
    char *error = NULL;

    assert_int_equal(load(state,
                          "[bench]\nwrite_budget_per_day = 2G\n"
                          "[schedule]\nboot_wait_sec = 0\ninterval_hours = 2\n"
                          "quiet_window_sec = 7\nmax_cpu_busy_percent = 100\n"
                          "max_disk_busy_percent = 0\nwrite_budget_per_week = 1G\n"
                          "[arena]\nmemory_limit = 512M\ntime_limit_sec = 5\npages = huge\n"
                          "[target]\ndirectory = /media/card\n"
                          "[evidence]\nmax_bytes = 1G\nmax_age_days = 2\n"
                          "[metrics]\ntextfile_directory = /var/lib/node-exporter\n"
                          "textfile_refresh_sec = 60\n",
                          &config, &error),
                     0);
    assert_true(config.write_budget_bytes_per_day == UINT64_C(2) << 30);
    assert_true(config.schedule.boot_wait_usec == 0);
    assert_true(config.schedule.interval_usec == UINT64_C(7200000000));
    assert_true(config.schedule.quiet_window_usec == 7000000);
    assert_int_equal(config.schedule.max_cpu_busy_percent, 100);
    assert_int_equal(config.schedule.max_disk_busy_percent, 0);
    assert_true(config.schedule.write_budget_bytes_per_week == UINT64_C(1) << 30);
    assert_true(config.arena_memory_limit_bytes == UINT64_C(512) << 20);
    assert_true(config.arena_time_limit_usec == 5000000);
    assert_int_equal(config.arena_pages, ARENA_PAGES_HUGE);
    assert_string_equal(config.target_directory, "/media/card");
    assert_true(config.evidence_max_bytes == UINT64_C(1) << 30);
    assert_true(config.evidence_max_age_usec == UINT64_C(172800000000));
    assert_string_equal(config.textfile_directory, "/var/lib/node-exporter");
    assert_true(config.textfile_refresh_usec == 60000000);
    config_done(&config);
}

static void test_absent_file_leaves_the_defaults(void **state)
{
    Config config;
    char *error = NULL;

    assert_int_equal(config_init(&config, "/state", "/run"), 0);
    assert_int_equal(config_load(&config, scratch_path(state, "none"), &error), 0);
    assert_true(config.write_budget_bytes_per_day == UINT64_C(8) << 30);
    assert_true(config.schedule.boot_wait_usec == 600 * UINT64_C(1000000));
    assert_true(config.schedule.interval_usec == 20 * UINT64_C(3600000000));
    assert_true(config.schedule.write_budget_bytes_per_week == UINT64_C(4) << 30);
    assert_int_equal(config.arena_pages, ARENA_PAGES_AUTO);
    assert_null(config.target_directory);
    assert_true(config.evidence_max_bytes == UINT64_C(256) << 20);
    assert_null(config.textfile_directory);
    assert_true(config.textfile_refresh_usec == UINT64_C(21600000000));
    config_done(&config);
}

static void test_wrong_values_are_named(void **state)
{
    static const struct {
        const char *text;
        const char *names;
    } bad[] = {
        { "[bench]\nwrite_budget_per_day = lots\n", "write_budget_per_day = lots" },
        { "[arena]\ntime_limit_sec = 0\n", "whole seconds from 1 to 3600" },
        { "[schedule]\nboot_wait_sec = soon\n", "whole seconds from 0 to 86400" },
        { "[schedule]\ninterval_hours = 8761\n", "whole hours from 0 to 8760" },
        { "[schedule]\nquiet_window_sec = 0\n", "whole seconds from 1 to 600" },
        { "[schedule]\nmax_disk_busy_percent = 101\n", "whole percents from 0 to 100" },
        { "[schedule]\nwrite_budget_per_week = -1\n", "as 4G" },
        { "[arena]\npages = giant\n", "auto, base or huge" },
        { "[target]\ndirectory = relative\n", "an absolute path" },
        { "[evidence]\nmax_age_days = 0\n", "whole days from 1 to 36500" },
        { "[evidence]\nmax_bytes = much\n", "as 256M" },
        { "[metrics]\ntextfile_directory = here\n", "an absolute path, or nothing for none" },
        { "[metrics]\ntextfile_refresh_sec = 0\n", "whole seconds from 1 to 86400" },
        { "[bench]\nspeed = 1\n", "no such key" },
        { "[other]\npages = base\n", "no such key" },
        { "[bench]\njust words\n", "line 2" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        _cleanup_free_ char *error = NULL;
        Config config;

        assert_int_equal(load(state, bad[i].text, &config, &error), -EINVAL);
        assert_non_null(error);
        assert_non_null(strstr(error, bad[i].names));
        assert_non_null(strstr(error, "xdmad.conf"));
        config_done(&config);
    }
}

static void test_a_nul_byte_hides_nothing(void **state)
{
    static const char text[] = "[bench]\n\0\nwrite_budget_per_day = 1M\n";
    _cleanup_free_ char *error = NULL;
    FILE *file = fopen(scratch_path(state, "xdmad.conf"), "we");
    Config config;

    assert_non_null(file);
    assert_int_equal(fwrite(text, sizeof(text) - 1, 1, file), 1);
    fclose(file);
    assert_int_equal(config_init(&config, "/state", "/run"), 0);
    assert_int_equal(config_load(&config, scratch_path(state, "xdmad.conf"), &error), -EINVAL);
    assert_non_null(strstr(error, "NUL"));
    config_done(&config);
}

static void test_the_file_that_is_installed(void **state)
{
    Config config;
    char *error = NULL;

    (void)state;
    assert_int_equal(config_init(&config, "/state", "/run"), 0);
    assert_int_equal(config_load(&config, "conf/xdmad.conf", &error), 0);
    assert_true(config.write_budget_bytes_per_day == UINT64_C(8) << 30);
    config_done(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_keys, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_absent_file_leaves_the_defaults, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_wrong_values_are_named, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_nul_byte_hides_nothing, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(test_the_file_that_is_installed),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
