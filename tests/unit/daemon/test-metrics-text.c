/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text against its golden (tests/golden/daemon; GOLDEN_UPDATE writes it anew), and
 * what foreign words may do to it. That a real promtool takes it: tests/host/test-history.sh.
 */
#include "daemon/metrics-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"

static json_t *load(const char *path)
{
    json_t *json = json_load_file(path, 0, NULL);

    assert_non_null(json);
    return json;
}

static json_t *figure(const char *metric, const char *workload, const char *path, double value,
                      const char *state)
{
    return json_pack("{s:s, s:s, s:s, s:s*, s:f, s:f, s:f, s:s*}", "target", "aa", "metric", metric,
                     "workload", workload, "path", path, "value", value, "low", value * 0.99,
                     "high", value * 1.01, "state", state);
}

static json_t *make_last_bench(void)
{
    return json_pack("{s:{s:b, s:s, s:I}, s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:[o, o, o, o]}", "run",
                     "clock_synchronised", 1, "profile", "quick", "ended_realtime_usec",
                     (json_int_t)1795352100999999, "environment", "boot_mode", "xen-dom0",
                     "xen_version", "4.17.6", "model", "Raspberry Pi 4 Model B Rev 1.4",
                     "kernel_release", "6.1.0-43-arm64", "card", "aa585951454d5521a0deadbeef016219",
                     "pages", "4096", "figures",
                     figure("throughput", "seq-read-64k-qd4", "direct", 41316000, "no_change"),
                     figure("throughput", "seq-read-64k-qd4", "bounce", 33141600.5, "regressed"),
                     figure("ratio", "seq-read-64k-qd4", NULL, 1.251694, "suspected"),
                     figure("latency-p99", "seq-read-64k-qd4", "direct", 12690020, NULL));
}

static json_t *make_schedule(void)
{
    return json_pack("{s:i, s:{s:b, s:I}, s:{s:i, s:s, s:s}}", "unclean_boots", 1, "last",
                     "clock_synchronised", 1, "ended_realtime_usec", (json_int_t)1795300000000000,
                     "refused", "n", 3, "cause", "busy", "reason", "the host is not quiet");
}

static char *build(const json_t *inspection, const json_t *last_run, const json_t *last_bench)
{
    _cleanup_json_ json_t *findings =
        json_pack("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]", "id", "PATH-02", "severity", "error",
                  "id", "PATH-04", "severity", "critical", "id", "PATH-02", "severity", "error");
    _cleanup_json_ json_t *cards = json_pack("[{s:s}]", "card", "disk:mmcblk9");
    _cleanup_json_ json_t *schedule = last_run ? make_schedule() : NULL;
    MetricsInput input = {
        .schedule = schedule,
        .version = "0.1.0",
        .inspection = inspection,
        .last_run = last_run,
        .last_run_findings = findings,
        .last_bench = last_bench,
        .n_corruptions = 2,
        .corrupt_cards = cards,
        .running = true,
        .n_queued = 2,
        .charged_bytes = 123456789,
        .budget_bytes = UINT64_C(8) << 30,
        .realtime_usec = last_run ? UINT64_C(1795352200999999) : 0,
    };
    char *text = metrics_text_build(&input);

    assert_non_null(text);
    return text;
}

static size_t count_samples(const char *text)
{
    size_t n = 0;

    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        n += *line != '#';
    return n;
}

static void assert_golden(const char *text, const char *name)
{
    _cleanup_free_ char *golden = calloc(1, 65536);
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "tests/golden/daemon/%s.prom", name);
    if (getenv("GOLDEN_UPDATE")) {
        file = fopen(path, "we");
        fputs(text, file);
        fclose(file);
    }
    file = fopen(path, "re");
    assert_non_null(file);
    (void)!fread(golden, 1, 65535, file);
    fclose(file);
    assert_string_equal(text, golden);
}

static json_t *make_last_run(bool synchronised)
{
    return json_pack("{s:s, s:s, s:b, s:I}", "kind", "bench", "verdict", "regression",
                     "clock_synchronised", synchronised, "ended_realtime_usec",
                     (json_int_t)1795352100999999);
}

