/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/evidence.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "tests/unit/daemon/scratch.h"

static int setup(void **state)
{
    if (scratch_setup(state) < 0)
        return -1;
    return mkdir(scratch_path(state, "run"), 0700) < 0 ||
                   mkdir(scratch_path(state, "state"), 0700) < 0
               ? -1
               : 0;
}

static Evidence *begin(void **state)
{
    Evidence *evidence = NULL;

    assert_int_equal(evidence_begin(scratch_path(state, "run"), "id", &evidence), 0);
    return evidence;
}

static void test_published_evidence_checks(void **state)
{
    _cleanup_json_ json_t *report = json_pack("{s:s}", "verdict", "pass");
    _cleanup_json_ json_t *read = NULL;
    _cleanup_free_ char *path = NULL;
    Evidence *evidence = begin(state);
    char command[512];

    assert_int_equal(evidence_put_json(evidence, "report.json", report), 0);
    assert_int_equal(evidence_put(evidence, "leg-000.stdout", "a\0b", 3), 0);
    assert_int_equal(evidence_put(evidence, "leg-000.stdout", "x", 1), -EEXIST);
    assert_int_equal(evidence_publish(evidence, scratch_path(state, "state"), &path), 0);
    evidence_free(evidence);
    assert_int_equal(access(scratch_path(state, "run/evidence-id"), F_OK), -1);
    assert_int_equal(evidence_read_json(path, "report.json", &read), 0);
    assert_string_equal(json_get_string(read, "verdict", ""), "pass");
    snprintf(command, sizeof(command), "cd %s && sha256sum --status -c " EVIDENCE_SEAL, path);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof(command),
             "cd %s && echo >>report.json && ! sha256sum --status -c " EVIDENCE_SEAL, path);
    assert_int_equal(system(command), 0);
}

static void test_unpublished_evidence_leaves_nothing(void **state)
{
    Evidence *evidence = begin(state);

    assert_int_equal(evidence_put_text(evidence, "request.json", "{}"), 0);
    evidence_free(evidence);
    assert_int_equal(rmdir(scratch_path(state, "run")), 0); /* it is empty */
}

static void test_what_a_dead_run_left_is_swept(void **state)
{
    assert_int_equal(mkdir(scratch_path(state, "run/evidence-dead"), 0700), 0);
    assert_int_equal(scratch_write(state, "run/evidence-dead/plan.json", "{}"), 0);
    assert_int_equal(mkdir(scratch_path(state, "state/runs"), 0700), 0);
    assert_int_equal(mkdir(scratch_path(state, "state/runs/.half-dead"), 0700), 0);
    assert_int_equal(mkdir(scratch_path(state, "state/runs/whole"), 0700), 0);
    {
        _cleanup_free_ char *run = strdup(scratch_path(state, "run"));
        evidence_sweep(run, scratch_path(state, "state"));
    }
    assert_int_equal(access(scratch_path(state, "run/evidence-dead"), F_OK), -1);
    assert_int_equal(access(scratch_path(state, "state/runs/.half-dead"), F_OK), -1);
    assert_int_equal(access(scratch_path(state, "state/runs/whole"), F_OK), 0);
}

static void test_publishing_where_it_cannot_be(void **state)
{
    _cleanup_free_ char *path = NULL;
    Evidence *evidence = begin(state);

    assert_int_equal(evidence_publish(evidence, scratch_path(state, "none/none"), &path), -ENOENT);
    assert_null(path);
    evidence_free(evidence);
}

#define scratch_test(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_published_evidence_checks),
        scratch_test(test_unpublished_evidence_leaves_nothing),
        scratch_test(test_what_a_dead_run_left_is_swept),
        scratch_test(test_publishing_where_it_cannot_be),
    };

    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
