/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CONTROLLER_H
#define XDMAD_PLACEMENT_CONTROLLER_H
/*
 * Which nodes of a device tree are MMC/SD controllers.
 */

#include <stdbool.h>
#include <stddef.h>

#include "placement/device-tree.h"

/*
 * Is this node an MMC, SD or SDIO controller, enabled or not? It has a compatible, and either the
 * name that the binding asks for (Documentation/devicetree/bindings/mmc/mmc-controller.yaml) or one
 * of those used before it, or a compatible of a controller's kind. Its PHY, clock, power sequence
 * and card nodes are not controllers.
 */
bool controller_is_mmc(const DeviceTree *tree, size_t node);

/* The first controller at or behind `from` in document order, or DEVICE_TREE_NONE. */
size_t controller_next(const DeviceTree *tree, size_t from);

#endif
