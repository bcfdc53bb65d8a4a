/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a session whose parts fail: what records beside a part that cannot be ended is ended
 * all the same, and the first error is told. Instance and programs are this file's own.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/mapping-program.h"
#include "daemon/trace-instance.h"
#include "daemon/trace-program.h"
#include "daemon/trace.h"
#include "dma-formats.h"

/* One part of the kernel that records. */
typedef struct Part {
    bool records;
    int end_result; /* negative: it goes on recording */
} Part;

static Part instance, events, probe;

static Part *part_of(const void *handle)
{
    return *(Part *const *)handle;
}

static int begin(const void *handle)
{
    part_of(handle)->records = true;
    return 0;
}

static int end(const void *handle)
{
    Part *part = part_of(handle);

    part->records = part->end_result < 0;
    return part->end_result;
}

/* --- the instance: of dma:dma_map_sg and dma:dma_alloc alone --- */

struct TraceInstance {
    Part *part;
};

int trace_instance_open(TraceInstance **ret_instance, char **ret_reason)
{
    (void)ret_reason;
    *ret_instance = malloc(sizeof(**ret_instance));
    assert_non_null(*ret_instance);
    (*ret_instance)->part = &instance;
    return 1;
}

TraceInstance *trace_instance_close(TraceInstance *handle)
{
    free(handle);
    return NULL;
}

bool trace_event_exists(const TraceEventName *name)
{
    return strcmp(name->event, "dma_map_sg") == 0 || strcmp(name->event, "dma_alloc") == 0;
}

int trace_formats_load(const TraceEventName *names, size_t n, struct tep_handle **ret_tep)
{
    struct tep_handle *tep = tep_alloc();

    (void)names;
    assert_int_equal(n, 2);
    assert_non_null(tep);
    tep_set_long_size(tep, 8);
    assert_int_equal(tep_parse_event(tep, dma_format_map_sg, strlen(dma_format_map_sg), "dma"), 0);
    assert_int_equal(tep_parse_event(tep, dma_format_alloc, strlen(dma_format_alloc), "dma"), 0);
    *ret_tep = tep;
    return 0;
}

int trace_instance_switch(TraceInstance *handle, const TraceEventName *name, bool on)
{
    (void)handle;
    (void)name;
    (void)on;
    return 0;
}

int trace_instance_filter(TraceInstance *handle, const TraceEventName *name, const char *filter)
{
    (void)handle;
    (void)name;
    (void)filter;
    return 0;
}

int trace_instance_add_probe(TraceInstance *handle, const char *function, const char *arguments,
                             TraceEventName *ret_name, char **ret_reason)
{
    (void)handle;
    (void)function;
    (void)arguments;
    (void)ret_name;
    (void)ret_reason;
    return -ENOSYS;
}

int trace_instance_begin(TraceInstance *handle)
{
    return begin(handle);
}

int trace_instance_end(TraceInstance *handle)
{
    return end(handle);
}

int trace_instance_read(TraceInstance *handle, struct tep_handle *tep,
                        int (*take)(struct tep_event *event, struct tep_record *record, int cpu,
                                    void *userdata),
                        void *userdata)
{
    (void)handle;
    (void)tep;
    (void)take;
    (void)userdata;
    return 0;
}

int trace_instance_lost(TraceInstance *handle, uint64_t *ret_lost)
{
    (void)handle;
    *ret_lost = 0;
    return 0;
}

/* --- programs --- */

struct MappingProgram {
    Part *part;
};

int mapping_program_open(MappingHook hook, const char *const *devices, size_t n,
                         MappingProgram **ret_program, char **ret_reason)
{
    (void)devices;
    (void)n;
    (void)ret_reason;
    *ret_program = malloc(sizeof(**ret_program));
    assert_non_null(*ret_program);
    (*ret_program)->part = hook == MAPPING_HOOK_EVENTS ? &events : &probe;
    return 1;
}

MappingProgram *mapping_program_close(MappingProgram *program)
{
    free(program);
    return NULL;
}

int mapping_program_begin(MappingProgram *program)
{
    return begin(program);
}

int mapping_program_end(MappingProgram *program)
{
    return end(program);
}

int mapping_program_read(MappingProgram *program,
                         void (*sink)(const DmaMapping *mapping, void *userdata), void *userdata,
                         uint64_t *ret_lost)
{
    (void)program;
    (void)sink;
    (void)userdata;
    *ret_lost = 0;
    return 0;
}

