/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/kernel-program.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "daemon/reason.h"

#define MAX_PROGRAMS 4U
#define MAX_MEMORIES 4U

struct KernelProgram {
    struct bpf_object *object;
    size_t n;
    struct {
        struct bpf_program *program; /* of the object */
        struct bpf_link *link;       /* while it runs */
    } part[MAX_PROGRAMS];
    uint64_t n_missed_before; /* at start */
    size_t n_memories;
    struct {
        void *start;
        size_t bytes;
    } memory[MAX_MEMORIES];
};

static int stay_silent(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    return 0;
}

static int membarrier(int command)
{
    return syscall(SYS_membarrier, command, 0, 0) < 0 ? -errno : 0;
}

/* Have only those loaded. 0 or negative errno. */
static int choose(KernelProgram *program, const char *const *wanted)
{
    struct bpf_program *part;

    bpf_object__for_each_program(part, program->object) bpf_program__set_autoload(part, false);
    for (; *wanted; wanted++) {
        part = bpf_object__find_program_by_name(program->object, *wanted);
        if (!part || program->n == MAX_PROGRAMS)
            return -EBADMSG;
        bpf_program__set_autoload(part, true);
        program->part[program->n++].program = part;
    }
    return 0;
}

/* 1, 0 and the reason, or negative errno. */
static int load(KernelProgram *program, char **ret_reason)
{
    int r = bpf_object__load(program->object);

    if (r == -EPERM)
        return reason_give(ret_reason, "the kernel lets us load no BPF program; run as root, "
                                       "without lockdown");
    if (r < 0)
        return reason_give(ret_reason,
                           "the kernel takes no BPF program of ours: %s; it needs BPF and BTF "
                           "(CONFIG_BPF_SYSCALL, CONFIG_DEBUG_INFO_BTF) and a swiotlb of 5.15 or "
                           "later",
                           strerror(-r));
    return 1;
}

static int read_info(const struct bpf_program *part, struct bpf_prog_info *ret_info)
{
    __u32 size = sizeof(*ret_info);

    memset(ret_info, 0, sizeof(*ret_info));
    return bpf_obj_get_info_by_fd(bpf_program__fd(part), ret_info, &size);
}

/* Without its compiler the kernel interprets a program, which costs more than tracefs. */
static int check_compiled(const KernelProgram *program, char **ret_reason)
{
    for (size_t i = 0; i < program->n; i++) {
        struct bpf_prog_info info;
        int r = read_info(program->part[i].program, &info);

        if (r < 0)
            return r;
        if (info.jited_prog_len == 0)
            return reason_give(ret_reason, "the kernel would interpret a BPF program; it compiles "
                                           "them with net.core.bpf_jit_enable=1");
    }
    return 1;
}

static int open_object(KernelProgram *program, const void *object, size_t object_bytes,
                       const char *const *wanted, char **ret_reason)
{
    program->object = bpf_object__open_mem(object, object_bytes, NULL);
    if (!program->object)
        return -errno;
    int r = choose(program, wanted);
    if (r >= 0)
        r = load(program, ret_reason);
    return r <= 0 ? r : check_compiled(program, ret_reason);
}

int kernel_program_open(const void *object, size_t object_bytes, const char *const *wanted,
                        KernelProgram **ret_program, char **ret_reason)
{
    if (membarrier(MEMBARRIER_CMD_GLOBAL) < 0)
        return reason_give(ret_reason, "this kernel cannot tell when a program has run to its end "
                                       "(membarrier)");
    libbpf_set_print(stay_silent);
    KernelProgram *program = calloc(1, sizeof(*program));
    if (!program)
        return -ENOMEM;
    int r = open_object(program, object, object_bytes, wanted, ret_reason);
    if (r <= 0) {
        kernel_program_close(program);
        return r;
    }
    *ret_program = program;
    return 1;
}

KernelProgram *kernel_program_close(KernelProgram *program)
{
    if (!program)
        return NULL;
    for (size_t i = 0; i < program->n; i++)
        bpf_link__destroy(program->part[i].link);
    for (size_t i = 0; i < program->n_memories; i++)
        munmap(program->memory[i].start, program->memory[i].bytes);
    bpf_object__close(program->object);
    free(program);
    return NULL;
}

int kernel_program_memory(KernelProgram *program, const char *name, size_t bytes, void **ret_memory)
{
    const struct bpf_map *map = bpf_object__find_map_by_name(program->object, name);

    if (!map || program->n_memories == MAX_MEMORIES ||
        (uint64_t)bpf_map__value_size(map) * bpf_map__max_entries(map) != bytes)
        return -EBADMSG;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    if (memory == MAP_FAILED)
        return -errno;
    program->memory[program->n_memories].start = memory;
    program->memory[program->n_memories++].bytes = bytes;
    *ret_memory = memory;
    return 0;
}

void kernel_types_look_up(KernelType *types, size_t n)
{
    struct btf *all = btf__load_vmlinux_btf();

    for (size_t i = 0; i < n; i++) {
        int id = all ? btf__find_by_name_kind(all, types[i].name, BTF_KIND_STRUCT) : -ENOENT;

        types[i].bytes = id > 0 ? btf__type_by_id(all, (__u32)id)->size : 0;
        types[i].exists =
            id > 0 || (all && btf__find_by_name_kind(all, types[i].name, BTF_KIND_TYPEDEF) > 0);
    }
    btf__free(all);
}

/* Since ever (bpf_prog_inc_misses_counter(), kernel/bpf/syscall.c, 6.1). Before the kernel could
 * leave runs out, it left none out. */
static int read_missed(const KernelProgram *program, uint64_t *ret_missed)
{
    uint64_t n = 0;

    for (size_t i = 0; i < program->n; i++) {
        struct bpf_prog_info info;
        int r = read_info(program->part[i].program, &info);

        if (r < 0)
            return r;
        n += info.recursion_misses;
    }
    *ret_missed = n;
    return 0;
}

int kernel_program_missed(const KernelProgram *program, uint64_t *ret_missed)
{
    uint64_t n;
    int r = read_missed(program, &n);

    if (r >= 0)
        *ret_missed = n - program->n_missed_before;
    return r;
}

bool kernel_program_runs(const KernelProgram *program)
{
    for (size_t i = 0; i < program->n; i++)
        if (program->part[i].link)
            return true;
    return false;
}

int kernel_program_start(KernelProgram *program)
{
    if (kernel_program_runs(program))
        return -EBUSY;
    int r = read_missed(program, &program->n_missed_before);
    for (size_t i = 0; r >= 0 && i < program->n; i++) {
        program->part[i].link = bpf_program__attach(program->part[i].program);
        if (!program->part[i].link)
            r = -errno;
    }
    if (r < 0)
        (void)kernel_program_stop(program);
    return r;
}

int kernel_program_stop(KernelProgram *program)
{
    int r = 0;

    for (size_t i = 0; i < program->n; i++) {
        int destroyed = bpf_link__destroy(program->part[i].link);

        program->part[i].link = NULL;
        r = destroyed < 0 ? destroyed : r;
    }
    /* A run on another CPU may still be under way; tracepoints and probes run where preemption is
     * off, and this waits for the end of every such stretch (synchronize_rcu(),
     * kernel/sched/membarrier.c, 6.1). */
    return r < 0 ? r : membarrier(MEMBARRIER_CMD_GLOBAL);
}
