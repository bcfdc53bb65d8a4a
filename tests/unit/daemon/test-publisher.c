/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The publisher where xenstored is absent or wedged: the loop goes on, and the end comes in time.
 * Where it answers is for tests/xen. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/publisher.h"
#include "daemon/xenstore-tree.h"
#include "tests/unit/daemon/scratch.h"

typedef struct Scene {
    sd_event *event;
    Publisher *publisher;
    unsigned n_done;
} Scene;

static void on_done(void *userdata)
{
    Scene *scene = userdata;

    scene->n_done++;
    sd_event_exit(scene->event, 0);
}

static Scene scene_new(void)
{
    Scene scene = { 0 };

    assert_true(sd_event_new(&scene.event) >= 0);
    assert_int_equal(publisher_new(scene.event, &scene.publisher), 0);
    return scene;
}

static void scene_done(Scene *scene)
{
    publisher_free(scene->publisher);
    sd_event_unref(scene->event);
    unsetenv("XENSTORED_PATH");
}

static void see(Scene *scene, const char *mode)
{
    _cleanup_json_ json_t *inspection = json_pack("{s:s}", "mode", mode);

    publisher_see(scene->publisher, inspection);
}

/* Run the loop until the end was told; how long that took. */
static uint64_t stop(Scene *scene)
{
    uint64_t begin = clock_boottime_usec();

    publisher_stop(scene->publisher, on_done, scene);
    if (scene->n_done == 0)
        assert_true(sd_event_loop(scene->event) >= 0);
    assert_int_equal(scene->n_done, 1);
    return clock_boottime_usec() - begin;
}

/* A socket that takes connections and answers none. */
static int wedge(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", scratch_path(state, "wedged"));
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(setenv("XENSTORED_PATH", address.sun_path, 1), 0);
    return listener;
}

static void nothing_is_published_of_a_host_that_is_no_dom0(void **state)
{
    int listener = wedge(state);
    Scene scene = scene_new();

    see(&scene, "bare-metal");
    publisher_set_run(scene.publisher, json_pack("{s:s}", "verdict", "pass"));
    assert_true(stop(&scene) < USEC_PER_SEC);
    assert_int_equal(poll(&(struct pollfd) { .fd = listener, .events = POLLIN }, 1, 0), 0);
    scene_done(&scene);
    close(listener);
}

static void nor_before_anything_was_seen(void **state)
{
    Scene scene = scene_new();

    (void)state;
    publisher_set_run(scene.publisher, json_pack("{s:s}", "verdict", "pass"));
    assert_true(stop(&scene) < USEC_PER_SEC);
    scene_done(&scene);
}

static void an_absent_xenstored_is_an_error(void **state)
{
    _cleanup_json_ json_t *values = json_object();
    Scene scene = scene_new();

    if (access("/dev/xen/xenbus", F_OK) == 0 || access("/proc/xen/xenbus", F_OK) == 0)
        skip(); /* there libxenstore would find a way all the same */
    assert_int_equal(setenv("XENSTORED_PATH", scratch_path(state, "none"), 1), 0);
    assert_true(xenstore_tree_replace("/tool/xdmad-test", values) < 0);
    see(&scene, "xen-dom0");
    assert_true(stop(&scene) < PUBLISHER_LIMIT_USEC);
    scene_done(&scene);
}

/* While it waits for an answer more is seen; neither that nor the end waits for it for long. */
static void a_wedged_xenstored_holds_nobody_up(void **state)
{
    int listener = wedge(state);
    Scene scene = scene_new();
    uint64_t begin = clock_boottime_usec();

    see(&scene, "xen-dom0");
    publisher_set_run(scene.publisher, json_pack("{s:s}", "verdict", "pass"));
    see(&scene, "xen-dom0");
    assert_true(clock_boottime_usec() - begin < PUBLISHER_LIMIT_USEC);
    assert_true(stop(&scene) < 10 * PUBLISHER_LIMIT_USEC); /* this machine may be slow */
    scene_done(&scene);
    close(listener);
}

static int block_signals(void **state)
{
    sigset_t set;

    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return sigprocmask(SIG_BLOCK, &set, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_published_of_a_host_that_is_no_dom0),
        TEST(nor_before_anything_was_seen),
        TEST(an_absent_xenstored_is_an_error),
        TEST(a_wedged_xenstored_holds_nobody_up),
    };

    return cmocka_run_group_tests_name("daemon/publisher", tests, block_signals, NULL);
}
