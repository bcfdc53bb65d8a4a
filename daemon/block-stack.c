/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that speaks to libdevmapper. */
#include "daemon/block-stack.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <libdevmapper.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/proc-file.h"
#include "daemon/reason.h"

#define STACK_MAX_LEVELS 8
#define SLAVES_MAX       64

/* Those that change an I/O's device and sector and submit the I/O itself (their map functions end
 * in DM_MAPIO_REMAPPED after bio_set_dev(): drivers/md/dm-linear.c, dm-stripe.c; dm-delay.c,
 * dm-dust.c and dm-flakey.c, which tests use; Linux 6.1), and the one that fails it (dm-target.c).
 */
bool block_mapping_keeps_pages(const char *type)
{
    static const char *const types[] = { "linear", "striped", "delay", "dust", "flakey", "error" };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

__attribute__((format(printf, 5, 6))) static void say_nothing(int level, const char *file, int line,
                                                              int dm_errno, const char *format, ...)
{
    (void)level;
    (void)file;
    (void)line;
    (void)dm_errno;
    (void)format;
}

static void cleanup_task(struct dm_task **task)
{
    if (*task)
        dm_task_destroy(*task);
}

/* Whether every piece of the mapping keeps pages. 1; 0 and the reason; -ENOMEM. */
static int check_mapping(const char *disk, dev_t device, char **ret_reason)
{
    _cleanup_(cleanup_task) struct dm_task *task = NULL;
    void *next = NULL;

    dm_log_with_errno_init(say_nothing);
    task = dm_task_create(DM_DEVICE_TABLE);
    if (!task)
        return -ENOMEM;
    if (!dm_task_set_major(task, (int)major(device)) ||
        !dm_task_set_minor(task, (int)minor(device)) || !dm_task_run(task))
        return reason_give(ret_reason, "what %s maps to cannot be read (%s); run as root", disk,
                           strerror(dm_task_get_errno(task)));
    do {
        char *type = NULL, *parameters = NULL;
        uint64_t start, length;

        next = dm_get_next_target(task, next, &start, &length, &type, &parameters);
        if (!type)
            return reason_give(ret_reason, "%s maps to nothing", disk);
        if (!block_mapping_keeps_pages(type))
            return reason_give(ret_reason,
                               "%s is a mapping of kind '%s', which does I/O on pages of its own, "
                               "so no path of ours would reach the card; name a place that is not "
                               "behind it",
                               disk, type);
    } while (next);
    return 1;
}

/* "major:minor" of a slave is what its sysfs folder says. */
static int slave_device(const char *disk, const char *slave, dev_t *ret_device)
{
    _cleanup_free_ char *text = NULL;
    uint64_t major_number, minor_number;
    char path[PATH_MAX];
    const char *rest;
    int r;

    snprintf(path, sizeof(path), "/sys/class/block/%s/slaves/%s/dev", disk, slave);
    r = proc_file_read("/", path, &text);
    if (r < 0)
        return r;
    rest = text;
    if (scan_u64(&rest, 10, &major_number) < 0 || *rest++ != ':' ||
        scan_u64(&rest, 10, &minor_number) < 0 || major_number > UINT_MAX ||
        minor_number > UINT_MAX)
        return -EBADMSG;
    *ret_device = makedev((unsigned)major_number, (unsigned)minor_number);
    return 0;
}

static int find_beneath(dev_t device, int level, char ret_disk[static BLOCK_NAME_BYTES],
                        char **ret_reason);

/* The one disk that all slaves lie on. 1, 0 and the reason, or negative errno. */
static int find_beneath_slaves(const char *disk, DIR *slaves, int level,
                               char ret_disk[static BLOCK_NAME_BYTES], char **ret_reason)
{
    char bottom[BLOCK_NAME_BYTES] = "";
    const struct dirent *entry;
    int n = 0;

    while ((entry = readdir(slaves))) {
        char other[BLOCK_NAME_BYTES];
        dev_t device = 0;
        int r;

        if (entry->d_name[0] == '.')
            continue;
        if (++n > SLAVES_MAX)
            return reason_give(ret_reason, "%s lies on too many devices", disk);
        r = slave_device(disk, entry->d_name, &device);
        if (r >= 0)
            r = find_beneath(device, level + 1, other, ret_reason);
        if (r <= 0)
            return r;
        if (bottom[0] && strcmp(bottom, other) != 0)
            return reason_give(ret_reason, "%s lies on %s and on %s; name a place on one card",
                               disk, bottom, other);
        strcpy(bottom, other);
    }
    if (!bottom[0])
        return reason_give(ret_reason, "%s lies on no device", disk);
    strcpy(ret_disk, bottom);
    return 1;
}

static int find_beneath(dev_t device, int level, char ret_disk[static BLOCK_NAME_BYTES],
                        char **ret_reason)
{
    char disk[BLOCK_NAME_BYTES], path[PATH_MAX];
    _cleanup_closedir_ DIR *slaves = NULL;
    int r = block_disk_of(device, disk);

    if (r < 0)
        return r;
    if (strncmp(disk, "dm-", 3) != 0) { /* dm_create(), drivers/md/dm.c, names all of them so */
        strcpy(ret_disk, disk);
        return 1;
    }
    if (level == STACK_MAX_LEVELS)
        return reason_give(ret_reason, "%s lies on more levels of mappings than are followed",
                           disk);
    r = check_mapping(disk, device, ret_reason);
    if (r <= 0)
        return r;
    snprintf(path, sizeof(path), "/sys/class/block/%s/slaves", disk);
    slaves = opendir(path);
    if (!slaves)
        return -errno;
    return find_beneath_slaves(disk, slaves, level, ret_disk, ret_reason);
}

int block_disk_beneath(dev_t device, char ret_disk[static BLOCK_NAME_BYTES], char **ret_reason)
{
    return find_beneath(device, 0, ret_disk, ret_reason);
}
