/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_UNIT_DAEMON_LOOP_FIXTURE_H
#define XDMAD_TESTS_UNIT_DAEMON_LOOP_FIXTURE_H
/*
 * A block device of a test's own: a loop device over a file in a scratch directory, which stands
 * for a card. Where none can be had (no root, no loop driver), its reason says why, and the test is
 * to be skipped with it.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Loop {
    char directory[64];
    char image[96];
    char mount_point[96];
    char device[64];  /* "/dev/loop0" */
    const char *disk; /* "loop0" */
    bool mounted;
    const char *reason; /* why there is none, or NULL */
} Loop;

__attribute__((format(printf, 1, 2))) static inline int loop_command(const char *format, ...)
{
    char command[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    return system(command) == 0 ? 0 : -1;
}

/* `losetup --find` needs a name that no other test takes between finding and using it: it tries
 * again by itself. */
static inline int loop_attach(Loop *loop)
{
    char command[256];
    bool said;
    FILE *losetup;

    snprintf(command, sizeof(command), "losetup --find --show %s 2>&1", loop->image);
    losetup = popen(command, "r");
    said = losetup && fgets(loop->device, sizeof(loop->device), losetup) != NULL;
    if (!losetup || pclose(losetup) != 0 || !said) {
        loop->device[0] = '\0';
        return -1;
    }
    loop->device[strcspn(loop->device, "\n")] = '\0';
    loop->disk = loop->device + strlen("/dev/");
    return 0;
}

/* A blank one. 0, also without one (see reason); -1 when the scratch directory cannot be made. */
static inline int loop_new(Loop *loop, off_t bytes)
{
    *loop = (Loop) { .directory = "/tmp/xdmad-loop-XXXXXX" };
    if (!mkdtemp(loop->directory))
        return -1;
    snprintf(loop->image, sizeof(loop->image), "%s/image", loop->directory);
    snprintf(loop->mount_point, sizeof(loop->mount_point), "%s/mount", loop->directory);
    if (mkdir(loop->mount_point, 0700) < 0 ||
        loop_command("truncate -s %lld %s", (long long)bytes, loop->image) < 0)
        return -1;
    if (geteuid() != 0)
        loop->reason = "a loop device needs root";
    else if (loop_attach(loop) < 0)
        loop->reason = "no loop device can be had here";
    return 0;
}

static inline int loop_format(const Loop *loop)
{
    return loop_command("mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 %s",
                        loop->device);
}

static inline int loop_mount(Loop *loop)
{
    if (mount(loop->device, loop->mount_point, "ext4", 0, NULL) < 0)
        return -1;
    loop->mounted = true;
    return 0;
}

static inline void loop_unmount(Loop *loop)
{
    if (loop->mounted)
        umount2(loop->mount_point, MNT_DETACH);
    loop->mounted = false;
}

/* Also of a half-made one. */
static inline void loop_done(Loop *loop)
{
    loop_unmount(loop);
    if (loop->device[0])
        loop_command("losetup --detach %s", loop->device);
    loop_command("rm -rf %s", loop->directory);
}

#endif
