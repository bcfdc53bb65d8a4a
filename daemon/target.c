/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/reason.h"

int target_refuse(TargetRefusal *refusal, bool for_safety, const char *format, ...)
{
    va_list arguments;
    char *reason;
    int r;

    va_start(arguments, format);
    r = reason_give_list(&reason, format, arguments);
    va_end(arguments);
    if (r < 0)
        return r;
    free(refusal->reason);
    *refusal = (TargetRefusal) { .for_safety = for_safety, .reason = reason };
    return 0;
}

/* The node of a disk, by its number: names in /dev are somebody else's. */
static int open_disk(const char *disk)
{
    char path[64];
    dev_t device;
    int fd, r = block_device_number(disk, &device);

    if (r < 0)
        return r;
    snprintf(path, sizeof(path), "/dev/block/%u:%u", major(device), minor(device));
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) { /* no udev */
        snprintf(path, sizeof(path), "/dev/%s", disk);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    return fd < 0 ? -errno : fd;
}

Target target_begin(const TargetWant *want, TargetKind kind)
{
    return (Target) {
        .kind = kind,
        .fd = -1,
        .disk_fd = -1,
        .bytes = want->bytes,
        .read_cid = want->read_cid ? want->read_cid : block_card_cid,
    };
}

int target_take_disk(Target *target, const char *disk, TargetRefusal *ret_refusal)
{
    snprintf(target->disk, sizeof(target->disk), "%s", disk);
    target->disk_fd = open_disk(disk);
    if (target->disk_fd < 0)
        return target_refuse(ret_refusal, false, "the device of %s cannot be opened: %s", disk,
                             strerror(-target->disk_fd));
    if (flock(target->disk_fd, LOCK_EX | LOCK_NB) < 0)
        return target_refuse(ret_refusal, false,
                             "%s is in use by another xdmad, or by udev at this moment; wait for "
                             "it",
                             disk);
    if (block_disk_sequence(disk, &target->disk_sequence) < 0)
        target->disk_sequence = 0;
    if (target->read_cid(disk, target->cid) < 0)
        target->cid[0] = '\0';
    target->count_known = block_count(disk, &target->before) >= 0;
    return 1;
}

bool target_is_there(const Target *target)
{
    char cid[BLOCK_CID_BYTES];
    uint64_t sequence;

    if (target->disk_sequence > 0 &&
        (block_disk_sequence(target->disk, &sequence) < 0 || sequence != target->disk_sequence))
        return false;
    return target->cid[0] == '\0' ||
           (target->read_cid(target->disk, cid) >= 0 && strcmp(cid, target->cid) == 0);
}

bool target_written_bytes(const Target *target, uint64_t *ret_bytes)
{
    BlockCount now;

    if (!target->count_known || !target_is_there(target) || block_count(target->disk, &now) < 0 ||
        now.written_bytes < target->before.written_bytes)
        return false;
    *ret_bytes = now.written_bytes - target->before.written_bytes;
    return true;
}

void target_done(Target *target)
{
    cleanup_close(&target->fd);
    cleanup_close(&target->disk_fd);
    free(target->path);
    *target = (Target) { .fd = -1, .disk_fd = -1 };
}

json_t *target_to_json(const Target *target)
{
    return json_pack("{s:s, s:o, s:I, s:s}", "kind", target->kind == TARGET_FILE ? "file" : "raw",
                     "path", json_text(target->path), "bytes", (json_int_t)target->bytes, "block",
                     target->disk);
}
