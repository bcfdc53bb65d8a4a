/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bpf/bounced.h"
#include "daemon/kernel-program.h"
#include "daemon/reason.h"

/* daemon/bpf/bounced.bpf.c, compiled. */
static const unsigned char object_bytes[] __attribute__((aligned(8))) = {
#include "bounced.bpf.inc"
};

struct TraceProgram {
    KernelProgram *program;
    BouncedState *state;    /* the kernel's own memory, mapped */
    BouncedRecord *records; /* likewise */
    bool of_any;            /* of every device: it can be read while it records */
};

/* 1, 0 and the reason, or negative errno. */
static int open_program(TraceProgram *program, char **ret_reason)
{
    const char *const wanted[] = { program->of_any ? "bounced_any" : "bounced", NULL };
    void *state = NULL, *records = NULL;
    int r = kernel_program_open(object_bytes, sizeof(object_bytes), wanted, &program->program,
                                ret_reason);

    if (r <= 0)
        return r;
    r = kernel_program_memory(program->program, KERNEL_PROGRAM_VARIABLES, sizeof(BouncedState),
                              &state);
    if (r >= 0)
        r = kernel_program_memory(program->program, "records",
                                  sizeof(BouncedRecord) * BOUNCED_MAX_RECORDS, &records);
    if (r < 0)
        return reason_give(ret_reason, "the memory of our BPF program cannot be mapped: %s",
                           strerror(-r));
    program->state = state;
    program->records = records;
    return 1;
}

int trace_program_open(const char *device, TraceProgram **ret_program, char **ret_reason)
{
    if (device && strlen(device) >= BOUNCED_NAME_BYTES)
        return -EINVAL;
    TraceProgram *program = calloc(1, sizeof(*program));
    if (!program)
        return -ENOMEM;
    program->of_any = !device;
    int r = open_program(program, ret_reason);
    if (r <= 0) {
        trace_program_close(program);
        return r;
    }
    snprintf(program->state->wanted, sizeof(program->state->wanted), "%s", device ? device : "");
    *ret_program = program;
    return 1;
}

TraceProgram *trace_program_close(TraceProgram *program)
{
    if (program)
        kernel_program_close(program->program);
    free(program);
    return NULL;
}

int trace_program_begin(TraceProgram *program)
{
    if (kernel_program_runs(program->program))
        return -EBUSY;
    /* A device may have been given up and made again, at another place. */
    memset(program->state->devices, 0, sizeof(program->state->devices));
    program->state->n_devices = 0;
    program->state->tail = program->state->head;
    program->state->n_lost = 0;
    return kernel_program_start(program->program);
}

int trace_program_end(TraceProgram *program)
{
    return kernel_program_stop(program->program);
}

/* Tell the record at the ring's tail, unless it is not whole yet. */
static bool take_record(TraceProgram *program,
                        void (*sink)(const BounceEvent *event, void *userdata), void *userdata)
{
    BouncedState *state = program->state;
    const BouncedRecord *record = &program->records[state->tail % BOUNCED_MAX_RECORDS];

    if (__atomic_load_n(&record->place, __ATOMIC_ACQUIRE) != ~state->tail)
        return false;
    const BouncedDevice *device = &state->devices[record->device % BOUNCED_MAX_DEVICES];
    BounceEvent event = { .bus_address = record->bus_address,
                          .bytes = record->bytes,
                          .dma_mask = device->dma_mask,
                          .forced = device->force != 0 };
    snprintf(event.device, sizeof(event.device), "%.*s", BOUNCED_NAME_BYTES - 1, device->name);
    sink(&event, userdata);
    __atomic_store_n(&state->tail, state->tail + 1, __ATOMIC_RELEASE);
    return true;
}

int trace_program_read(TraceProgram *program,
                       void (*sink)(const BounceEvent *event, void *userdata), void *userdata,
                       uint64_t *ret_lost)
{
    BouncedState *state = program->state;
    uint64_t head = __atomic_load_n(&state->head, __ATOMIC_ACQUIRE), n_missed;
    bool runs = kernel_program_runs(program->program);

    if (runs && (!program->of_any || head - state->tail <= BOUNCED_MAX_RECORDS / 2)) {
        *ret_lost = state->n_lost;
        return 0;
    }
    uint64_t n_beyond =
        head - state->tail > BOUNCED_MAX_RECORDS ? head - state->tail - BOUNCED_MAX_RECORDS : 0;
    while (state->tail != head - n_beyond && take_record(program, sink, userdata))
        ;
    /* when nothing is written any more, every record is whole */
    if (!runs && state->tail != head - n_beyond)
        return -EBADMSG;
    if (n_beyond > 0) {
        state->n_lost += n_beyond;
        state->tail = head;
    }
    int r = kernel_program_missed(program->program, &n_missed);
    if (r >= 0)
        *ret_lost = state->n_lost + n_missed;
    return r;
}
