/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BLOCK_DEVICE_H
#define XDMAD_DAEMON_BLOCK_DEVICE_H
/*
 * What sysfs says of a live block device: which disk a device number belongs to, who holds it, and
 * what the kernel has counted.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BLOCK_NAME_BYTES 64
#define BLOCK_CID_BYTES  33 /* with the NUL */

/* The whole disk ("mmcblk0") of a disk's or partition's device number. 0; -ENODEV when it is no
 * block device with a disk (a pseudo file system's number); negative errno. */
int block_disk_of(dev_t device, char ret_disk[static BLOCK_NAME_BYTES]);

/* The device number of a disk of that name: 0 and *ret_device, or negative errno. */
int block_device_number(const char *disk, dev_t *ret_device);

/* The number the kernel gave this very disk, which no later one of the same name has
 * (BLKGETDISKSEQ, /sys/class/block/X/diskseq, since 5.15). 0 and *ret_sequence, -ENOENT when the
 * disk is gone or the kernel older, or other negative errno. */
int block_disk_sequence(const char *disk, uint64_t *ret_sequence);

/* The CID of the card behind the disk, as its 32 hexadecimal digits: 0; -ENOENT when it is gone or
 * no MMC device; other negative errno. */
int block_card_cid(const char *disk, char ret_cid[static BLOCK_CID_BYTES]);

/* What the kernel has counted of a disk since boot (Documentation/block/stat.rst, 6.1). */
typedef struct BlockCount {
    uint64_t read_bytes; /* sectors of 512: field 3, and 7 for what was written */
    uint64_t written_bytes;
    uint64_t busy_usec; /* with a request or more in flight: io_ticks, field 10, in ms */
} BlockCount;

/* 0 and *ret_count, or negative errno (-ENOENT: the disk is gone). */
int block_count(const char *disk, BlockCount *ret_count);

/* Who stacks upon the disk or its partitions (device mapper, md): 1 and *ret_holder (owned, the
 * first one), 0 when nobody, negative errno. */
int block_find_holder(const char *disk, char **ret_holder);

#endif
