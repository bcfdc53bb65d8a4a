/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: ask xenstore without ever being at its mercy.
 */
#include "daemon/probe-xenstore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenstore.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"

#define ANSWER_BYTES 512U

/* In the child: one line an answer, "?" where there is none, and a last line that tells the end. */
static void answer(int fd)
{
    static const char *const paths[] = { "/local/domain/0/name", "/local/domain/0/memory/target" };
    struct xs_handle *store = xs_open(0);
    char text[ANSWER_BYTES];
    int length = 0;

    if (!store)
        return;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        unsigned size;
        char *value = xs_read(store, XBT_NULL, paths[i], &size);

        length +=
            snprintf(text + length, sizeof(text) - (size_t)length, "%.128s\n", value ? value : "?");
        free(value);
    }
    if (write(fd, text, (size_t)length) != length)
        return;
}

/* Read to the end, or to the end of the time: true when the end came. */
static bool read_answer(int fd, char *text, size_t size)
{
    uint64_t until = clock_boottime_usec() + PROBE_XENSTORE_LIMIT_USEC;
    size_t length = 0;

    while (length < size - 1) {
        uint64_t now = clock_boottime_usec();
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        ssize_t n;

        if (now >= until)
            return false;
        if (poll(&wait, 1, (int)((until - now) / USEC_PER_MSEC) + 1) <= 0)
            continue;
        n = read(fd, text + length, size - 1 - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        length += (size_t)n;
    }
    text[length] = '\0';
    return true;
}

/* Run the child: true and its text, or false when it had no answer in time. */
static int ask(char *text, size_t size, bool *ret_answered)
{
    _cleanup_close_ int reader = -1;
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    reader = ends[0];
    child = fork();
    if (child < 0) {
        int r = -errno;
        close(ends[1]);
        return r;
    }
    if (child == 0) {
        answer(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    *ret_answered = read_answer(reader, text, size) && text[0] != '\0';
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return 0;
}

int probe_xenstore(const ProbeRoot *root, XenFacts *xen)
{
    char text[ANSWER_BYTES], *target, *end;
    uint64_t kib;
    bool answered = false;
    int r;

    if (!probe_exists(root, "/dev/xen/xenbus") && !probe_exists(root, "/run/xenstored/socket") &&
        !probe_exists(root, "/proc/xen/xenbus"))
        return host_facts_note(&xen->unknown, "xenstore: neither a socket nor a xenbus device");
    r = ask(text, sizeof(text), &answered);
    if (r < 0)
        return r;
    if (!answered)
        return host_facts_note(&xen->unknown, "xenstore: no answer within %u ms",
                               (unsigned)(PROBE_XENSTORE_LIMIT_USEC / USEC_PER_MSEC));
    if (!xen->domain && !(xen->domain = json_object()))
        return -ENOMEM;
    target = strchrnul(text, '\n');
    if (*target)
        *target++ = '\0';
    end = strchrnul(target, '\n');
    *end = '\0';
    if (strcmp(text, "?") != 0)
        json_object_set_new(xen->domain, "name", json_string(text));
    if (parse_u64(target, &kib) == 0 && kib <= INT64_MAX)
        json_object_set_new(xen->domain, "memory_target_kib", json_integer((json_int_t)kib));
    return 0;
}
