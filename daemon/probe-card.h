/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_CARD_H
#define XDMAD_DAEMON_PROBE_CARD_H
/*
 * The card behind an MMC host: its registers from sysfs and debugfs, its block device, and what
 * went wrong on the host since boot.
 */

#include "daemon/probe-root.h"
#include "placement/host-facts.h"

/*
 * Read the card below `controller` ("/sys/devices/...") of the host device->host into device->card
 * and device->block, and the host's error counters into device->errors, card or not. Each piece
 * that cannot be read is left out. 1 when there is a card, 0 when there is none, -ENOMEM.
 */
int probe_card(const ProbeRoot *root, const char *controller, StorageDevice *device);

/* The card's name below its host ("mmc0:4567"), or NULL; the caller frees. */
char *probe_card_name(const ProbeRoot *root, const char *controller, const char *host);

/* The files of a card's folder that are read, a NULL behind them. Static. */
const char *const *probe_card_attributes(void);

#endif
