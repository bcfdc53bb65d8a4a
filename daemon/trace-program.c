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
    uint64_t n_read;        /* of its records, since begin */
};

/* 1, 0 and the reason, or negative errno. */
static int open_program(TraceProgram *program, char **ret_reason)
{
    static const char *const wanted[] = { "bounced", NULL };
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
    if (strlen(device) >= BOUNCED_NAME_BYTES)
        return -EINVAL;
    TraceProgram *program = calloc(1, sizeof(*program));
    if (!program)
        return -ENOMEM;
    int r = open_program(program, ret_reason);
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
    if (program)
        kernel_program_close(program->program);
    free(program);
    return NULL;
}

int trace_program_begin(TraceProgram *program)
{
    if (kernel_program_runs(program->program))
        return -EBUSY;
    /* The device may have been given up and made again, at another place. */
    program->state->device = 0;
    program->state->n_events = 0;
    program->n_read = 0;
    return kernel_program_start(program->program);
}

int trace_program_end(TraceProgram *program)
{
    return kernel_program_stop(program->program);
}

int trace_program_read(TraceProgram *program,
                       void (*sink)(const BounceEvent *event, void *userdata), void *userdata,
                       uint64_t *ret_lost)
{
    const BouncedState *state = program->state;
    uint64_t n = state->n_events, n_lost = 0, n_missed;
    BounceEvent event = { .dma_mask = state->dma_mask, .forced = state->force != 0 };

    if (kernel_program_runs(program->program))
        return -EBUSY;
    int r = kernel_program_missed(program->program, &n_missed);
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
    *ret_lost = n_lost + n_missed;
    return 0;
}
