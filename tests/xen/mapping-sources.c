/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each source of mappings beside the others while a command does I/O: our program at the kernel's
 * events, our program at the probe, and tracefs, which begins last and ends first. Says as JSON
 * what each heard of the device, and which programs heard, event for event, all that tracefs did: a
 * list that is mapped is given back in its turn. One CPU, so that there is one order. What the
 * kernel has not is null. usage: mapping-sources DEVICE COMMAND [ARG]...
 */
#include <inttypes.h>

#include "daemon/mapping-program.h"
#include "daemon/trace.h"
#include "tests/xen/command.h"

#define MAX_KEPT 4096

typedef struct Heard {
    const char *device;
    bool is_there;
    size_t n, n_kept, n_segments, n_lists, n_truncated, n_without_cpu;
    uint64_t bytes, lost;
    DmaMapping *mappings; /* the first n_kept */
} Heard;

static void hear(const DmaMapping *mapping, void *userdata)
{
    Heard *heard = userdata;

    if (strcmp(mapping->device, heard->device) != 0)
        return;
    heard->n++;
    if (heard->n_kept < MAX_KEPT)
        heard->mappings[heard->n_kept++] = *mapping;
    heard->n_lists += mapping->kind != DMA_MAPPING_SINGLE;
    heard->n_truncated += mapping->truncated;
    heard->n_without_cpu += !mapping->cpu_known;
    heard->n_segments += mapping->n_segments;
    for (size_t i = 0; i < mapping->n_segments; i++)
        heard->bytes += mapping->segments[i].bytes;
}

static void prepare(Heard *heard, const char *device)
{
    heard->device = device;
    heard->mappings = calloc(MAX_KEPT, sizeof(*heard->mappings));
    if (!heard->mappings)
        fail("memory", -ENOMEM, NULL);
}

static bool is_same(const DmaMapping *a, const DmaMapping *b, bool same_kind)
{
    return (!same_kind || a->kind == b->kind) && a->direction == b->direction &&
           a->n_segments == b->n_segments && a->truncated == b->truncated &&
           a->cpu_known == b->cpu_known &&
           memcmp(a->segments, b->segments, a->n_segments * sizeof(a->segments[0])) == 0;
}

/* Has `all` what `some` has, one behind the other? */
static bool has_all(const Heard *all, const Heard *some, bool same_kind)
{
    for (size_t first = 0; first + some->n <= all->n_kept; first++) {
        size_t i = 0;

        while (i < some->n && is_same(&all->mappings[first + i], &some->mappings[i], same_kind))
            i++;
        if (i == some->n)
            return true;
    }
    return false;
}

static void print(const char *name, const Heard *heard)
{
    if (!heard->is_there) {
        printf("\"%s\": null, ", name);
        return;
    }
    printf("\"%s\": {\"events\": %zu, \"lists\": %zu, \"segments\": %zu, \"bytes\": %" PRIu64
           ", \"truncated\": %zu, \"without_cpu\": %zu, \"lost\": %" PRIu64 "}, ",
           name, heard->n, heard->n_lists, heard->n_segments, heard->bytes, heard->n_truncated,
           heard->n_without_cpu, heard->lost);
}

/* The program of a hook, running; NULL where the kernel lacks what it hears. */
static MappingProgram *begin_program(MappingHook hook, Heard *heard)
{
    MappingProgram *program = NULL;
    char *reason = NULL;
    int r = mapping_program_open(hook, &heard->device, 1, &program, &reason);

    if (r == 0)
        fprintf(stderr, "%s: %s\n", hook == MAPPING_HOOK_PROBE ? "probe" : "program", reason);
    free(reason);
    if (r < 0 || (r > 0 && (r = mapping_program_begin(program)) < 0))
        fail("program", r, NULL);
    heard->is_there = program != NULL;
    return program;
}

static void end_program(MappingProgram *program, Heard *heard)
{
    int r = program ? mapping_program_end(program) : 0;

    if (program && r >= 0)
        r = mapping_program_read(program, hear, heard, &heard->lost);
    if (r < 0)
        fail("program's end", r, NULL);
    mapping_program_close(program);
}

int main(int argc, char **argv)
{
    Heard by_program = { 0 }, by_probe = { 0 }, by_tracefs = { 0 };
    TraceSink sink = { .on_mapping = hear, .userdata = &by_tracefs };
    TraceSession *session = NULL;
    char *reason = NULL;

    if (argc < 3)
        fail("usage", -EINVAL, NULL);
    prepare(&by_program, argv[1]);
    prepare(&by_probe, argv[1]);
    prepare(&by_tracefs, argv[1]);
    int r = trace_open(NULL, &session, &reason);
    if (r <= 0)
        fail("tracefs", r, reason);
    by_tracefs.is_there = trace_kinds(session) & TRACE_MAPPINGS;
    MappingProgram *program =
        by_tracefs.is_there ? begin_program(MAPPING_HOOK_EVENTS, &by_program) : NULL;
    MappingProgram *probe = begin_program(MAPPING_HOOK_PROBE, &by_probe);
    if ((r = trace_begin(session, TRACE_MAPPINGS)) < 0)
        fail("begin", r, NULL);
    run_command(argv + 2);
    if ((r = trace_end(session)) < 0 || (r = trace_drain(session, &sink, &by_tracefs.lost)) < 0)
        fail("tracefs' end", r, NULL);
    end_program(program, &by_program);
    end_program(probe, &by_probe);
    printf("{");
    print("program", &by_program);
    print("probe", &by_probe);
    print("tracefs", &by_tracefs);
    printf("\"program_same\": %s, \"probe_same\": %s}\n",
           has_all(&by_program, &by_tracefs, true) ? "true" : "false",
           has_all(&by_probe, &by_tracefs, false) ? "true" : "false");
    trace_close(session);
    return 0;
}
