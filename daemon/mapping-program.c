/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/mapping-program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bpf/mapped.h"
#include "daemon/kernel-program.h"
#include "daemon/mapped-event.h"
#include "daemon/page-structs.h"
#include "daemon/reason.h"

/* daemon/bpf/mapped.bpf.c, compiled. */
static const unsigned char object_bytes[] __attribute__((aligned(8))) = {
#include "mapped.bpf.inc"
};

struct MappingProgram {
    KernelProgram *program;
    MappedState *state; /* the kernel's own memory, mapped */
    char *ring;         /* likewise */
    PageStructs structs;
    uint64_t n_unreadable; /* since begin */
    DmaMapping mapping;    /* the one that is being told: it is large */
};

/* The programs of a hook: which of the kernel's events there are differs. NULL behind the last. */
static void choose(MappingHook hook, const KernelType *page_event, const KernelType *phys_event,
                   const char **ret_wanted)
{
    *ret_wanted++ = hook == MAPPING_HOOK_EVENTS ? "mapped_list" : "given_back";
    if (hook == MAPPING_HOOK_EVENTS && page_event->exists)
        *ret_wanted++ = "mapped_page";
    if (hook == MAPPING_HOOK_EVENTS && phys_event->exists)
        *ret_wanted++ = "mapped_phys";
    *ret_wanted = NULL;
}

/* Map what the program shares with us: 1, 0 and the reason. */
static int map_memory(MappingProgram *program, char **ret_reason)
{
    void *state = NULL, *ring = NULL;
    int r = kernel_program_memory(program->program, KERNEL_PROGRAM_VARIABLES, sizeof(MappedState),
                                  &state);

    if (r >= 0)
        r = kernel_program_memory(program->program, "ring", MAPPED_MEMORY_BYTES, &ring);
    if (r < 0)
        return reason_give(ret_reason, "the memory of our BPF program cannot be mapped: %s",
                           strerror(-r));
    program->state = state;
    program->ring = ring;
    return 1;
}

/* 1, 0 and the reason, or negative errno. */
static int open_program(MappingProgram *program, MappingHook hook, char **ret_reason)
{
    KernelType types[] = { { .name = "page" },
                           { .name = "btf_trace_dma_map_page" },
                           { .name = "btf_trace_dma_map_phys" } };
    const char *wanted[4];

    kernel_types_look_up(types, sizeof(types) / sizeof(types[0]));
    if (!types[0].exists)
        return reason_give(ret_reason, "the kernel does not tell its types "
                                       "(CONFIG_DEBUG_INFO_BTF)");
    int r = page_structs_read(types[0].bytes, &program->structs);
    if (r < 0)
        return reason_give(ret_reason,
                           "/proc/kcore does not tell where the kernel's page structures are: %s",
                           strerror(-r));
    choose(hook, &types[1], &types[2], wanted);
    r = kernel_program_open(object_bytes, sizeof(object_bytes), wanted, &program->program,
                            ret_reason);
    return r <= 0 ? r : map_memory(program, ret_reason);
}

int mapping_program_open(MappingHook hook, const char *const *devices, size_t n,
                         MappingProgram **ret_program, char **ret_reason)
{
    if (n > MAPPED_MAX_DEVICES)
        return reason_give(ret_reason, "%zu devices are more than the %d that can be heard at once",
                           n, MAPPED_MAX_DEVICES);
    for (size_t i = 0; i < n; i++)
        if (strlen(devices[i]) >= MAPPED_NAME_BYTES)
            return -EINVAL;
    MappingProgram *program = calloc(1, sizeof(*program));
    if (!program)
        return -ENOMEM;
    int r = open_program(program, hook, ret_reason);
    if (r <= 0) {
        mapping_program_close(program);
        return r;
    }
    for (size_t i = 0; i < n; i++)
        snprintf(program->state->wanted[i], MAPPED_NAME_BYTES, "%s", devices[i]);
    *ret_program = program;
    return 1;
}

MappingProgram *mapping_program_close(MappingProgram *program)
{
    if (program)
        kernel_program_close(program->program);
    free(program);
    return NULL;
}

/* The ring goes on where it was: what stands in it is of places gone by. */
int mapping_program_begin(MappingProgram *program)
{
    MappedState *state = program->state;

    if (kernel_program_runs(program->program))
        return -EBUSY;
    /* A device may have been given up and made again, at another place. */
    memset(state->device, 0, sizeof(state->device));
    state->tail = state->head;
    state->n_lost = 0;
    program->n_unreadable = 0;
    return kernel_program_start(program->program);
}

int mapping_program_end(MappingProgram *program)
{
    return kernel_program_stop(program->program);
}

/* The event at the ring's tail: 1 and its size; 0 it is not whole yet; -EBADMSG it is none. */
static int next_event(const MappingProgram *program, uint64_t head, size_t *ret_bytes)
{
    uint64_t tail = program->state->tail;
    const char *event = program->ring + tail % MAPPED_RING_BYTES;

    if (__atomic_load_n(&((const MappedEvent *)(const void *)event)->place, __ATOMIC_ACQUIRE) !=
        ~tail)
        return 0;
    int r = mapped_event_bytes(event, MAPPED_MAX_EVENT_BYTES, &program->state->layout, ret_bytes);
    return r < 0 || *ret_bytes > head - tail ? -EBADMSG : 1;
}

static void take_event(MappingProgram *program, size_t bytes,
                       void (*sink)(const DmaMapping *mapping, void *userdata), void *userdata)
{
    MappedState *state = program->state;
    DmaMapping *mapping = &program->mapping;
    size_t device;

    if (mapped_event_parse(program->ring + state->tail % MAPPED_RING_BYTES, bytes, &state->layout,
                           &program->structs, &device, mapping) < 0) {
        program->n_unreadable++;
        return;
    }
    snprintf(mapping->device, sizeof(mapping->device), "%.*s", MAPPED_NAME_BYTES - 1,
             state->wanted[device]);
    sink(mapping, userdata);
}

int mapping_program_read(MappingProgram *program,
                         void (*sink)(const DmaMapping *mapping, void *userdata), void *userdata,
                         uint64_t *ret_lost)
{
    MappedState *state = program->state;
    uint64_t head = __atomic_load_n(&state->head, __ATOMIC_ACQUIRE), n_missed;
    bool runs = kernel_program_runs(program->program);
    size_t bytes;
    int r = 0;

    if (runs && head - state->tail <= MAPPED_RING_BYTES / 2) {
        *ret_lost = state->n_lost + program->n_unreadable;
        return 0;
    }
    while (state->tail != head && (r = next_event(program, head, &bytes)) > 0) {
        take_event(program, bytes, sink, userdata);
        __atomic_store_n(&state->tail, state->tail + bytes, __ATOMIC_RELEASE);
    }
    /* when nothing is written any more, every event is whole */
    if (r < 0 || (!runs && state->tail != head))
        return -EBADMSG;
    r = kernel_program_missed(program->program, &n_missed);
    if (r >= 0)
        *ret_lost = state->n_lost + program->n_unreadable + n_missed;
    return r;
}
