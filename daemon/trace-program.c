/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads the program, attaches it for a leg, and reads the memory that it shares with us.
 */

#include "daemon/trace-program.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "daemon/bpf/bounced.h"
#include "daemon/reason.h"

/* daemon/bpf/bounced.bpf.c, compiled. */
static const unsigned char object_bytes[] __attribute__((aligned(8))) = {
#include "bounced.bpf.inc"
};

struct TraceProgram {
    struct bpf_object *object;
    struct bpf_program *program; /* of the object */
    struct bpf_link *link;       /* while it records */
    BouncedState *state;         /* the kernel's own memory, mapped */
    BouncedRecord *records;      /* likewise */
    uint64_t n_missed_before;    /* at begin */
    uint64_t n_read;             /* of its records, since begin */
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

/* Runs of the program that the kernel left out, since one was under way on the same CPU
 * (bpf_prog_inc_misses_counter(), kernel/bpf/syscall.c, 6.1). Before it could, it left none out. */
static int read_missed(const TraceProgram *program, uint64_t *ret_missed)
{
    struct bpf_prog_info info = { 0 };
    __u32 size = sizeof(info);

    int r = bpf_obj_get_info_by_fd(bpf_program__fd(program->program), &info, &size);
    if (r < 0)
        return r;
    *ret_missed = info.recursion_misses;
    return 0;
}

/* Map what a map of the object holds: NULL and errno when that cannot be done. */
static void *map_memory(const TraceProgram *program, const char *name, size_t value_bytes,
                        size_t n_values)
{
    const struct bpf_map *map = bpf_object__find_map_by_name(program->object, name);

    if (!map || bpf_map__value_size(map) != value_bytes || bpf_map__max_entries(map) != n_values) {
        errno = EBADMSG;
        return NULL;
    }
    void *memory =
        mmap(NULL, value_bytes * n_values, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* 1, 0 and the reason, or negative errno. */
static int load(TraceProgram *program, char **ret_reason)
{
    program->object = bpf_object__open_mem(object_bytes, sizeof(object_bytes), NULL);
    if (!program->object)
        return -errno;
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
    program->program = bpf_object__find_program_by_name(program->object, "bounced");
    if (!program->program)
        return -EBADMSG;
    /* ".bss" is libbpf's name for what the program's own variables lie in: `state` alone. */
    program->state = map_memory(program, ".bss", sizeof(BouncedState), 1);
    program->records = map_memory(program, "records", sizeof(BouncedRecord), BOUNCED_MAX_RECORDS);
    if (!program->state || !program->records)
        return reason_give(ret_reason, "the memory of our BPF program cannot be mapped: %s",
                           strerror(errno));
    return 1;
}

/* Without its compiler the kernel interprets a program, which costs more than tracefs. */
static int check_compiled(const TraceProgram *program, char **ret_reason)
{
    struct bpf_prog_info info = { 0 };
    __u32 size = sizeof(info);

    int r = bpf_obj_get_info_by_fd(bpf_program__fd(program->program), &info, &size);
    if (r < 0)
        return r;
    if (info.jited_prog_len == 0)
        return reason_give(ret_reason, "the kernel would interpret a BPF program; it compiles them "
                                       "with net.core.bpf_jit_enable=1");
    return 1;
}

int trace_program_open(const char *device, TraceProgram **ret_program, char **ret_reason)
{
    if (strlen(device) >= BOUNCED_NAME_BYTES)
        return -EINVAL;
    if (membarrier(MEMBARRIER_CMD_GLOBAL) < 0)
        return reason_give(ret_reason, "this kernel cannot tell when a program has run to its end "
                                       "(membarrier)");
    libbpf_set_print(stay_silent);
    TraceProgram *program = calloc(1, sizeof(*program));
    if (!program)
        return -ENOMEM;
    int r = load(program, ret_reason);
    if (r > 0)
        r = check_compiled(program, ret_reason);
    if (r <= 0) {
        trace_program_close(program);
        return r;
    }
    snprintf(program->state->wanted, sizeof(program->state->wanted), "%s", device);
    *ret_program = program;
    return 1;
}

TraceProgram *trace_program_close(TraceProgram *program)
{
    if (!program)
        return NULL;
    bpf_link__destroy(program->link);
    if (program->state)
        munmap(program->state, sizeof(BouncedState));
    if (program->records)
        munmap(program->records, sizeof(BouncedRecord) * BOUNCED_MAX_RECORDS);
    bpf_object__close(program->object);
    free(program);
    return NULL;
}

int trace_program_begin(TraceProgram *program)
{
    if (program->link)
        return -EBUSY;
    /* The device may have been given up and made again, at another place. */
    program->state->device = 0;
    program->state->n_events = 0;
    program->n_read = 0;
    int r = read_missed(program, &program->n_missed_before);
    if (r < 0)
        return r;
    program->link = bpf_program__attach(program->program);
    return program->link ? 0 : -errno;
}

int trace_program_end(TraceProgram *program)
{
    int r = bpf_link__destroy(program->link);

    program->link = NULL;
    /* A run of it on another CPU may still be under way; tracepoints run where preemption is off,
     * and this waits for the end of every such stretch (synchronize_rcu(),
     * kernel/sched/membarrier.c, 6.1). */
    return r < 0 ? r : membarrier(MEMBARRIER_CMD_GLOBAL);
}

int trace_program_read(TraceProgram *program,
                       void (*sink)(const BounceEvent *event, void *userdata), void *userdata,
                       uint64_t *ret_lost)
{
    const BouncedState *state = program->state;
    uint64_t n = state->n_events, n_lost = 0, n_missed;
    BounceEvent event = { .dma_mask = state->dma_mask, .forced = state->force != 0 };

    if (program->link)
        return -EBUSY;
    int r = read_missed(program, &n_missed);
    if (r < 0)
        return r;
    if (n > BOUNCED_MAX_RECORDS) {
        n_lost = n - BOUNCED_MAX_RECORDS;
        n = BOUNCED_MAX_RECORDS;
    }
    snprintf(event.device, sizeof(event.device), "%s", state->wanted);
    for (; program->n_read < n; program->n_read++) {
        event.bus_address = program->records[program->n_read].bus_address;
        event.bytes = program->records[program->n_read].bytes;
        sink(&event, userdata);
    }
    *ret_lost = n_lost + n_missed - program->n_missed_before;
    return 0;
}