/* Every family has a sample: tests/rules takes from here what there is to ask for. */
static void test_golden(void **state)
{
    _cleanup_json_ json_t *inspection = load("tests/golden/client/inspect-dom0.json");
    _cleanup_json_ json_t *last_bench = make_last_bench();
    _cleanup_json_ json_t *last_run = make_last_run(true);
    _cleanup_free_ char *text = NULL;

    (void)state;
    json_object_set_new(json_array_get(json_object_get(inspection, "devices"), 1), "card",
                        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", "DG4016", "manfid",
                                  "0x000045", "cid", "450100444734303136", "type", "MMC",
                                  "pre_eol_info", "0x01", "life_time", "0x02 0x03"));
    json_object_set_new(json_object_get(last_bench, "environment"), "card",
                        json_string("450100444734303136"));
    json_object_set_new(json_object_get(inspection, "environment"), "model",
                        json_string("Raspberry Pi 4 Model B Rev 1.4"));
    text = build(inspection, last_run, last_bench);
    assert_golden(text, "metrics");
}

static void test_a_clock_that_nobody_keeps(void **state)
{
    _cleanup_json_ json_t *inspection = load("tests/golden/client/inspect-dom0.json");
    _cleanup_json_ json_t *last_bench = make_last_bench();
    _cleanup_json_ json_t *last_run = make_last_run(false);
    _cleanup_free_ char *text = build(inspection, last_run, last_bench);

    (void)state;
    assert_null(strstr(text, "xdmad_last_run_end_time")); /* by that clock there is no time */
    assert_non_null(strstr(text, "xdmad_last_bench_end_time_seconds 1795352100\n"));
}

/* An eMMC's wear by its registers; SD cards, and those that have not said it, have none. */
static void test_wear(void **state)
{
    _cleanup_json_ json_t *inspection =
        json_pack("{s:[{s:s, s:{s:s, s:s}}, {s:s, s:{s:s, s:s}}, {s:s, s:{}}]}", "devices", "name",
                  "mmc0", "card", "pre_eol_info", "0x02", "life_time", "0x03 0x0b", "name", "mmc1",
                  "card", "pre_eol_info", "0x00", "life_time", "0x00 0x00", "name", "mmc2", "card");
    _cleanup_free_ char *text = build(inspection, NULL, NULL);

    (void)state;
    assert_non_null(strstr(text, "xdmad_card_pre_eol{device=\"mmc0\"} 2\n"));
    assert_non_null(strstr(text, "xdmad_card_life_used_ratio{device=\"mmc0\"} 1.1\n"));
    assert_null(strstr(text, "xdmad_card_pre_eol{device=\"mmc1\"}")); /* 0 is not defined */
    assert_null(strstr(text, "xdmad_card_life_used_ratio{device=\"mmc1\"}"));
    assert_null(strstr(text, "xdmad_card_pre_eol{device=\"mmc2\"}"));
}

/* Its name is told only while it is in the host; figures of another one are not given its name. */
static void test_a_card_that_is_no_longer_there(void **state)
{
    _cleanup_json_ json_t *inspection = load("tests/golden/client/inspect-dom0.json");
    _cleanup_json_ json_t *last_bench = make_last_bench();
    _cleanup_free_ char *text = NULL;

    (void)state;
    json_object_set_new(json_object_get(last_bench, "environment"), "card", json_string("other"));
    text = build(inspection, NULL, last_bench);
    assert_non_null(strstr(
        text,
        "xdmad_last_bench_info{mode=\"xen-dom0\",kernel=\"6.1.0-43-arm64\",xen=\"4.17."
        "6\",model=\"Raspberry Pi 4 Model B Rev 1.4\",pages=\"4096\",profile=\"quick\"} 1\n"));
}

static void test_a_daemon_that_knows_nothing(void **state)
{
    _cleanup_free_ char *text = build(NULL, NULL, NULL);

    (void)state;
    assert_non_null(strstr(text, "xdmad_info{version=\"0.1.0\"} 1\n"));
    assert_null(strstr(text, "verdict"));
    assert_null(strstr(text, "xdmad_metrics_time_seconds 1")); /* a clock that nobody keeps */
    assert_null(strstr(text, "xdmad_findings{"));
}

static void test_hostile_words(void **state)
{
    _cleanup_json_ json_t *inspection = json_pack(
        "{s:[{s:s, s:s, s:{s:s, s:f}}]}", "devices", "name", "a\"b\\c\nxdmad_corruption 0", "block",
        "\xc3\xa9", "share", "direct", "much", "bounce", 0.25);
    _cleanup_free_ char *text = build(inspection, NULL, NULL);

    (void)state;
    assert_non_null(strstr(text, "device=\"a\\\"b\\\\c\\nxdmad_corruption 0\",block=\"\xc3\xa9\""));
    assert_non_null(strstr(text, "path=\"bounce\"} 0.25\n"));
    assert_null(strstr(text, "path=\"direct\"")); /* what is no number is no sample */
    assert_golden(text, "metrics-hostile");
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_true(strncmp(line, "# ", 2) == 0 || strncmp(line, "xdmad_", 6) == 0);
}

