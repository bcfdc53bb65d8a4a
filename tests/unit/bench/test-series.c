/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/series.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/environment.h"
#include "common/cleanup.h"
#include "common/json.h"

static json_t *load_report(const char *name)
{
    char path[256];
    json_t *report;

    snprintf(path, sizeof(path), "tests/golden/bench/%s.json", name);
    report = json_load_file(path, 0, NULL);
    assert_non_null(report);
    json_object_set_new(report, "target",
                        json_pack("{s:s, s:s, s:s}", "kind", "file", "block", "mmcblk0", "cid",
                                  "aa585951454d5521a0deadbeef016219"));
    return report;
}

static const SeriesSample *find(const SeriesSample *samples, size_t n, SeriesMetric metric,
                                const char *workload, DmaPath path)
{
    for (size_t i = 0; i < n; i++)
        if (samples[i].key.metric == metric && samples[i].key.path == path &&
            strcmp(samples[i].key.workload, workload) == 0)
            return &samples[i];
    return NULL;
}

static void test_a_report_adds_to_each_series(void **state)
{
    _cleanup_json_ json_t *report = load_report("report-pass");
    _cleanup_free_ SeriesSample *samples = NULL;
    const SeriesSample *sample;
    size_t n;

    (void)state;
    assert_int_equal(series_samples_of_report(report, &samples, &n), 0);
    assert_int_equal(n, 4 * 7);
    sample = find(samples, n, SERIES_THROUGHPUT, "seq-read-64k-qd4", DMA_PATH_BOUNCE);
    assert_non_null(sample);
    assert_true(sample->value == 33141600.0 && sample->low == 32572800.0);
    assert_int_equal(sample->n, 6);
    assert_string_equal(sample->key.target, "aa585951454d5521a0deadbeef016219");
    assert_true(sample->key.leg_bytes == 8388608);
    sample = find(samples, n, SERIES_RATIO, "seq-read-64k-qd4", DMA_PATH_UNKNOWN);
    assert_non_null(sample);
    assert_true(sample->value == 1.251694 && sample->low == 1.22104 && sample->high == 1.294456);
}

static void test_a_path_that_was_not_run_adds_nothing(void **state)
{
    _cleanup_json_ json_t *report = load_report("report-unreachable");
    _cleanup_free_ SeriesSample *samples = NULL;
    size_t n;

    (void)state;
    assert_int_equal(series_samples_of_report(report, &samples, &n), 0);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(samples[i].key.path, DMA_PATH_DIRECT);
}

static void test_too_few_legs_add_nothing(void **state)
{
    _cleanup_json_ json_t *report = load_report("report-pass");
    json_t *workload = json_array_get(json_object_get(report, "workloads"), 0);
    _cleanup_free_ SeriesSample *samples = NULL;
    size_t n;

    (void)state;
    json_object_set_new(json_object_get(workload, "direct"), "n", json_integer(5));
    json_object_del(json_object_get(workload, "ratio"), "low");
    assert_int_equal(series_samples_of_report(report, &samples, &n), 0);
    assert_int_equal(n, 4 * 7 - 4);
    assert_null(find(samples, n, SERIES_RATIO, "seq-read-64k-qd4", DMA_PATH_UNKNOWN));
}

static void test_what_is_no_report_adds_nothing(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"target\":{\"cid\":\"a\"},\"workloads\":7}",
        "{\"target\":{\"cid\":\"a\"},\"workloads\":[7,null,{\"name\":5}]}",
        "{\"target\":{\"cid\":\"a\"},\"workloads\":[{\"name\":\"w\",\"leg_bytes\":1,\"direct\":"
        "{\"n\":6,\"bw_bytes_per_sec\":{\"median\":-1}}}]}",
        "{\"target\":{},\"workloads\":[{\"name\":\"w\",\"leg_bytes\":1,\"direct\":"
        "{\"n\":6,\"bw_bytes_per_sec\":{\"median\":1}}}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        _cleanup_json_ json_t *report = json_loads(texts[i], 0, NULL);
        _cleanup_free_ SeriesSample *samples = NULL;
        size_t n = 1;

        assert_non_null(report);
        assert_int_equal(series_samples_of_report(report, &samples, &n), 0);
        assert_int_equal(n, 0);
    }
}

static void test_a_key_round_trip(void **state)
{
    SeriesKey key = { .target = "aa",
                      .metric = SERIES_LATENCY_P99,
                      .workload = "rand-read-4k-qd1",
                      .leg_bytes = 1048576,
                      .path = DMA_PATH_BOUNCE };
    _cleanup_json_ json_t *json = series_key_to_json(&key);
    char text[SERIES_NAME_BYTES];
    SeriesKey read;

    (void)state;
    assert_int_equal(series_key_from_json(json, &read), 0);
    assert_true(series_key_equal(&key, &read));
    series_key_text(&key, text);
    assert_string_equal(text, "latency-p99 of rand-read-4k-qd1, bounce");
    json_object_del(json, "path");
    assert_int_equal(series_key_from_json(json, &read), -EBADMSG);
    json_object_set_new(json, "metric", json_string("ratio"));
    assert_int_equal(series_key_from_json(json, &read), 0);
    json_object_set_new(json, "metric", json_string("heat"));
    assert_int_equal(series_key_from_json(json, &read), -EBADMSG);
}

/* --- environments -------------------------------------------------------------------------- */

