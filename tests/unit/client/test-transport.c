/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three ways to a daemon. Programs that stand for xdmad and ssh are shell scripts in a
 * directory of the test's own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "client/ask.h"
#include "client/transport.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

static char directory[] = "/tmp/xdmad-test-XXXXXX";

static const char *in_directory(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void write_script(const char *name, const char *text)
{
    FILE *file = fopen(in_directory(name), "w");

    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s", text);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(in_directory(name), 0755), 0);
}

static int set_up(void **state)
{
    char path[512];

    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof(path), "%s:%s", directory, getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("XDG_STATE_HOME", "/nowhere/state", 1);
    setenv("LISTEN_FDS", "7", 1); /* another's, which must not get through */
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* It reads one call, and answers with what it was handed. */
#define EXEC_DAEMON                                                                                \
    "[ \"$LISTEN_PID\" = $$ ] || exit 9\n"                                                         \
    "head -c 20 <&3 >/dev/null\n"                                                                  \
    "printf '{\"parameters\":{\"fds\":\"%s\",\"names\":\"%s\",\"state\":\"%s\"}}\\0' "             \
    "\"$LISTEN_FDS\" \"$LISTEN_FDNAMES\" \"$XDMAD_STATE_DIRECTORY\" >&3\n"

static void test_exec(void **state)
{
    _cleanup_json_ json_t *reply = NULL;
    _cleanup_link_ Link *link = NULL;
    LinkTarget target = { .exec = true };
    Failure failure;

    (void)state;
    write_script("daemon", EXEC_DAEMON);
    setenv("XDMAD_BINARY", in_directory("daemon"), 1);
    assert_int_equal(link_open(&target, &link, &failure), 0);
    assert_int_equal(ask_link(link, "io.xdmad.GetStatus", NULL, &reply, &failure), 0);
    assert_string_equal(json_get_string(reply, "fds", ""), "1");
    assert_string_equal(json_get_string(reply, "names", ""), "varlink");
    assert_string_equal(json_get_string(reply, "state", ""), "/nowhere/state/xdmad");
}

static void test_exec_daemon_dies(void **state)
{
    _cleanup_link_ Link *link = NULL;
    LinkTarget target = { .exec = true };
    json_t *reply = NULL;
    Failure failure;

    (void)state;
    write_script("daemon", "exit 3\n");
    setenv("XDMAD_BINARY", in_directory("daemon"), 1);
    assert_int_equal(link_open(&target, &link, &failure), 0);
    assert_int_equal(ask_link(link, "io.xdmad.GetStatus", NULL, &reply, &failure), -ECONNRESET);
    assert_int_equal(failure.exit_status, EXIT_STATUS_UNREACHABLE);
    assert_non_null(strstr(failure.text, "exit status 3"));
}

static void test_exec_no_daemon(void **state)
{
    LinkTarget target = { .exec = true };
    Link *link = NULL;
    Failure failure;

    (void)state;
    setenv("XDMAD_BINARY", in_directory("not-there"), 1);
    assert_int_equal(link_open(&target, &link, &failure), -ENOENT);
    assert_int_equal(failure.exit_status, EXIT_STATUS_UNREACHABLE);
    assert_non_null(strstr(failure.text, "not-there"));
    assert_null(link);
}

/* The stand-in for ssh answers with its own arguments. */
static void test_ssh(void **state)
{
    _cleanup_json_ json_t *reply = NULL;
    _cleanup_link_ Link *link = NULL;
    LinkTarget target = { .host = "root@pi4" };
    Failure failure;

    (void)state;
    write_script("ssh",
                 "head -c 20 >/dev/null\nprintf '{\"parameters\":{\"a\":\"%s\"}}\\0' \"$*\"\n");
    assert_int_equal(link_open(&target, &link, &failure), 0);
    assert_int_equal(ask_link(link, "io.xdmad.GetStatus", NULL, &reply, &failure), 0);
    assert_string_equal(json_get_string(reply, "a", ""), "-T -- root@pi4 xdmactl bridge");
}

static void test_ssh_fails(void **state)
{
    _cleanup_link_ Link *link = NULL;
    LinkTarget target = { .host = "pi4" };
    json_t *reply = NULL;
    Failure failure;

    (void)state;
    write_script("ssh", "exit 255\n");
    assert_int_equal(link_open(&target, &link, &failure), 0);
    assert_int_equal(ask_link(link, "io.xdmad.GetStatus", NULL, &reply, &failure), -ECONNRESET);
    assert_int_equal(failure.exit_status, EXIT_STATUS_UNREACHABLE);
    assert_non_null(strstr(failure.text, "pi4"));
}

/* No path, however odd, becomes a command of the other host's shell. */
static void test_ssh_quoting(void **state)
{
    LinkTarget target = { .host = "h", .socket = "/a b/$(reboot)/it's", .exec = true };
    _cleanup_free_ char *command = transport_ssh_command(&target);

    (void)state;
    assert_string_equal(command, "xdmactl --socket '/a b/$(reboot)/it'\\''s' --exec bridge");
}

static void assert_unreachable(const char *path, int error, const char *text)
{
    LinkTarget target = { .socket = path };
    Link *link = NULL;
    Failure failure;

    assert_int_equal(link_open(&target, &link, &failure), error);
    assert_int_equal(failure.exit_status, EXIT_STATUS_UNREACHABLE);
    if (!strstr(failure.text, text))
        fail_msg("%s: wanted a word of \"%s\"", failure.text, text);
    assert_null(link);
}

static void test_socket(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    _cleanup_close_ int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    LinkTarget target = { .socket = in_directory("socket") };
    Link *link = NULL;
    Failure failure;
    char long_path[200];

    (void)state;
    assert_unreachable(in_directory("socket"), -ENOENT, "systemctl start xdmad");
    strcpy(address.sun_path, in_directory("socket"));
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_unreachable(in_directory("socket"), -ECONNREFUSED, "--exec");
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(link_open(&target, &link, &failure), 0);
    link_close(link);
    memset(long_path, 'a', sizeof(long_path) - 1);
    long_path[sizeof(long_path) - 1] = '\0';
    assert_unreachable(long_path, -ENAMETOOLONG, "107");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exec),           cmocka_unit_test(test_exec_daemon_dies),
        cmocka_unit_test(test_exec_no_daemon), cmocka_unit_test(test_ssh),
        cmocka_unit_test(test_ssh_fails),      cmocka_unit_test(test_ssh_quoting),
        cmocka_unit_test(test_socket),
    };

    return cmocka_run_group_tests_name("client/transport", tests, set_up, tear_down);
}
