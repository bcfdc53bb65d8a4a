/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs that are not admitted: who is told of it, and of what. */
#include "daemon/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/job.h"
#include "daemon/store-schedule.h"
#include "tests/unit/daemon/peer-fixture.h"
#include "tests/unit/daemon/scratch.h"

typedef struct Fixture {
    void *directory;
    sd_event *event;
    Offload *offload;
    Store *store;
    Config config;
    Jobs *jobs;
    VarlinkServer *server;
    Client client;
    bool scheduled; /* what is asked for */
    int n_ends, n_corruptions, n_put_off;
    StoreSchedule noted; /* when it was told that one was put off */
} Fixture;

static void on_end(const RunRecord *record, void *userdata)
{
    Fixture *fixture = userdata;

    (void)record;
    fixture->n_ends++;
}

static void on_corruption(void *userdata)
{
    Fixture *fixture = userdata;

    fixture->n_corruptions++;
}

/* The offload has nothing under way: the store may be asked here. */
static void on_put_off(void *userdata)
{
    Fixture *fixture = userdata;

    fixture->n_put_off++;
    assert_int_equal(store_load_schedule(fixture->store, &fixture->noted), 0);
}

/* Every call asks for a bench. */
static void handle(PendingCall *call, void *userdata)
{
    Fixture *fixture = userdata;
    RunRequest request = { .kind = RUN_KIND_BENCH,
                           .profile = "quick",
                           .scheduled = fixture->scheduled };
    RunPlan plan;

    assert_int_equal(job_build_plan(&request, &plan), 0);
    jobs_submit(fixture->jobs, call, &request, &plan);
}

static int setup(void **state)
{
    static Fixture fixture;
    _cleanup_free_ char *notice = NULL;
    JobsListener listener = { on_end, on_corruption, on_put_off, &fixture };

    fixture = (Fixture) { 0 };
    if (scratch_setup(&fixture.directory) < 0 || sd_event_new(&fixture.event) < 0 ||
        offload_new(fixture.event, &fixture.offload) < 0 ||
        store_open(fixture.directory, &fixture.store, &notice) < 0 ||
        config_init(&fixture.config, fixture.directory, fixture.directory) < 0 ||
        jobs_new(fixture.event, &fixture.config, fixture.store, fixture.offload, &listener,
                 &fixture.jobs) < 0 ||
        varlink_server_new(fixture.event, handle, NULL, &fixture, &fixture.server) < 0)
        return -1;
    fixture.client = client_connect(fixture.event, fixture.server, PEER_ALL);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    offload_free(fixture->offload);
    jobs_free(fixture->jobs);
    varlink_server_free(fixture->server);
    client_close(&fixture->client);
    store_close(fixture->store);
    config_done(&fixture->config);
    sd_event_unref(fixture->event);
    return scratch_teardown(&fixture->directory);
}

/* Ask for a run that the budget refuses. */
static void ask(Fixture *fixture, bool scheduled)
{
    _cleanup_json_ json_t *answer = NULL;

    fixture->scheduled = scheduled;
    client_send(&fixture->client, "{\"method\":\"bench\"}");
    while (!(answer = client_receive(&fixture->client)) && !fixture->client.ended)
        assert_true(sd_event_run(fixture->event, 10000) >= 0);
    assert_string_equal(json_get_string(answer, "error", "none"), "io.xdmad.Refused");
}

static void test_a_try_that_the_budget_keeps_off_is_told(void **state)
{
    Fixture *fixture = *state;

    fixture->config.schedule.write_budget_bytes_per_week = 0;
    ask(fixture, true);
    assert_int_equal(fixture->n_put_off, 1);
    assert_int_equal(fixture->noted.n_refusals, 1);
    assert_string_equal(fixture->noted.refused_cause, "budget");
    assert_int_equal(fixture->n_ends, 0);
    assert_int_equal(fixture->n_corruptions, 0);
}

static void test_a_run_by_hand_that_it_refuses_is_no_try(void **state)
{
    Fixture *fixture = *state;

    fixture->config.write_budget_bytes_per_day = 0;
    ask(fixture, false);
    assert_int_equal(fixture->n_put_off, 0);
    assert_int_equal(store_load_schedule(fixture->store, &fixture->noted), 0);
    assert_int_equal(fixture->noted.n_refusals, 0);
}

#define jobs_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        jobs_test(test_a_try_that_the_budget_keeps_off_is_told),
        jobs_test(test_a_run_by_hand_that_it_refuses_is_no_try),
    };

    return cmocka_run_group_tests_name("jobs", tests, NULL, NULL);
}