static json_t *load_environment(void)
{
    _cleanup_json_ json_t *report = load_report("report-pass");

    json_object_set_new(
        report, "environment",
        json_pack(
            "{s:s, s:s, s:s, s:s, s:I, s:I, s:{s:s, s:s}, s:{s:{s:s, s:s}, s:{s:s}}, s:s, s:s}",
            "kernel_release", "6.1.0-44", "kernel_version", "#1", "xen_version", "4.17.6",
            "dt_sha256", "ab", "pool_bytes", (json_int_t)67108864, "memory_bytes",
            (json_int_t)3221225472, "boot_mode", "mode", "xen-dom0", "swiotlb", "", "bus_timing",
            "mmc0", "clock", "50000000 Hz", "width", "2 (4 bits)", "mmc1", "clock", "1", "governor",
            "performance", "fio", "fio-3.33"));
    json_object_set_new(report, "device", json_pack("{s:s}", "host", "mmc0"));
    return environment_of_report(report);
}

static void test_the_facts_of_a_report(void **state)
{
    _cleanup_json_ json_t *facts = load_environment();

    (void)state;
    assert_string_equal(json_get_string(facts, "pool_bytes", ""), "67108864");
    assert_string_equal(json_get_string(facts, "memory_bytes", ""), "3221225472");
    assert_string_equal(json_get_string(facts, "bus_timing", ""),
                        "clock 50000000 Hz, width 2 (4 bits)");
    assert_string_equal(json_get_string(facts, "boot_mode", ""), "xen-dom0");
    assert_string_equal(json_get_string(facts, "swiotlb", "?"), "");
    assert_string_equal(json_get_string(facts, "card", ""), "aa585951454d5521a0deadbeef016219");
    assert_string_equal(json_get_string(facts, "pages", ""), "4096");
    assert_null(json_object_get(facts, "trace")); /* unknown */
}

static void test_what_differs_is_named(void **state)
{
    _cleanup_json_ json_t *a = load_environment(), *b = load_environment();
    _cleanup_json_ json_t *list = NULL;
    _cleanup_free_ char *text = NULL;
    unsigned facts;

    (void)state;
    assert_int_equal(environment_differing(a, b), 0);
    json_object_set_new(b, "kernel_release", json_string("6.1.0-45"));
    json_object_del(b, "governor"); /* known is not like unknown */
    facts = environment_differing(a, b);
    assert_int_equal(facts, ENVIRONMENT_FACT_BIT(ENVIRONMENT_KERNEL_RELEASE) |
                                ENVIRONMENT_FACT_BIT(ENVIRONMENT_GOVERNOR));
    text = environment_differences_text(a, b, facts);
    assert_string_equal(text, "kernel_release 6.1.0-44 -> 6.1.0-45, governor performance -> "
                              "unknown");
    list = environment_differences_to_json(a, b, facts);
    assert_int_equal(json_array_size(list), 2);
    assert_true(json_is_null(json_object_get(json_array_get(list, 1), "after")));
}

/* A bench on granted pages tells no fio: whichever was installed moved none of its figures. */
static void test_fio_differs_only_where_it_was_used(void **state)
{
    _cleanup_json_ json_t *a = load_environment(), *b = load_environment();

    (void)state;
    json_object_set_new(b, "fio", json_string("fio-3.39"));
    assert_int_equal(environment_differing(a, b), ENVIRONMENT_FACT_BIT(ENVIRONMENT_FIO));
    json_object_del(b, "fio");
    assert_int_equal(environment_differing(a, b), 0);
    assert_int_equal(environment_differing(b, a), 0);
    json_object_set_new(b, "trace", json_string("another"));
    assert_int_equal(environment_differing(a, b), ENVIRONMENT_FACT_BIT(ENVIRONMENT_TRACE));
}

static void test_a_dimension_covers_what_goes_with_it(void **state)
{
    static const struct {
        unsigned facts;
        const char *name;
    } rows[] = {
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_KERNEL_VERSION), "kernel" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_DT_SHA256), "firmware" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_XEN_VERSION), "xen" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_BOOT_MODE) |
              ENVIRONMENT_FACT_BIT(ENVIRONMENT_XEN_VERSION) |
              ENVIRONMENT_FACT_BIT(ENVIRONMENT_DT_SHA256),
          "boot-mode" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_SWIOTLB), "boot-mode" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_KERNEL_RELEASE) |
              ENVIRONMENT_FACT_BIT(ENVIRONMENT_GOVERNOR),
          NULL },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_XDMAD), "xdmad" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_MEMORY_BYTES), "memory" },
        { ENVIRONMENT_FACT_BIT(ENVIRONMENT_MEMORY_BYTES) |
              ENVIRONMENT_FACT_BIT(ENVIRONMENT_BOOT_MODE),
          "boot-mode" },
        { 0, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const EnvironmentDimension *dimension = environment_dimension_of(rows[i].facts);

        if (rows[i].name)
            assert_string_equal(dimension->name, rows[i].name);
        else
            assert_null(dimension);
    }
    assert_null(environment_dimension_by_name("weather"));
    assert_ptr_equal(environment_dimension_by_name("boot-mode"),
                     environment_dimension_of(ENVIRONMENT_FACT_BIT(ENVIRONMENT_BOOT_MODE)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_report_adds_to_each_series),
        cmocka_unit_test(test_a_path_that_was_not_run_adds_nothing),
        cmocka_unit_test(test_too_few_legs_add_nothing),
        cmocka_unit_test(test_what_is_no_report_adds_nothing),
        cmocka_unit_test(test_a_key_round_trip),
        cmocka_unit_test(test_the_facts_of_a_report),
        cmocka_unit_test(test_what_differs_is_named),
        cmocka_unit_test(test_fio_differs_only_where_it_was_used),
        cmocka_unit_test(test_a_dimension_covers_what_goes_with_it),
    };

    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
