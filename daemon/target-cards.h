/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_CARDS_H
#define XDMAD_DAEMON_TARGET_CARDS_H

#include <stddef.h>

#include "daemon/card-latches.h"
#include "daemon/target.h"
#include "placement/host-facts.h"

/* The cards that are up, each with what keeps it from being written to. The caller frees *ret_cards
 * alone: its words are borrowed from facts and latches. 0 or -ENOMEM. */
int target_cards_list(const HostFacts *facts, const CardLatches *latches, TargetCard **ret_cards,
                      size_t *ret_n);

#endif
