/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_MAPPING_PROGRAM_H
#define XDMAD_DAEMON_MAPPING_PROGRAM_H
/*
 * Mappings by a program of ours in the kernel (daemon/bpf/mapped.bpf.c), which hears the kernel's
 * events dma_map_sg and dma_map_page (dma_map_phys since 6.18), or, before Linux 6.11 had them, a
 * probe at the entry of dma_unmap_sg_attrs(): there a list still has both addresses of each piece.
 * It tells the same as tracefs does of these events (tests/xen/test-trace.sh), for a fraction of
 * its cost.
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/dma-mapping.h"

typedef struct MappingProgram MappingProgram;

typedef enum MappingHook {
    MAPPING_HOOK_EVENTS,
    MAPPING_HOOK_PROBE, /* lists alone; and the kernel may leave a hit out without a word */
} MappingHook;

/*
 * A program for the mappings of these devices (each a dev_name() of at most 63 bytes), loaded and
 * not running. 1 and *ret_program; 0 and *ret_reason (owned) where the kernel takes none, or does
 * not tell where its page structures are, or the devices are more than 8; or negative errno.
 */
int mapping_program_open(MappingHook hook, const char *const *devices, size_t n,
                         MappingProgram **ret_program, char **ret_reason);

/* Take it out of the kernel; NULL is fine. Returns NULL. */
MappingProgram *mapping_program_close(MappingProgram *program);

/* Forget what was recorded, and record. 0 or negative errno. */
int mapping_program_begin(MappingProgram *program);

/* Stop recording, on every CPU when this returns. 0 or negative errno. */
int mapping_program_end(MappingProgram *program);

/*
 * Hand each mapping to `sink`, and consume it; while it records only when that is needed to keep
 * room, since reading takes the CPU from what is measured. 0 and *ret_lost, how many since begin
 * could not be recorded (no room, or an interrupt's in the middle of the program: those are told
 * once it was read) or not be read; or negative errno.
 */
int mapping_program_read(MappingProgram *program,
                         void (*sink)(const DmaMapping *mapping, void *userdata), void *userdata,
                         uint64_t *ret_lost);

#endif
