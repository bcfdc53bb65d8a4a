/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_HUGE_POOL_H
#define XDMAD_DAEMON_HUGE_POOL_H
/*
 * The kernel's pool of huge pages of the smallest size it has (/sys/kernel/mm/hugepages), raised
 * for a while and put back to exactly what it was. The smallest: 64 KiB on arm64 with base pages of
 * 4 KiB, 2 MiB on x86; it is the easiest to find, and long enough for a block to be one piece.
 *
 * Pages in use when the pool is put back become surplus, and the kernel frees each as its user
 * lets go (Documentation/admin-guide/mm/hugetlbpage.rst, 6.1). So nothing remains after the arena.
 * What was found is recorded before the first raise, so that a process that is killed between a
 * raise and the restore leaves a pool that the next one puts back.
 */

#include <stdint.h>

typedef struct HugePool HugePool;

/* Put back what a process that is gone had raised: 1 done, 0 there was nothing, -EBUSY when it
 * still lives, other negative errno. */
int huge_pool_recover(const char *root);

/*
 * `root` is "/" or a captured tree. 1 and *ret_pool, 0 and *ret_reason (owned) when the kernel has
 * no hugetlbfs or it may not be written, or negative errno.
 */
int huge_pool_open(const char *root, HugePool **ret_pool, char **ret_reason);

/* Restores, then frees; NULL is fine. Returns NULL. */
HugePool *huge_pool_free(HugePool *pool);

uint64_t huge_pool_page_bytes(const HugePool *pool);

/* The smallest size, without opening the pool: 0 and *ret_bytes, or negative errno where the kernel
 * has no huge pages. */
int huge_pool_smallest_page_bytes(const char *root, uint64_t *ret_bytes);

/* Have n_pages more in the pool. 0; -ENOMEM when the kernel did not find that many (it is put back
 * to what it was before this call); negative errno. */
int huge_pool_raise(HugePool *pool, uint64_t n_pages);

/* Have n_pages fewer, of those that it was raised by. 0 or negative errno. */
int huge_pool_lower(HugePool *pool, uint64_t n_pages);

/* Back to what it was at huge_pool_open(). 0 or negative errno. */
int huge_pool_restore(HugePool *pool);

#endif
