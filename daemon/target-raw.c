/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/target-raw.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <blkid.h>

#include "common/cleanup.h"
#include "daemon/block-cache.h"
#include "daemon/mounts.h"

/* What lies on the device, by every prober that libblkid has: 1 and *ret_what (owned), 0 for
 * nothing, negative errno. Ambiguity counts as something. */
static int find_signature(int fd, char **ret_what)
{
    blkid_probe probe = blkid_new_probe();
    const char *type = NULL;
    int r;

    if (!probe)
        return -ENOMEM;
    blkid_probe_enable_superblocks(probe, 1);
    blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_BADCSUM);
    blkid_probe_enable_partitions(probe, 1);
    blkid_probe_set_partitions_flags(probe, BLKID_PARTS_MAGIC);
    if (blkid_probe_set_device(probe, fd, 0, 0) != 0) {
        blkid_free_probe(probe);
        return -EIO;
    }
    r = blkid_do_safeprobe(probe);
    if (r == 1) { /* nothing */
        r = 0;
    } else if (r != 0 && r != -2) { /* -2: more than one thing */
        r = r == -1 ? -EIO : r;
    } else {
        if (blkid_probe_lookup_value(probe, "TYPE", &type, NULL) < 0 &&
            blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL) < 0)
            type = "something with more than one signature";
        *ret_what = strdup(type);
        r = *ret_what ? 1 : -ENOMEM;
    }
    blkid_free_probe(probe);
    return r;
}

/* Nobody uses the disk, and who asks knows which card it is. 1; 0 and the refusal; errno. */
static int check_idle(const char *path, const TargetCard *card, const char *confirm_cid,
                      TargetRefusal *ret_refusal)
{
    _cleanup_free_ char *use = NULL;
    int r = mounts_find_use(card->disk, &use);

    if (r == 0) {
        r = block_find_holder(card->disk, &use);
        if (r > 0)
            return target_refuse(ret_refusal, true, "%s is held by %s; release it first", path,
                                 use);
    } else if (r > 0) {
        return target_refuse(ret_refusal, true, "%s: %s is %s; unmount it first", path, card->disk,
                             use);
    }
    if (r < 0)
        return r;
    if (!card->cid)
        return target_refuse(ret_refusal, true,
                             "%s: the card shows no CID, so there is nothing to make sure by",
                             path);
    if (!confirm_cid)
        return target_refuse(ret_refusal, true,
                             "%s: all of this card would be overwritten; if that is wanted, type "
                             "its CID back: --confirm-cid %s",
                             path, card->cid);
    if (strcasecmp(confirm_cid, card->cid) != 0)
        return target_refuse(ret_refusal, true,
                             "%s: the CID typed back is %s, but the card's is %s: is it the card "
                             "you mean?",
                             path, confirm_cid, card->cid);
    return 1;
}

/* No signature lies on the medium itself. libblkid reads with buffers of its own, which O_DIRECT
 * does not take (util-linux 2.38), so that the cache it reads through is made as the medium is
 * before. 1; 0 and the refusal; errno. */
static int check_signature(int fd, const char *path, uint64_t device_bytes,
                           TargetRefusal *ret_refusal)
{
    _cleanup_free_ char *what = NULL;
    uint64_t offset = 0;
    int r = block_cache_renew(fd, device_bytes, &offset);

    if (r == 0)
        return target_refuse(ret_refusal, true,
                             "%s is held open and mapped by somebody, and what the kernel keeps of "
                             "it at byte %" PRIu64
                             " is not known to be what lies there, so that it "
                             "cannot be searched for a file system; end that use first (fuser -v "
                             "%s)",
                             path, offset, path);
    if (r > 0)
        r = find_signature(fd, &what);
    if (r < 0)
        return target_refuse(ret_refusal, true,
                             "%s cannot be searched for a file system (%s), so it is left alone",
                             path, strerror(-r));
    if (r > 0)
        return target_refuse(ret_refusal, true,
                             "%s holds %s; wipe it yourself (wipefs) if nobody needs it", path,
                             what);
    return 1;
}

/* Nothing is on it and it is long enough. 1; 0 and the refusal; errno. */
static int check_content(int fd, const char *path, uint64_t bytes, TargetRefusal *ret_refusal)
{
    uint64_t device_bytes;

    if (ioctl(fd, BLKGETSIZE64, &device_bytes) < 0)
        return -errno;
    if (device_bytes < bytes)
        return target_refuse(ret_refusal, false,
                             "%s holds %" PRIu64 " MiB, the plan needs %" PRIu64
                             " MiB; take a smaller profile",
                             path, device_bytes >> 20, bytes >> 20);
    return check_signature(fd, path, device_bytes, ret_refusal);
}

/* The very device that was confirmed is the one that is now held. 1; 0 and the refusal; errno. */
static int check_claimed(const char *path, const char *confirm_cid, const Target *target,
                         TargetRefusal *ret_refusal)
{
    char disk[BLOCK_NAME_BYTES];
    struct stat st;

    if (fstat(target->fd, &st) < 0)
        return -errno;
    if (!S_ISBLK(st.st_mode) || block_disk_of(st.st_rdev, disk) < 0 ||
        strcmp(disk, target->disk) != 0 || strcasecmp(target->cid, confirm_cid) != 0)
        return target_refuse(ret_refusal, true, "%s changed while it was claimed", path);
    return 1;
}

static int claim(const TargetWant *want, const TargetCard *card, Target *target,
                 TargetRefusal *ret_refusal)
{
    int r = check_idle(target->path, card, want->confirm_cid, ret_refusal);

    if (r > 0)
        r = target_take_disk(target, card->disk, ret_refusal);
    if (r <= 0)
        return r;
    /* O_EXCL on a block device: the kernel lets nobody mount or hold it meanwhile (open(2)). */
    target->fd = open(target->path, O_RDWR | O_EXCL | O_CLOEXEC | O_NONBLOCK);
    if (target->fd < 0)
        return target_refuse(ret_refusal, errno == EBUSY, "%s cannot be claimed: %s", target->path,
                             strerror(errno));
    r = check_claimed(target->path, want->confirm_cid, target, ret_refusal);
    return r > 0 ? check_content(target->fd, target->path, target->bytes, ret_refusal) : r;
}

int target_raw_claim(const TargetWant *want, const TargetCard *card, Target *ret_target,
                     TargetRefusal *ret_refusal)
{
    Target target = target_begin(want, TARGET_RAW);
    int r;

    target.path = strdup(want->asked);
    r = target.path ? claim(want, card, &target, ret_refusal) : -ENOMEM;
    if (r > 0)
        *ret_target = target;
    else
        target_done(&target);
    return r;
}
