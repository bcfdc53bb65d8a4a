/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Following a run to its end, and what interrupts do meanwhile. The daemon is a child process that
 * plays a script on both links.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "client/follow.h"
#include "client/outcome.h"
#include "common/cleanup.h"
#include "common/json.h"

#define STAGE                                                                                      \
    "{\"parameters\":{\"event\":{\"run\":\"r1\",\"event\":\"stage\",\"stage\":\"run\"}},"          \
    "\"continues\":true}"
#define DONE(state, verdict)                                                                       \
    "{\"parameters\":{\"event\":{\"run\":\"r1\",\"event\":\"done\",\"state\":\"" state             \
    "\",\"verdict\":\"" verdict "\"}}}"

typedef struct Scene {
    char directory[32];
    char socket[64];
    int listener;
    int daemon; /* the far end of the link that watches */
    int interrupts[2];
    LinkTarget target;
    Link *link;
    Failure failure;
} Scene;

static void say(int fd, const char *text)
{
    if (send(fd, text, strlen(text) + 1, MSG_NOSIGNAL) < 0)
        _exit(8);
}

static void interrupt(const Scene *scene)
{
    struct signalfd_siginfo signal_info = { .ssi_signo = 2 };

    if (write(scene->interrupts[1], &signal_info, sizeof(signal_info)) < 0)
        _exit(7);
}

static void scene_open(Scene *scene)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fds[2];

    *scene = (Scene) { .directory = "/tmp/xdmad-test-XXXXXX" };
    assert_non_null(mkdtemp(scene->directory));
    snprintf(scene->socket, sizeof(scene->socket), "%s/socket", scene->directory);
    strcpy(address.sun_path, scene->socket);
    scene->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(scene->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(scene->listener, 4), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(pipe2(scene->interrupts, O_CLOEXEC | O_NONBLOCK), 0);
    scene->daemon = fds[1];
    scene->target.socket = scene->socket;
    assert_int_equal(link_adopt(fds[0], "xdmad", 0, 60000, &scene->link), 0);
}

static void scene_close(Scene *scene)
{
    link_close(scene->link);
    close(scene->daemon);
    close(scene->listener);
    close(scene->interrupts[0]);
    close(scene->interrupts[1]);
    unlink(scene->socket);
    rmdir(scene->directory);
}

static int follow_run(Scene *scene, bool interruptible, json_t **ret_last)
{
    Follow watch = {
        .link = scene->link,
        .target = &scene->target,
        .run = "r1",
        .interrupt_fd = interruptible ? scene->interrupts[0] : -1,
    };

    return follow(&watch, ret_last, &scene->failure);
}

static void test_to_the_end(void **state)
{
    _cleanup_json_ json_t *last = NULL;
    Scene scene;

    (void)state;
    scene_open(&scene);
    say(scene.daemon, STAGE);
    say(scene.daemon, "{\"parameters\":{\"event\":7},\"continues\":true}"); /* is passed over */
    say(scene.daemon, DONE("done", "pass"));
    assert_int_equal(follow_run(&scene, true, &last), 0);
    assert_int_equal(outcome_exit_status(last), 0);
    scene_close(&scene);
}

/* The daemon's part: take one Cancel over a second link, answer it, then end the run. */
static pid_t play_cancel(const Scene *scene)
{
    char bytes[4096] = "";
    pid_t pid = fork();
    int fd;

    if (pid != 0)
        return pid;
    fd = accept(scene->listener, NULL, NULL);
    if (recv(fd, bytes, sizeof(bytes) - 1, 0) <= 0 || !strstr(bytes, "io.xdmad.Cancel") ||
        !strstr(bytes, "\"r1\""))
        _exit(9);
    say(fd, "{\"parameters\":{}}");
    say(scene->daemon, DONE("cancelled", "inconclusive"));
    _exit(0);
}

static void test_first_interrupt_cancels(void **state)
{
    _cleanup_json_ json_t *last = NULL;
    Scene scene;
    int status;
    pid_t pid;

    (void)state;
    scene_open(&scene);
    say(scene.daemon, STAGE);
    pid = play_cancel(&scene);
    interrupt(&scene);
    assert_int_equal(follow_run(&scene, true, &last), 0);
    assert_string_equal(json_get_string(last, "state", ""), "cancelled");
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    scene_close(&scene);
}

/* It takes the cancel, and never ends the run. */
static void test_second_interrupt_leaves(void **state)
{
    json_t *last = NULL;
    Scene scene;
    pid_t pid;

    (void)state;
    scene_open(&scene);
    pid = fork();
    if (pid == 0) {
        char bytes[4096];
        int fd = accept(scene.listener, NULL, NULL);

        if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
            _exit(9);
        say(fd, "{\"parameters\":{}}");
        interrupt(&scene);
        _exit(0);
    }
    interrupt(&scene);
    assert_int_equal(follow_run(&scene, true, &last), -ECANCELED);
    assert_null(last);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    scene_close(&scene);
}

/* A private daemon has no second link: leaving is what stops it. */
static void test_private_daemon_is_left_at_once(void **state)
{
    json_t *last = NULL;
    Scene scene;

    (void)state;
    scene_open(&scene);
    scene.target = (LinkTarget) { .exec = true };
    interrupt(&scene);
    assert_int_equal(follow_run(&scene, true, &last), -ECANCELED);
    assert_null(last);
    scene_close(&scene);
}

/* The daemon is gone when it is to be asked: the client does not wait for ever. */
static void test_cancel_fails(void **state)
{
    json_t *last = NULL;
    Scene scene;

    (void)state;
    scene_open(&scene);
    unlink(scene.socket);
    interrupt(&scene);
    assert_int_equal(follow_run(&scene, true, &last), -ECANCELED);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_the_end),
        cmocka_unit_test(test_first_interrupt_cancels),
        cmocka_unit_test(test_second_interrupt_leaves),
        cmocka_unit_test(test_private_daemon_is_left_at_once),
        cmocka_unit_test(test_cancel_fails),
    };

    return cmocka_run_group_tests_name("client/follow", tests, NULL, NULL);
}
