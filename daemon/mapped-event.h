/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_MAPPED_EVENT_H
#define XDMAD_DAEMON_MAPPED_EVENT_H
/*
 * Turns what our program in the kernel wrote down of a mapping (daemon/bpf/mapped.h) into the
 * model: entries of the kernel's struct scatterlist, which lies as the running kernel has it, and
 * whose pages are pointers (include/linux/scatterlist.h, 6.1 and 6.12).
 */

#include "daemon/bpf/mapped.h"
#include "daemon/page-structs.h"
#include "placement/dma-mapping.h"

/* How many bytes an event takes in the ring, its header included, of the `size` that are there: 0
 * and *ret_bytes; -EBADMSG when it is none. */
int mapped_event_bytes(const void *bytes, size_t size, const MappedLayout *layout,
                       size_t *ret_bytes);

/*
 * Read an event of `size` bytes. 0 and *ret_mapping but for its device, which is *ret_device in
 * MappedState.wanted; -EBADMSG when it says what cannot be. As the kernel's own event does, it
 * tells the first entries of a long list; and it tells the rest of a list not that goes on
 * elsewhere in memory (a chain): both are truncated.
 */
int mapped_event_parse(const void *bytes, size_t size, const MappedLayout *layout,
                       const PageStructs *structs, size_t *ret_device, DmaMapping *ret_mapping);

#endif
