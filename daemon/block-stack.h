/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BLOCK_STACK_H
#define XDMAD_DAEMON_BLOCK_STACK_H
/*
 * What lies beneath a device of the device mapper: LVM on a card is still that card, as long as the
 * mapping hands an I/O's own pages down. dm-crypt does not: it writes from pages of its own, and
 * where a caller's buffer lies then tells nothing of the path to the card.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/block-device.h"

/*
 * The disk beneath a device number: block_disk_of() where nothing is stacked, else the one disk at
 * the bottom of the stack. 1 and *ret_disk; 0 and *ret_reason (owned): pages are not handed down,
 * there is more than one disk beneath, or the mapping cannot be read; -ENODEV no block device with
 * a disk; other negative errno.
 */
int block_disk_beneath(dev_t device, char ret_disk[static BLOCK_NAME_BYTES], char **ret_reason);

/* Whether a target type of the device mapper passes each I/O on with the pages it came with. */
bool block_mapping_keeps_pages(const char *type);

#endif