/* Of two cards the one without a CID is named by its disk; a third that is latched is not there. */
static void test_corrupt_cards(void **state)
{
    _cleanup_json_ json_t *inspection = json_pack(
        "{s:[{s:s, s:s, s:{s:s}}, {s:s, s:s}, {s:s}]}", "devices", "name", "a.mmc", "block",
        "mmcblk0", "card", "cid", "aa58", "name", "b.mmc", "block", "mmcblk1", "name", "c.mmc");
    _cleanup_json_ json_t *cards =
        json_pack("[{s:s}, {s:s}]", "card", "disk:mmcblk1", "card", "bb");
    MetricsInput input = {
        .version = "0",
        .inspection = inspection,
        .corrupt_cards = cards,
        .n_corruptions = 3,
    };
    _cleanup_free_ char *text = metrics_text_build(&input);

    (void)state;
    assert_non_null(text);
    assert_non_null(strstr(text, "\nxdmad_corruption 1\n"));
    assert_non_null(
        strstr(text, "# TYPE xdmad_corruptions_total counter\nxdmad_corruptions_total 3\n"));
    assert_non_null(strstr(text, "\nxdmad_latched_cards 2\n"));
    assert_non_null(strstr(text, "xdmad_card_corrupt{device=\"a.mmc\",block=\"mmcblk0\"} 0\n"));
    assert_non_null(strstr(text, "xdmad_card_corrupt{device=\"b.mmc\",block=\"mmcblk1\"} 1\n"));
    assert_null(strstr(text, "xdmad_card_corrupt{device=\"c.mmc\""));
    assert_null(strstr(text, "bb"));
}

/* However much there is to tell. */
static void test_the_bound_on_samples(void **state)
{
    _cleanup_json_ json_t *inspection = json_pack("{s:[]}", "devices");
    _cleanup_free_ char *text = NULL;

    (void)state;
    for (int i = 0; i < 500; i++)
        json_array_append_new(json_object_get(inspection, "devices"),
                              json_pack("{s:o}", "name", json_sprintf("mmc%d", i)));
    text = build(inspection, NULL, NULL);
    assert_int_equal(count_samples(text), METRICS_MAX_SAMPLES);
    assert_null(strstr(text, "xdmad_samples_dropped 0\n"));
}

/* The largest profile on a host of two controllers has its place. */
static void test_a_full_profile_fits(void **state)
{
    _cleanup_json_ json_t *inspection = load("tests/golden/client/inspect-dom0.json");
    _cleanup_json_ json_t *figures = json_array();
    _cleanup_json_ json_t *last_bench = NULL;
    _cleanup_json_ json_t *last_run = json_pack("{s:s, s:s}", "kind", "bench", "verdict", "pass");
    _cleanup_free_ char *text = NULL;

    (void)state;
    json_array_append(json_object_get(inspection, "devices"),
                      json_array_get(json_object_get(inspection, "devices"), 0));
    for (int i = 0; i < 14; i++) {
        static const char *const metrics[] = { "throughput", "latency-p50", "latency-p99" };
        char workload[16];

        snprintf(workload, sizeof(workload), "workload-%d", i);
        for (int k = 0; k < 3; k++) {
            const char *judged = k == 0 ? "no_change" : NULL;

            json_array_append_new(figures, figure(metrics[k], workload, "direct", 5, judged));
            json_array_append_new(figures, figure(metrics[k], workload, "bounce", 5, judged));
        }
        json_array_append_new(figures, figure("ratio", workload, NULL, 1.5, "no_change"));
    }
    last_bench = json_pack("{s:O}", "figures", figures);
    text = build(inspection, last_run, last_bench);
    assert_non_null(strstr(text, "xdmad_samples_dropped 0\n"));
    assert_true(count_samples(text) <= METRICS_MAX_SAMPLES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_a_daemon_that_knows_nothing),
        cmocka_unit_test(test_a_clock_that_nobody_keeps),
        cmocka_unit_test(test_wear),
        cmocka_unit_test(test_a_card_that_is_no_longer_there),
        cmocka_unit_test(test_hostile_words),
        cmocka_unit_test(test_corrupt_cards),
        cmocka_unit_test(test_the_bound_on_samples),
        cmocka_unit_test(test_a_full_profile_fits),
    };

    return cmocka_run_group_tests_name("metrics-text", tests, NULL, NULL);
}
