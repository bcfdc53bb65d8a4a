/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Xen's facts where Xen is absent, half there, or wedged. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/json.h"
#include "daemon/probe-xen.h"
#include "daemon/probe-xenstore.h"
#include "daemon/xen-control.h"

static void release(XenFacts *xen)
{
    HostFacts facts = { .xen = *xen };

    host_facts_done(&facts);
    memset(xen, 0, sizeof(*xen));
}

static const char *first_unknown(const XenFacts *xen)
{
    const char *text = json_string_value(json_array_get(xen->unknown, 0));
    return text ? text : "";
}

/* A root with one file of no content; the caller frees the path. */
static char *make_root(const char *folder_1, const char *folder_2, const char *name,
                       const char *text)
{
    char path[512], template[] = "/tmp/xdmad-xen-XXXXXX";
    FILE *file;

    assert_non_null(mkdtemp(template));
    snprintf(path, sizeof(path), "%s/%s", template, folder_1);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/%s/%s", template, folder_1, folder_2);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/%s/%s/%s", template, folder_1, folder_2, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return strdup(template);
}

static void remove_root(char *root)
{
    char command[256];

    snprintf(command, sizeof(command), "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
    free(root);
}

static void without_xen_nothing_is_unknown(void **state)
{
    char *path = make_root("sys", "hypervisor", "type", "kvm\n");
    XenFacts xen = { 0 };
    HostMode mode = HOST_MODE_XEN_DOM0;
    ProbeRoot root;

    (void)state;
    assert_int_equal(probe_root_open(path, &root), 0);
    assert_int_equal(probe_xen(&root, &xen, &mode), 0);
    assert_int_equal(mode, HOST_MODE_BARE_METAL);
    assert_false(xen.present);
    assert_null(xen.unknown);
    probe_root_close(&root);
    release(&xen);
    remove_root(path);
}

static void a_guest_is_no_dom0(void **state)
{
    char *path = make_root("sys", "hypervisor", "type", "xen\n");
    XenFacts xen = { 0 };
    HostMode mode = HOST_MODE_XEN_DOM0;
    ProbeRoot root;

    (void)state;
    assert_int_equal(probe_root_open(path, &root), 0);
    assert_int_equal(probe_xen(&root, &xen, &mode), 0);
    assert_int_equal(mode, HOST_MODE_BARE_METAL);
    assert_true(xen.present);
    probe_root_close(&root);
    release(&xen);
    remove_root(path);
}

static void hypercalls_that_fail_are_named(void **state)
{
    XenFacts xen = { 0 };

    (void)state;
    if (access("/dev/xen/privcmd", F_OK) == 0 || access("/proc/xen/privcmd", F_OK) == 0)
        skip(); /* on a Dom0 they succeed: tests/xen has that case */
    assert_int_equal(xen_control_acquire(&xen), 0);
    assert_int_equal(json_array_size(xen.unknown), 1);
    assert_non_null(strstr(first_unknown(&xen), "hypercalls"));
    assert_non_null(strstr(first_unknown(&xen), "scheduler, NUMA nodes, console"));
    release(&xen);
}

static void an_absent_xenstore_is_named(void **state)
{
    char *path = make_root("run", "other", "socket", "");
    XenFacts xen = { 0 };
    ProbeRoot root;

    (void)state;
    assert_int_equal(probe_root_open(path, &root), 0);
    assert_int_equal(probe_xenstore(&root, &xen), 0);
    assert_non_null(strstr(first_unknown(&xen), "neither"));
    probe_root_close(&root);
    release(&xen);
    remove_root(path);
}

/* A xenstored that takes the connection and never answers. */
static void a_wedged_xenstored_costs_its_limit_and_no_more(void **state)
{
    char *path = make_root("run", "xenstored", "socket", "");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint64_t begin = clock_boottime_usec();
    XenFacts xen = { 0 };
    ProbeRoot root;

    (void)state;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/wedged", path);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(setenv("XENSTORED_PATH", address.sun_path, 1), 0);
    assert_int_equal(probe_root_open(path, &root), 0);
    assert_int_equal(probe_xenstore(&root, &xen), 0);
    assert_non_null(strstr(first_unknown(&xen), "no answer"));
    assert_true(clock_boottime_usec() - begin < 10 * PROBE_XENSTORE_LIMIT_USEC);
    unsetenv("XENSTORED_PATH");
    probe_root_close(&root);
    close(listener);
    release(&xen);
    remove_root(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_xen_nothing_is_unknown),
        cmocka_unit_test(a_guest_is_no_dom0),
        cmocka_unit_test(hypercalls_that_fail_are_named),
        cmocka_unit_test(an_absent_xenstore_is_named),
        cmocka_unit_test(a_wedged_xenstored_costs_its_limit_and_no_more),
    };

    return cmocka_run_group_tests_name("daemon/probe-xen", tests, NULL, NULL);
}