/* None is opened where the kernel tells mappings. */

int trace_program_open(const char *device, TraceProgram **ret_program, char **ret_reason)
{
    (void)device;
    (void)ret_program;
    (void)ret_reason;
    return -ENOSYS;
}

TraceProgram *trace_program_close(TraceProgram *program)
{
    assert_null(program);
    return NULL;
}

int trace_program_begin(TraceProgram *program)
{
    (void)program;
    return -ENOSYS;
}

int trace_program_end(TraceProgram *program)
{
    (void)program;
    return -ENOSYS;
}

int trace_program_read(TraceProgram *program,
                       void (*sink)(const BounceEvent *event, void *userdata), void *userdata,
                       uint64_t *ret_lost)
{
    (void)program;
    (void)sink;
    (void)userdata;
    (void)ret_lost;
    return -ENOSYS;
}

/* --- the tests --- */

/* A session of one device, with the kernel's events in it and the probe. */
static TraceSession *open_session(void)
{
    const char *device = "0000:00:01.0";
    TraceSession *session = NULL;

    instance = events = probe = (Part) { 0 };
    assert_int_equal(trace_open(device, &session, NULL), 1);
    assert_int_equal(trace_add_unmaps(session, &device, 1, NULL), 1);
    return session;
}

static void test_nothing_records_behind_the_end(void **state)
{
    TraceSession *session = open_session();
    (void)state;

    assert_int_equal(trace_begin(session, TRACE_MAPPINGS | TRACE_UNMAPS), 0);
    assert_true(events.records && probe.records && !instance.records);
    assert_int_equal(trace_end(session), 0);
    assert_false(events.records || probe.records);
    /* coherent memory is told by the instance alone */
    assert_int_equal(trace_begin(session, TRACE_MAPPINGS | TRACE_COHERENT | TRACE_UNMAPS), 0);
    assert_true(instance.records && probe.records && events.records);
    assert_int_equal(trace_end(session), 0);
    assert_false(instance.records || probe.records || events.records);
    trace_close(session);
}

/* It is told them late, and is to record everything. */
static void test_a_session_of_every_device_hears_mappings_by_program(void **state)
{
    static const char *const devices[] = { "0000:00:01.0", "fe340000.mmc" };
    TraceSession *session = NULL;
    (void)state;

    instance = events = probe = (Part) { 0 };
    assert_int_equal(trace_open(NULL, &session, NULL), 1);
    assert_string_equal(trace_source(session), "tracefs");
    assert_int_equal(trace_only_mappings_of(session, devices, 2), 0);
    assert_string_equal(trace_source(session), "bpf");
    assert_int_equal(trace_begin(session, trace_kinds(session)), 0);
    assert_true(events.records && instance.records);
    assert_int_equal(trace_end(session), 0);
    assert_false(events.records || instance.records);
    trace_close(session);
}

static void test_the_instance_ends_where_a_program_does_not(void **state)
{
    TraceSession *session = open_session();
    (void)state;

    assert_int_equal(trace_begin(session, TRACE_MAPPINGS | TRACE_COHERENT | TRACE_UNMAPS), 0);
    probe.end_result = -EIO;
    assert_int_equal(trace_end(session), -EIO);
    assert_true(probe.records);
    assert_false(instance.records);
    instance.end_result = -EBUSY;
    assert_int_equal(trace_end(session), -EIO);
    probe.end_result = 0;
    assert_int_equal(trace_end(session), -EBUSY);
    assert_false(probe.records);
    trace_close(session);
}

static void test_a_program_ends_where_another_does_not(void **state)
{
    TraceSession *session = open_session();
    (void)state;

    assert_int_equal(trace_begin(session, TRACE_MAPPINGS | TRACE_UNMAPS), 0);
    events.end_result = -EIO;
    probe.end_result = -EBUSY;
    assert_int_equal(trace_end(session), -EIO);
    probe.end_result = 0;
    assert_int_equal(trace_end(session), -EIO);
    assert_false(probe.records);
    trace_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_records_behind_the_end),
        cmocka_unit_test(test_a_session_of_every_device_hears_mappings_by_program),
        cmocka_unit_test(test_the_instance_ends_where_a_program_does_not),
        cmocka_unit_test(test_a_program_ends_where_another_does_not),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
