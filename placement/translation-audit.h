/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_TRANSLATION_AUDIT_H
#define XDMAD_PLACEMENT_TRANSLATION_AUDIT_H
/*
 * The translation audit: the bus address that the kernel gave a device for a CPU address, held
 * against the one that the device's window demands.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "placement/dma-mapping.h"
#include "placement/host-facts.h"

typedef enum Translation {
    TRANSLATION_UNKNOWN, /* what it should be cannot be told: no reach, no pool's place, no frame */
    TRANSLATION_DIRECT,  /* the buffer's own address through its window: right */
    TRANSLATION_BOUNCED, /* an address of the bounce pool: right, and copied */
    TRANSLATION_FOREIGN, /* in a Dom0: another domain's page, granted to it */
    TRANSLATION_WRONG,   /* none of these: the device reads or writes something else */
    TRANSLATION_FAILED,  /* the kernel could not map it, and said so to the driver */
} Translation;

#define N_TRANSLATIONS 6U

/* "unknown", "direct", "bounced", "foreign", "wrong", "failed"; static, never NULL. */
const char *translation_name(Translation translation);

/* What a wrong translation means and what helps, as findings say it. */
#define TRANSLATION_WRONG_EXPLANATION                                                              \
    "The kernel gave the controller a bus address that is neither the one its window demands for " \
    "that buffer, nor in the bounce pool, nor another domain's page: the controller reads or "     \
    "overwrites memory that is not the buffer's. swiotlb-xen before 5.9 did this where bus and "   \
    "CPU addresses differ."
#define TRANSLATION_WRONG_REMEDY                                                                   \
    "Stop writing to this card. Use a kernel in which the DMA layer translates by the device "     \
    "tree (for swiotlb-xen: 5.9 or later), and report this with xdmactl bugreport."

/* What is known of a device and its host. All borrowed. */
typedef struct TranslationScope {
    const DmaReach *reach;
    FrameRule frame_rule;
    const P2m *p2m; /* for FRAME_RULE_P2M */
    const RamBanks *ram;
    const Pool *pool;
    bool is_dom0;
} TranslationScope;

TranslationScope translation_scope(const HostFacts *facts, const StorageDevice *device);

/* The machine address behind a CPU address: true and *ret_machine, or false where the host's frames
 * are not known, and for a page of an x86 PV Dom0 that is not its own. */
bool translation_machine_address(const TranslationScope *scope, uint64_t cpu,
                                 uint64_t *ret_machine);

typedef struct TranslationAnswer {
    Translation translation;
    bool expected_known; /* false too where no window has the address, so that it had to bounce */
    uint64_t expected_bus;
} TranslationAnswer;

/*
 * Judge one segment of a mapping whose CPU addresses are known, by the first rule that holds:
 *  - the bus address is DMA_MAPPING_FAILED: failed;
 *  - the reach or the frames are not known: unknown;
 *  - first and last byte have the bus address that the window gives them: direct;
 *  - all of it lies in the pool, through the window: bounced;
 *  - in a Dom0, an x86 PV page that is not in the p2m, or a CPU address that is no RAM of ours
 *    (a granted page is mapped where Dom0 has none): foreign, if the device reaches the bus
 * address;
 *  - the bus address is the untranslated CPU address: wrong (swiotlb-xen before 5.9);
 *  - in a Dom0, the frame behind the bus address is no RAM of ours: foreign. (A wrong address that
 *    happens to lie there looks the same; so it is no evidence of an error.)
 *  - the place of the pool or, in a Dom0, of RAM is not known: unknown;
 *  - else wrong.
 */
TranslationAnswer translation_audit(const TranslationScope *scope, const DmaSegment *segment);

/* Judge coherent memory, whose CPU address is not known: wrong when the device cannot be given that
 * bus address at all (no window has it, or it is beyond mask or limit), else unknown. */
TranslationAnswer translation_audit_coherent(const TranslationScope *scope,
                                             const DmaSegment *segment);

/* translation_audit() or translation_audit_coherent(), as the mapping has it; the i-th segment. */
TranslationAnswer translation_audit_mapping(const TranslationScope *scope,
                                            const DmaMapping *mapping, size_t i);

#endif
