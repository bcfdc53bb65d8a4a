/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BLOCK_CACHE_H
#define XDMAD_DAEMON_BLOCK_CACHE_H
/*
 * The page cache of a block device against its medium. A disk has one and each of its partitions
 * another; none sees what is written through another one, or by a guest, whose requests xen-blkback
 * gives to the driver itself (drivers/block/xen-blkback/blkback.c, 6.1). It is kept for as long as
 * anybody has the device open (block/bdev.c, blkdev_put(), 6.1), so that it may show what has long
 * been overwritten.
 */

#include <stdint.h>

/* As much of a cache is held against the medium: of a card that is in no use nobody holds more. */
#define BLOCK_CACHE_MAX_HELD_BYTES (UINT64_C(64) << 20)

/*
 * Have what is read through the cache of `fd`, a block device of `bytes`, read from its medium. All
 * of the cache is dropped (BLKFLSBUF; what somebody wrote and the medium lacks is written first);
 * pages that cannot be dropped, since somebody has them mapped, are compared with the medium, read
 * past the cache. 1; 0 and *ret_offset, where such a page begins that is not as the medium is, or
 * the first one beyond BLOCK_CACHE_MAX_HELD_BYTES, of which that is not known; negative errno. It
 * takes CAP_SYS_ADMIN.
 */
int block_cache_renew(int fd, uint64_t bytes, uint64_t *ret_offset);

#endif
