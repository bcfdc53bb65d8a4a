/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/target-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/block-stack.h"

#define FILL_BYTES         (UINT64_C(1) << 20)
#define FILL_ALIGN         4096U
#define LEAST_FREE_BYTES   (UINT64_C(64) << 20) /* stay free on the file system, and ... */
#define LEAST_FREE_PERCENT 2U                   /* ... this share of it */
#define EXTENTS_PER_CALL   64U

/* Extents of these kinds are read or written without the block device doing what fio was told. */
#define EXTENT_NOT_PLAIN                                                                           \
    (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED |                      \
     FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_DATA_TAIL | FIEMAP_EXTENT_UNWRITTEN |               \
     FIEMAP_EXTENT_SHARED)

/* Whether the first `bytes` bytes lie in written extents without a hole: 1, 0, or negative errno
 * (-EOPNOTSUPP on a file system that does not say). */
static int is_written(int fd, uint64_t bytes)
{
    _cleanup_free_ struct fiemap *map =
        calloc(1, sizeof(*map) + EXTENTS_PER_CALL * sizeof(map->fm_extents[0]));
    uint64_t covered = 0;

    if (!map)
        return -ENOMEM;
    while (covered < bytes) {
        map->fm_start = covered;
        map->fm_length = bytes - covered;
        map->fm_flags = FIEMAP_FLAG_SYNC;
        map->fm_extent_count = EXTENTS_PER_CALL;
        if (ioctl(fd, FS_IOC_FIEMAP, map) < 0)
            return -errno;
        if (map->fm_mapped_extents == 0)
            return 0;
        for (unsigned i = 0; i < map->fm_mapped_extents; i++) {
            const struct fiemap_extent *extent = &map->fm_extents[i];
            if (extent->fe_logical > covered || (extent->fe_flags & EXTENT_NOT_PLAIN))
                return 0;
            covered = extent->fe_logical + extent->fe_length;
        }
    }
    return 1;
}

/* Write all of it once, past the page cache. The content is of no matter, but it is not zeros,
 * which a card may keep without storing. 0 or negative errno. */
