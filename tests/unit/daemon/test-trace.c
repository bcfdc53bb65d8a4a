/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records by the event's own format, in the shapes of 5.15 and of 6.1; hostile records; the joining
 * of events and probe hits; and a session on this host where one may be had.
 */

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/trace-pair.h"
#include "daemon/trace-program.h"
#include "daemon/trace-record.h"
#include "daemon/trace.h"

#define COMMON_FIELDS                                                                              \
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                 \
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

#define BOUNCE_FIELDS                                                                              \
    "\tfield:__data_loc char[] dev_name;\toffset:8;\tsize:4;\tsigned:0;\n"                         \
    "\tfield:u64 dma_mask;\toffset:16;\tsize:8;\tsigned:0;\n"                                      \
    "\tfield:dma_addr_t dev_addr;\toffset:24;\tsize:8;\tsigned:0;\n"                               \
    "\tfield:size_t size;\toffset:32;\tsize:8;\tsigned:0;\n"

static const char format_6_1[] =
    "name: swiotlb_bounced\nID: 77\nformat:\n" COMMON_FIELDS BOUNCE_FIELDS
    "\tfield:bool force;\toffset:40;\tsize:1;\tsigned:0;\n\nprint fmt: \"x\"\n";
static const char format_5_15[] =
    "name: swiotlb_bounced\nID: 78\nformat:\n" COMMON_FIELDS BOUNCE_FIELDS
    "\tfield:enum swiotlb_force swiotlb_force;\toffset:40;\tsize:4;\tsigned:0;\n\n"
    "print fmt: \"x\"\n";
static const char format_without_force[] =
    "name: swiotlb_bounced\nID: 79\nformat:\n" COMMON_FIELDS BOUNCE_FIELDS "\nprint fmt: \"x\"\n";
static const char format_probe[] =
    "name: map_1\nID: 80\nformat:\n" COMMON_FIELDS
    "\tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;\n"
    "\tfield:u64 phys;\toffset:16;\tsize:8;\tsigned:0;\n"
    "\tfield:u64 bytes;\toffset:24;\tsize:8;\tsigned:0;\n\nprint fmt: \"x\"\n";

static struct tep_handle *tep_with(const char *system, const char *format)
{
    struct tep_handle *tep = tep_alloc();

