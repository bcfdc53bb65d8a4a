/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FRAME_SOURCE_H
#define XDMAD_DAEMON_FRAME_SOURCE_H
/*
 * Turns the addresses that pagemap's PFNs give into those of machine frames, as this host has it:
 * they are the same, or Dom0's p2m list translates.
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/host-facts.h"

typedef struct FrameSource FrameSource;

/*
 * A source by the host's rule. 1 and *ret_source, 0 and *ret_reason (owned): frames cannot be told
 * here; or negative errno.
 */
int frame_source_open(FrameRule rule, FrameSource **ret_source, char **ret_reason);

/* NULL is fine. Returns NULL. */
FrameSource *frame_source_close(FrameSource *source);

/*
 * Translate the addresses of n pages of page_bytes in place, as they are now: pages can be
 * exchanged. FRAME_UNKNOWN stays, and comes where the p2m has no page of Dom0's own, or none in one
 * piece. 0, or negative errno with the addresses untouched.
 */
int frame_source_translate(FrameSource *source, uint64_t page_bytes, size_t n, uint64_t *address);

#endif