static int fill(int fd, uint64_t bytes)
{
    _cleanup_free_ uint64_t *words = NULL;
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

    if (posix_memalign((void **)&words, FILL_ALIGN, FILL_BYTES) != 0)
        return -ENOMEM;
    for (size_t i = 0; i < FILL_BYTES / sizeof(*words); i++) {
        /* xorshift64: Marsaglia, Journal of Statistical Software 8 (14), 2003 */
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        words[i] = state;
    }
    for (uint64_t offset = 0; offset < bytes;) {
        uint64_t left = bytes - offset;
        ssize_t n = pwrite(fd, words, left < FILL_BYTES ? left : FILL_BYTES, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        offset += (uint64_t)n;
    }
    return fsync(fd) < 0 ? -errno : 0;
}

/* Whether `bytes` more leave the file system room to live: 1; 0 and the refusal; negative errno. */
static int check_room(int fd, const char *path, uint64_t bytes, TargetRefusal *ret_refusal)
{
    struct statvfs fs;
    uint64_t available, total, reserve;

    if (fstatvfs(fd, &fs) < 0)
        return -errno;
    available = (uint64_t)fs.f_bavail * fs.f_frsize;
    total = (uint64_t)fs.f_blocks * fs.f_frsize;
    reserve = total / 100 * LEAST_FREE_PERCENT;
    if (reserve < LEAST_FREE_BYTES)
        reserve = LEAST_FREE_BYTES;
    if (available >= reserve && bytes <= available - reserve)
        return 1;
    return target_refuse(ret_refusal, true,
                         "%s needs %" PRIu64 " MiB, but its file system has %" PRIu64
                         " MiB free, of which %" PRIu64
                         " MiB are left alone; make room, or name a directory elsewhere on a card",
                         path, bytes >> 20, available >> 20, reserve >> 20);
}

static int refuse_extents(const char *path, int why, TargetRefusal *ret_refusal)
{
    return target_refuse(ret_refusal, false,
                         "%s: its file system does not show plain written extents (%s), so a read "
                         "might not reach the card; use ext4, f2fs or xfs, or a raw device",
                         path, why < 0 ? strerror(-why) : "hole, inline or shared extent");
}

/* Have all of it allocated and written. 1; 0 and the refusal, and then it is as short as before;
 * negative errno. */
static int make(int fd, const char *path, uint64_t old_bytes, uint64_t bytes,
                TargetRefusal *ret_refusal)
{
    /* One piece where the file system can; where it cannot, filling allocates. */
    int r = fallocate(fd, 0, 0, (off_t)bytes) < 0 && errno != EOPNOTSUPP ? -errno : 0;

    if (r >= 0)
        r = fill(fd, bytes);
    if (r >= 0) {
        r = is_written(fd, bytes);
        if (r == 1)
            return 1;
        r = refuse_extents(path, r, ret_refusal);
    } else if (r == -ENOSPC || r == -EDQUOT) {
        r = target_refuse(ret_refusal, true, "%s: %s while it was made; make room", path,
                          strerror(-r));
    } else {
        r = target_refuse(ret_refusal, false, "%s cannot be written: %s; is the card sound?", path,
                          strerror(-r));
    }
    if (ftruncate(fd, (off_t)old_bytes) < 0)
        return r < 0 ? r : -errno;
    return r;
}

/* Make sure that all of it is on the card. 1; 0 and the refusal; negative errno. */
static int prepare(int fd, const char *path, uint64_t bytes, TargetRefusal *ret_refusal)
{
    uint64_t present_bytes;
    struct stat st;
    int r;

    if (fstat(fd, &st) < 0)
        return -errno;
    r = is_written(fd, bytes);
    if (r < 0) /* before anything is written: it would be in vain */
        return refuse_extents(path, r, ret_refusal);
    if (r == 1 && (uint64_t)st.st_size >= bytes)
        return 1;
    present_bytes = (uint64_t)st.st_blocks * 512;
    if (present_bytes < bytes) {
        r = check_room(fd, path, bytes - present_bytes, ret_refusal);
        if (r <= 0)
            return r;
    }
    return make(fd, path, (uint64_t)st.st_size, bytes, ret_refusal);
}

/* Whether an open file can be the one that we made. 1; 0 and the refusal; negative errno. */
static int check_ours(int fd, const char *path, dev_t directory_device, TargetRefusal *ret_refusal)
{
    const char *why = NULL;
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        why = "it is no regular file";
    else if (st.st_uid != geteuid())
        why = "it belongs to another user";
    else if (st.st_nlink != 1)
        why = "it has other names (hard links)";
    else if (st.st_dev != directory_device)
        why = "it lies on another file system than its directory";
    if (why)
        return target_refuse(ret_refusal, true,
                             "%s is not a file of xdmad's own: %s; move it away if nobody needs it",
                             path, why);
    return 1;
}

static int open_file(int directory_fd, const char *path, TargetRefusal *ret_refusal, int *ret_fd)
{
    int fd =
        openat(directory_fd, TARGET_FILE_NAME,
               O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_DIRECT | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0 && errno == ELOOP)
        return target_refuse(ret_refusal, true,
                             "%s is a symbolic link, so it is not xdmad's own; remove it", path);
    if (fd < 0)
        return target_refuse(ret_refusal, false, "%s: %s%s", path, strerror(errno),
                             errno == EINVAL ? "; its file system has no direct I/O" : "");
    *ret_fd = fd;
    return 1;
}

/* The directory, once it is sure that it lies on the disk: nothing is made on another. */
static int open_directory(const char *directory, const char *disk, TargetRefusal *ret_refusal,
                          int *ret_fd, dev_t *ret_device)
{
    _cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *reason = NULL;
    char own_disk[BLOCK_NAME_BYTES];
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return target_refuse(ret_refusal, false, "%s: %s", directory, strerror(errno));
    if (block_disk_beneath(st.st_dev, own_disk, &reason) <= 0 || strcmp(own_disk, disk) != 0)
        return target_refuse(ret_refusal, true, "%s does not lie on %s any more", directory, disk);
    *ret_device = st.st_dev;
    *ret_fd = take_fd(&fd);
    return 1;
}

static int claim(const char *directory, const char *disk, Target *target,
                 TargetRefusal *ret_refusal)
{
    _cleanup_close_ int directory_fd = -1;
    dev_t device = 0;
    int r = open_directory(directory, disk, ret_refusal, &directory_fd, &device);

    if (r > 0)
        r = target_take_disk(target, disk, ret_refusal);
    if (r > 0)
        r = open_file(directory_fd, target->path, ret_refusal, &target->fd);
    if (r > 0)
        r = check_ours(target->fd, target->path, device, ret_refusal);
    return r > 0 ? prepare(target->fd, target->path, target->bytes, ret_refusal) : r;
}

int target_file_claim(const TargetWant *want, const char *directory, const char *disk,
                      Target *ret_target, TargetRefusal *ret_refusal)
{
    Target target = target_begin(want, TARGET_FILE);
    int r;

    if (asprintf(&target.path, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory,
                 TARGET_FILE_NAME) < 0)
        return -ENOMEM;
    r = claim(directory, disk, &target, ret_refusal);
    if (r > 0)
        *ret_target = target;
    else
        target_done(&target);
    return r;
}