    assert_non_null(tep);
    tep_set_file_bigendian(tep, TEP_LITTLE_ENDIAN);
    tep_set_local_bigendian(tep, tep_is_bigendian() ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
    tep_set_long_size(tep, 8);
    tep_set_loglevel(TEP_LOG_NONE);
    assert_int_equal(tep_parse_event(tep, format, strlen(format), system), TEP_ERRNO__SUCCESS);
    return tep;
}

static void put(unsigned char *data, size_t offset, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[offset + i] = (unsigned char)(value >> (8 * i));
}

/* A record with its name at 48. Its size is in the record, so that a test can lie about it. */
static struct tep_record record_of(unsigned char *data, const char *name)
{
    memset(data, 0, 128);
    put(data, 8, 48 | (strlen(name) + 1) << 16, 4);
    put(data, 16, UINT32_MAX, 8);
    put(data, 24, UINT64_C(0x123456000), 8);
    put(data, 32, 65536, 8);
    put(data, 40, 1, 1);
    memcpy(data + 48, name, strlen(name));
    return (struct tep_record) { .data = data, .size = (int)(48 + strlen(name) + 1) };
}

static void test_both_shapes(void **state)
{
    static const char *const formats[] = { format_6_1, format_5_15 };
    unsigned char data[256];
    (void)state;

    for (int i = 0; i < 2; i++) {
        struct tep_handle *tep = tep_with("swiotlb", formats[i]);
        struct tep_record record = record_of(data, "0000:00:02.0");
        const char *missing = NULL;
        BounceFormat format;
        BounceEvent event;

        assert_int_equal(bounce_format_find(tep, &format, &missing), 0);
        assert_int_equal(format.id, 77 + i);
        assert_int_equal(bounce_record_parse(&format, &record, &event), 0);
        assert_string_equal(event.device, "0000:00:02.0");
        assert_true(event.bus_address == UINT64_C(0x123456000));
        assert_int_equal(event.dma_mask, UINT32_MAX);
        assert_int_equal(event.bytes, 65536);
        assert_true(event.forced);
        assert_false(event.phys_known);
        put(data, 40, i == 0 ? 0 : 2, 1); /* 2 is SWIOTLB_NO_FORCE */
        put(data, 24, UINT64_MAX, 8);
        assert_int_equal(bounce_record_parse(&format, &record, &event), 0);
        assert_false(event.forced);
        assert_true(event.bus_address == BOUNCE_ADDRESS_OUTSIDE);
        tep_free(tep);
    }
}

static void test_missing_field_and_event(void **state)
{
    struct tep_handle *tep = tep_with("swiotlb", format_without_force);
    const char *missing = NULL;
    BounceFormat format;
    ProbeFormat probe;
    (void)state;

    assert_int_equal(bounce_format_find(tep, &format, &missing), -ENODATA);
    assert_string_equal(missing, "force");
    assert_int_equal(probe_format_find(tep, "xdmad", "map_1", &probe), -ENOENT);
    tep_free(tep);
    tep = tep_with("other", format_6_1);
    assert_int_equal(bounce_format_find(tep, &format, &missing), -ENOENT);
    tep_free(tep);
}

static void test_hostile_records(void **state)
{
    struct tep_handle *tep = tep_with("swiotlb", format_6_1);
    unsigned char data[256];
    const char *missing;
    BounceFormat format;
    BounceEvent event = { .bytes = 42 };
    (void)state;

    assert_int_equal(bounce_format_find(tep, &format, &missing), 0);
    struct tep_record record = record_of(data, "mmc");
    int whole = record.size;
    for (record.size = -1; record.size < whole; record.size++)
        assert_int_equal(bounce_record_parse(&format, &record, &event), -EBADMSG);
    put(data, 8, 0xffff | 1 << 16, 4); /* the name lies far behind */
    assert_int_equal(bounce_record_parse(&format, &record, &event), -EBADMSG);
    put(data, 8, 48 | UINT64_C(0xffff) << 16, 4); /* or is as long as can be said */
    assert_int_equal(bounce_record_parse(&format, &record, &event), -EBADMSG);
    assert_int_equal(event.bytes, 42);

    /* A name too long is cut; one that has no end of its own ends with its field. */
    record_of(data, "");
    put(data, 8, 48 | 100 << 16, 4);
    memset(data + 48, 'a', 100);
    record.size = 148;
    assert_int_equal(bounce_record_parse(&format, &record, &event), 0);
    assert_int_equal(strlen(event.device), sizeof(event.device) - 1);
    put(data, 8, 48 | 3 << 16, 4);
    assert_int_equal(bounce_record_parse(&format, &record, &event), 0);
    assert_string_equal(event.device, "aaa");
    tep_free(tep);
}

static void test_probe_record(void **state)
{
    struct tep_handle *tep = tep_with("xdmad", format_probe);
    unsigned char data[32] = { 0 };
    struct tep_record record = { .data = data, .size = sizeof(data) };
    ProbeFormat format;
    uint64_t phys, bytes;
    (void)state;

    put(data, 16, UINT64_C(0x120000000), 8);
    put(data, 24, 4096, 8);
    assert_int_equal(probe_format_find(tep, "xdmad", "map_1", &format), 0);
    assert_int_equal(probe_record_parse(&format, &record, &phys, &bytes), 0);
    assert_true(phys == UINT64_C(0x120000000));
    assert_int_equal(bytes, 4096);
    record.size = 31;
    assert_int_equal(probe_record_parse(&format, &record, &phys, &bytes), -EBADMSG);
    tep_free(tep);
}

typedef struct Seen {
    size_t n;
    BounceEvent events[200];
} Seen;

static void see(const BounceEvent *event, void *userdata)
{
    Seen *seen = userdata;
    seen->events[seen->n++] = *event;
}

static void test_pairs(void **state)
{
    static Seen seen;
    TracePair pair = { .sink = see, .userdata = &seen };
    BounceEvent a = { .bytes = 4096 }, b = { .bytes = 512 };
    (void)state;

    trace_pair_event(&pair, 0, 10, &a);
    assert_int_equal(seen.n, 0);
    trace_pair_hit(&pair, 1, 10, 1, 4096); /* another CPU */
    trace_pair_hit(&pair, 0, 11, 2, 4096); /* another task */
    trace_pair_hit(&pair, 0, 10, 3, 512);  /* another mapping, its event lost */
    assert_int_equal(seen.n, 0);
    trace_pair_event(&pair, 0, 10, &b); /* in an interrupt */
    trace_pair_hit(&pair, 0, 10, 0x5000, 512);
    trace_pair_hit(&pair, 0, 10, 0x6000, 4096);
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.events[0].phys_address, 0x5000);
    assert_int_equal(seen.events[0].bytes, 512);
    assert_int_equal(seen.events[1].phys_address, 0x6000);
    assert_true(seen.events[0].phys_known && seen.events[1].phys_known);
}

