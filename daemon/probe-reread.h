/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_REREAD_H
#define XDMAD_DAEMON_PROBE_REREAD_H
/*
 * The registers of each card that is up, read again: on a live host from the card itself, in a
 * captured tree from what the capture found (/card-rereads.json).
 */

#include <stdint.h>

#include "common/clock.h"
#include "daemon/probe-root.h"
#include "placement/host-facts.h"

#define PROBE_REREAD_N          32U                 /* reads of each register */
#define PROBE_REREAD_LIMIT_USEC (USEC_PER_SEC / 2)  /* for one card */
#define PROBE_REREAD_KEEP_USEC  (60 * USEC_PER_SEC) /* no card is asked more often */

/*
 * Add the member `reread` {seen_boottime_usec, registers[]} to the card of each device that is
 * ready, its registers as card_reread_build() has them. `before`, where not NULL, is an Inspection
 * of this host: what it has of the same card is taken over while it is younger than
 * PROBE_REREAD_KEEP_USEC, so that whoever looks often does not keep the card at work. A card that
 * cannot be asked is noted in facts->unknown. 0 or -ENOMEM.
 */
int probe_reread(const ProbeRoot *root, const json_t *before, HostFacts *facts);

/* The relative address of the card of this MMC host ("mmc0"): 0, or -ENODEV, -EINVAL. */
int probe_reread_rca(const ProbeRoot *root, const char *host, uint16_t *ret_rca);

/* The content of a capture's /card-rereads.json: a new reference, or NULL when out of memory. */
json_t *probe_reread_to_json(const HostFacts *facts);

#endif
