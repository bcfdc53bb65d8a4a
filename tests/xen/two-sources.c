/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both sources of bounce events, our program in the kernel and tracefs, beside each other while a
 * command does I/O, and the program again where it hears every device: says as JSON what each heard
 * of the device, and whether it was the same, event for event. One CPU, so that there is one order.
 * usage: two-sources DEVICE COMMAND [ARG]...
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/trace-program.h"
#include "daemon/trace.h"
#include "tests/xen/command.h"

#define MAX_EVENTS 100000

typedef struct Heard {
    const char *device;
    size_t n, n_forced, n_outside;
    uint64_t bytes, lost;
    BounceEvent *events;
} Heard;

static void hear(const BounceEvent *event, void *userdata)
{
    Heard *heard = userdata;

    if (strcmp(event->device, heard->device) != 0)
        return;
    if (heard->n == MAX_EVENTS)
        fail("events", -E2BIG, NULL);
    heard->events[heard->n++] = *event;
    heard->bytes += event->bytes;
    heard->n_forced += event->forced;
    heard->n_outside += event->bus_address == BOUNCE_ADDRESS_OUTSIDE;
}

static bool is_same(const Heard *a, const Heard *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->events[i].bus_address != b->events[i].bus_address ||
            a->events[i].bytes != b->events[i].bytes ||
            a->events[i].forced != b->events[i].forced ||
            a->events[i].dma_mask != b->events[i].dma_mask)
            return false;
    return true;
}

static void print(const char *name, const Heard *heard)
{
    printf("\"%s\": {\"events\": %zu, \"bytes\": %" PRIu64
           ", \"outside\": %zu, \"forced\": %zu, \"lost\": %" PRIu64 "}, ",
           name, heard->n, heard->bytes, heard->n_outside, heard->n_forced, heard->lost);
}

static int open_sources(const char *device, TraceProgram **programs, TraceSession **session,
                        char **ret_reason)
{
    int r = trace_program_open(device, &programs[0], ret_reason);

    if (r > 0)
        r = trace_program_open(NULL, &programs[1], ret_reason);
    if (r > 0)
        r = trace_open(NULL, session, ret_reason);
    /* with the addresses, it hears bounces through tracefs */
    return r > 0 ? trace_add_addresses(*session, ret_reason) : r;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        fail("usage", -EINVAL, NULL);
    Heard by_program = { .device = argv[1] }, of_every = by_program, by_tracefs = by_program;
    TraceSink sink = { .on_bounce = hear, .userdata = &by_tracefs };
    TraceProgram *programs[2] = { NULL };
    TraceSession *session = NULL;
    char *reason = NULL;

    by_program.events = calloc(MAX_EVENTS, sizeof(BounceEvent));
    of_every.events = calloc(MAX_EVENTS, sizeof(BounceEvent));
    by_tracefs.events = calloc(MAX_EVENTS, sizeof(BounceEvent));
    int r = open_sources(argv[1], programs, &session, &reason);
    if (r <= 0)
        fail("open", r, reason);
    if ((r = trace_program_begin(programs[0])) < 0 || (r = trace_program_begin(programs[1])) < 0 ||
        (r = trace_begin(session, TRACE_BOUNCES | TRACE_ADDRESSES)) < 0)
        fail("begin", r, NULL);
    run_command(argv + 2);
    if ((r = trace_end(session)) < 0 || (r = trace_program_end(programs[1])) < 0 ||
        (r = trace_program_end(programs[0])) < 0)
        fail("end", r, NULL);
    if ((r = trace_program_read(programs[0], hear, &by_program, &by_program.lost)) < 0 ||
        (r = trace_program_read(programs[1], hear, &of_every, &of_every.lost)) < 0 ||
        (r = trace_drain(session, &sink, &by_tracefs.lost)) < 0)
        fail("read", r, NULL);
    printf("{");
    print("program", &by_program);
    print("program_of_every", &of_every);
    print("tracefs", &by_tracefs);
    printf("\"same\": %s}\n",
           is_same(&by_program, &by_tracefs) && is_same(&of_every, &by_tracefs) ? "true" : "false");
    trace_program_close(programs[0]);
    trace_program_close(programs[1]);
    trace_close(session);
    free(by_program.events);
    free(of_every.events);
    free(by_tracefs.events);
    return 0;
}
