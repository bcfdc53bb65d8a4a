/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_INSPECTION_VIEW_H
#define XDMAD_PLACEMENT_INSPECTION_VIEW_H
/*
 * A part of an Inspection (common/io.xdmad.varlink), for who asks for a part.
 */

#include <jansson.h>

/* The inspection of one device, by its name, host, block device or node: with that device alone,
 * and the findings about it or about no device. A new reference, or NULL when there is no such
 * device. */
json_t *inspection_narrow(const json_t *inspection, const char *which);

/* The findings that want somebody's attention: above info, in their order. A new reference. */
json_t *findings_above_info(const json_t *findings);

/*
 * The findings of `now` that `before` (NULL is none) has not: none of its has the same id, device
 * and severity. What their evidence counts may move without making them new. A new reference.
 */
json_t *findings_since(const json_t *before, const json_t *now);

#endif
