/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_MAPPING_ACCOUNT_H
#define XDMAD_BENCH_MAPPING_ACCOUNT_H
/*
 * What the kernel's dma:* events of one leg add up to: the bytes of its buffer by how each segment
 * was translated.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "placement/translation-audit.h"

/* A translation that the audit found wrong. */
typedef struct WrongTranslation {
    DmaSegment segment;
    bool expected_known; /* else the address should have bounced */
    uint64_t expected_bus;
} WrongTranslation;

/* Zero-initialised is empty. */
typedef struct MappingAccount {
    uint64_t events;           /* of the device */
    uint64_t foreign_events;   /* of other devices: counted, else ignored */
    uint64_t segments;         /* of the device */
    uint64_t truncated_events; /* that had more segments than they told */
    uint64_t failed_segments;  /* that the kernel could not map */
    uint64_t bytes;            /* of the device = the three below; failed ones are in none */
    uint64_t mapped_bytes;     /* in the arena's frames = the four below it */
    uint64_t other_bytes;      /* elsewhere: the file system's own */
    uint64_t no_address_bytes; /* an IOMMU merged the list, so it is not told of what */
    /* of mapped_bytes */
    uint64_t direct_bytes;
    uint64_t bounced_bytes;
    uint64_t wrong_bytes; /* a foreign page's address as well: the arena's pages are ours */
    uint64_t unknown_bytes;
    /* of other_bytes */
    uint64_t other_bounced_bytes;
    uint64_t other_wrong_bytes;
    bool has_wrong; /* in the arena or elsewhere */
    WrongTranslation first_wrong;
} MappingAccount;

/* Whose mappings count, and where the leg's buffer lies. All borrowed. */
typedef struct MappingScope {
    const char *device;     /* dev_name of the storage controller's DMA device */
    const uint64_t *frames; /* machine addresses, sorted, of frame_map_sorted() */
    size_t n_frames;
    uint64_t page_bytes;
    TranslationScope translation;
} MappingScope;

/* Add one mapping. Coherent memory is no data of a leg and is left out. Sums saturate. */
void mapping_account_add(MappingAccount *account, const MappingScope *scope,
                         const DmaMapping *mapping);

/* For evidence: a new reference, NULL when out of memory; strict reader: 0 or -EBADMSG. */
json_t *mapping_account_to_json(const MappingAccount *account);
int mapping_account_from_json(const json_t *json, MappingAccount *ret_account);

/* {cpu, bus, expected, bytes}: a new reference; `expected` is absent where there is none. */
json_t *wrong_translation_to_json(const WrongTranslation *wrong);

#endif
