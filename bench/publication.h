/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_PUBLICATION_H
#define XDMAD_BENCH_PUBLICATION_H
/*
 * What a host's tools may read without asking the daemon: its facts, what is found in them, and the
 * last run's verdict, as a tree of small texts.
 */

#include <jansson.h>

/* Of one value; xenstore takes 4 KiB with the path (XENSTORE_PAYLOAD_MAX,
 * xen/include/public/io/xs_wire.h, 4.17). */
#define PUBLICATION_MAX_BYTES 1024U

/*
 * An object of paths below the tree's root ("host/mode", "device/mmc0/bounce", "findings/error",
 * "run/verdict") and their texts, each at most PUBLICATION_MAX_BYTES bytes. `inspection` is an
 * Inspection and `run` a Run of common/io.xdmad.varlink; either may be NULL, and what is not known
 * is left out. A path has only what xenstore allows: letters, digits, '-', '_' and '/'. A new
 * reference, or NULL when out of memory.
 */
json_t *publication_build(const json_t *inspection, const json_t *run);

#endif
