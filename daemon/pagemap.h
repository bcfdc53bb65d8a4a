/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PAGEMAP_H
#define XDMAD_DAEMON_PAGEMAP_H
/*
 * Reads the frames behind our own mapped memory from /proc/self/pagemap. Nothing is faulted in by
 * reading: a page that is not there is an unknown frame.
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/frame.h"

/* /proc/self/pagemap, close-on-exec: a file descriptor that the caller owns, or negative errno. */
int pagemap_open(void);

/* The kernel's base page: 4, 16 or 64 KiB. */
uint64_t pagemap_base_page_bytes(void);

/*
 * The address of each of n_pages pages of page_bytes (a multiple of the base page) from `buffer`
 * (aligned to the base page) on: PFN times base page, or FRAME_UNKNOWN where the page is absent or
 * the kernel hides the PFN. A huge page is told by its first base page.
 * 0 and ret_address[n_pages]; -EINVAL a bad size or alignment; -EIO a short read; negative errno.
 * On failure the content of ret_address is undefined.
 */
int pagemap_read(int fd, const void *buffer, uint64_t page_bytes, size_t n_pages,
                 uint64_t *ret_address);

/* The same into a new map; the caller releases it with frame_map_done(). */
int pagemap_acquire(int fd, const void *buffer, uint64_t page_bytes, size_t n_pages,
                    FrameMap *ret_map);

#endif