static void test_unpaired_are_not_lost(void **state)
{
    static Seen seen;
    TracePair pair = { .sink = see, .userdata = &seen };
    (void)state;

    for (unsigned i = 0; i < 150; i++) {
        BounceEvent event = { .bytes = i };
        trace_pair_event(&pair, 0, 10, &event);
    }
    assert_int_equal(seen.n, 150 - TRACE_PAIR_MAX_WAITING);
    trace_pair_flush(&pair);
    assert_int_equal(seen.n, 150);
    for (unsigned i = 0; i < 150; i++) {
        assert_int_equal(seen.events[i].bytes, i);
        assert_false(seen.events[i].phys_known);
    }
}

static void test_bad_device_name(void **state)
{
    static const char *const names[] = { "", "a\" || 1", "a b", "\xff",
                                         "0123456789012345678901234567890123456789"
                                         "012345678901234567890123" };
    TraceSession *session = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *reason = NULL;
        assert_int_equal(trace_open(names[i], &session, &reason), 0);
        assert_non_null(strstr(reason, "no device's name"));
        free(reason);
    }
    assert_null(session);
    assert_null(trace_close(NULL));
}

static void test_session_on_this_host(void **state)
{
    static Seen seen;
    TraceSink sink = { .on_bounce = see, .userdata = &seen };
    TraceSession *session = NULL;
    char *reason = NULL;
    uint64_t lost = 1;
    (void)state;

    int r = trace_open("0000:00:00.0", &session, &reason);
    assert_in_range(r, 0, 1);
    if (r == 0) {
        print_message("# skipped: %s\n", reason);
        free(reason);
        skip();
    }
    r = trace_add_addresses(session, &reason);
    assert_in_range(r, 0, 1);
    if (r == 0)
        print_message("# without addresses: %s\n", reason);
    free(reason);
    assert_int_equal(r, (trace_kinds(session) & TRACE_ADDRESSES) != 0);
    assert_int_equal(trace_begin(session, UINT_MAX), 0);
    assert_int_equal(trace_drain(session, &sink, &lost), 0);
    assert_int_equal(trace_end(session), 0);
    assert_int_equal(trace_drain(session, &sink, &lost), 0);
    assert_int_equal(lost, 0);
    trace_close(session);
}

static void test_program_on_this_host(void **state)
{
    static Seen seen;
    TraceProgram *program = NULL;
    char *reason = NULL;
    uint64_t lost = 1;
    (void)state;

    assert_int_equal(trace_program_open("0123456789012345678901234567890123456789"
                                        "012345678901234567890123",
                                        &program, &reason),
                     -EINVAL);
    int r = trace_program_open("0000:00:00.0", &program, &reason);
    assert_in_range(r, 0, 1);
    if (r == 0) {
        print_message("# skipped: %s\n", reason);
        assert_null(program);
        free(reason);
        skip();
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(trace_program_begin(program), 0);
        assert_int_equal(trace_program_begin(program), -EBUSY);
        assert_int_equal(trace_program_read(program, see, &seen, &lost), 0);
        assert_int_equal(trace_program_end(program), 0);
        assert_int_equal(trace_program_read(program, see, &seen, &lost), 0);
        assert_int_equal(lost, 0);
        assert_int_equal(seen.n, 0); /* there is no such device */
    }
    assert_null(trace_program_close(program));
    assert_null(trace_program_close(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_shapes),
        cmocka_unit_test(test_missing_field_and_event),
        cmocka_unit_test(test_hostile_records),
        cmocka_unit_test(test_probe_record),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_unpaired_are_not_lost),
        cmocka_unit_test(test_bad_device_name),
        cmocka_unit_test(test_session_on_this_host),
        cmocka_unit_test(test_program_on_this_host),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
