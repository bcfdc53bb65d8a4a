/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_KERNEL_PROGRAM_H
#define XDMAD_DAEMON_KERNEL_PROGRAM_H
/*
 * Programs of ours that run in the kernel (daemon/bpf/), and the memory that they share with us:
 * the one place that speaks to libbpf. They are for kernels with BTF (CONFIG_DEBUG_INFO_BTF, since
 * 5.15), which a vendor's often lacks.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct KernelProgram KernelProgram;

/* What libbpf calls the memory of a program's own variables. */
#define KERNEL_PROGRAM_VARIABLES ".bss"

/*
 * Load those of the object's programs that `wanted` names (NULL behind the last; text is borrowed
 * for the call); none runs yet. 1 and *ret_program, 0 and *ret_reason (owned) where the kernel
 * takes one of them not, or would interpret it, which costs more than tracefs; or negative errno
 * (-EBADMSG: the object has no such program).
 */
int kernel_program_open(const void *object, size_t object_bytes, const char *const *wanted,
                        KernelProgram **ret_program, char **ret_reason);

/* Take them out of the kernel; NULL is fine. Returns NULL. */
KernelProgram *kernel_program_close(KernelProgram *program);

/* Memory of this name, which must be of `bytes`: mapped until close. 0 and *ret_memory, or negative
 * errno. */
int kernel_program_memory(KernelProgram *program, const char *name, size_t bytes,
                          void **ret_memory);

/* A type of the running kernel. */
typedef struct KernelType {
    const char *name; /* of a struct, or of a typedef, as "btf_trace_dma_map_sg" */
    bool exists;
    uint64_t bytes; /* of a struct */
} KernelType;

/* Look these types up in the kernel's type information; where it has none, none exists. */
void kernel_types_look_up(KernelType *types, size_t n);

/* Have them run. 0 or negative errno (-EBUSY: they do); none runs then. */
int kernel_program_start(KernelProgram *program);

/* Have them run no more, on any CPU when this returns. 0 or negative errno. */
int kernel_program_stop(KernelProgram *program);

bool kernel_program_runs(const KernelProgram *program);

/* Runs since the last start that the kernel left out, since one was under way on the same CPU. 0 or
 * negative errno. */
int kernel_program_missed(const KernelProgram *program, uint64_t *ret_missed);

#endif
