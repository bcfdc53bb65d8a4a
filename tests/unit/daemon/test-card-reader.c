/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is sent to a card, and that nothing else is; cancel, time, errors; and its capture. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/mmc/ioctl.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/card-reader.h"
#include "daemon/host.h"
#include "daemon/probe-reread.h"
#include "tests/unit/daemon/scratch.h"

/* A card that answers, and remembers what it was asked. */
typedef struct FakeCard {
    uint8_t scr[8], ssr[64], ext_csd[512];
    unsigned n, n_bad;  /* commands, and those that no reader may send */
    unsigned stale_at;  /* the data of this one does not arrive; 0 = all do */
    int error;          /* of each data command */
    unsigned cancel_at; /* cancelled before this command; 0 = never */
} FakeCard;

static int answer(void *userdata, struct mmc_ioc_cmd *command)
{
    FakeCard *card = userdata;
    void *data = (void *)(uintptr_t)command->data_ptr;
    size_t size = (size_t)command->blksz * command->blocks;
    const uint8_t *bytes = NULL;

    card->n++;
    if (command->is_acmd && command->opcode == 51 && size == sizeof(card->scr))
        bytes = card->scr;
    else if (command->is_acmd && command->opcode == 13 && size == sizeof(card->ssr))
        bytes = card->ssr;
    else if (!command->is_acmd && command->opcode == 8 && size == sizeof(card->ext_csd))
        bytes = card->ext_csd;
    else if (command->is_acmd || command->opcode != 13 || size != 0 || command->arg != 0x45670000)
        card->n_bad++;
    if (command->write_flag != 0 || command->cmd_timeout_ms != 0)
        card->n_bad++;
    if (bytes && card->error)
        return -card->error;
    if (bytes && card->n != card->stale_at)
        memcpy(data, bytes, size);
    return 0;
}

static bool is_cancelled(void *data)
{
    const FakeCard *card = data;

    return card->cancel_at > 0 && card->n + 1 >= card->cancel_at;
}

static int run(FakeCard *card, json_t *registers, unsigned n_reads, uint64_t until,
               CardReading *ret_reading)
{
    CardReaderSpec spec = {
        .port = { .issue = answer, .userdata = card },
        .card = registers,
        .rca = 0x4567,
        .n_reads = n_reads,
        .until_boottime_usec = until,
        .cancelled = is_cancelled,
        .data = card,
    };

    card_reader_begin(registers, ret_reading);
    return card_reader_run(&spec, ret_reading);
}

static json_t *sd_card(void)
{
    return json_pack("{s:s, s:s}", "type", "SD", "scr", "0225000000000000");
}

static void an_sd_card_is_asked_for_its_own_registers_alone(void **state)
{
    FakeCard card = { .scr = { 0x02, 0x25 } };
    _cleanup_json_ json_t *registers = sd_card(), *built = NULL;
    static CardReading reading;

    (void)state;
    assert_int_equal(run(&card, registers, 50, UINT64_MAX, &reading), 0);
    assert_int_equal(card.n_bad, 0);
    assert_int_equal(card.n, 150);
    assert_int_equal(reading.n, 3);
    built = card_reading_build(&reading);
    assert_int_equal(json_array_size(built), 3);
    assert_string_equal(json_get_string(json_array_get(built, 0), "register", ""), "scr");
    assert_string_equal(json_get_string(json_array_get(built, 1), "register", ""), "ssr");
    assert_string_equal(json_get_string(json_array_get(built, 2), "register", ""), "status");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(json_get_int(json_array_get(built, i), "reads", -1), 50);
        assert_int_equal(json_get_int(json_array_get(built, i), "different", 0), 0);
    }
}

/* Whoever reads now and then has the sum of it. */
static void reading_goes_on_where_it_ended(void **state)
{
    FakeCard card = { .scr = { 0x02, 0x25 }, .stale_at = 10 };
    _cleanup_json_ json_t *registers = sd_card();
    static CardReading reading;
    CardReaderSpec spec = {
        .port = { .issue = answer, .userdata = &card },
        .card = registers,
        .rca = 0x4567,
        .n_reads = 2,
        .until_boottime_usec = UINT64_MAX,
    };

    (void)state;
    card_reader_begin(registers, &reading);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(card_reader_run(&spec, &reading), 0);
    assert_int_equal(reading.n, 3);
    assert_int_equal(reading.registers[0].n_reads, 6);
    assert_int_equal(reading.registers[0].n_different, 1);
}

static void an_emmc_is_asked_for_its_ext_csd(void **state)
{
    FakeCard card = { .ext_csd = { [192] = 8 } };
    _cleanup_json_ json_t *registers = json_pack("{s:s}", "type", "MMC");
    static CardReading reading;

    (void)state;
    assert_int_equal(run(&card, registers, 5, UINT64_MAX, &reading), 0);
    assert_int_equal(card.n_bad, 0);
    assert_int_equal(reading.n, 2);
    assert_string_equal(reading.registers[0].name, "ext_csd");
    assert_int_equal(reading.registers[0].n_reads, 5);
    assert_int_equal(reading.registers[0].n_different, 0);
}

/* What the buffer held before stays in it, and is found. */
static void data_that_does_not_arrive_is_found(void **state)
{
    FakeCard card = { .scr = { 0x02, 0x25 }, .stale_at = 4 };
    _cleanup_json_ json_t *registers = sd_card();
    static CardReading reading;

    (void)state;
    assert_int_equal(run(&card, registers, 10, UINT64_MAX, &reading), 0);
    assert_int_equal(reading.registers[0].n_different, 1);
    assert_int_equal(reading.registers[0].n_of[CARD_DIFFERENCE_STALE], 1);
    assert_int_equal(reading.registers[1].n_different, 0);
}

static void errors_end_the_asking(void **state)
{
    FakeCard card = { .error = ETIMEDOUT };
    _cleanup_json_ json_t *registers = sd_card();
    static CardReading reading;

    (void)state;
    assert_int_equal(run(&card, registers, 50, UINT64_MAX, &reading), 0);
    assert_int_equal(reading.registers[0].n_errors, CARD_READER_MAX_ERRORS);
    assert_int_equal(reading.registers[0].errors[0].error, ETIMEDOUT);
    assert_int_equal(reading.registers[2].n_reads, 50); /* by response, which works */
}

static void time_and_cancel(void **state)
{
    FakeCard card = { .scr = { 0x02, 0x25 }, .cancel_at = 8 };
    _cleanup_json_ json_t *registers = sd_card();
    static CardReading reading;

    (void)state;
    assert_int_equal(run(&card, registers, 50, UINT64_MAX, &reading), -ECANCELED);
    assert_int_equal(card.n, 7);
    assert_int_equal(reading.registers[0].n_reads, 3);
    card.cancel_at = 0;
    assert_int_equal(run(&card, registers, 50, clock_boottime_usec(), &reading), 0);
    assert_int_equal(card.n, 7);
    assert_int_equal(reading.registers[0].n_reads, 0);
}

static void names_of_cards(void **state)
{
    static const char *const bad[] = { "", "mmc0", "mmc0:", "mmc0:123", "mmc0:12345", "mmc0:zzzz" };
    uint16_t rca = 7;

    (void)state;
    assert_int_equal(card_reader_parse_rca("mmc0:59b4", &rca), 0);
    assert_int_equal(rca, 0x59b4);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(card_reader_parse_rca(bad[i], &rca), -EINVAL);
}

/* The ioctl is refused by a file that is no disk: an error, counted, no read. */
static void a_file_is_no_disk(void **state)
{
    _cleanup_json_ json_t *registers = sd_card();
    static CardReading reading;
    int fd = fileno(tmpfile());
    CardReaderSpec spec = {
        .port = card_port_of_disk(&fd),
        .card = registers,
        .n_reads = 9,
        .until_boottime_usec = UINT64_MAX,
    };

    (void)state;
    card_reader_begin(registers, &reading);
    assert_int_equal(card_reader_run(&spec, &reading), 0);
    assert_int_equal(reading.registers[0].n_reads, 0);
    assert_int_equal(reading.registers[0].errors[0].error, ENOTTY);
}

/* --- with the facts of a host --------------------------------------------------------------- */

static HostFacts one_card(const char *cid)
{
    HostFacts facts = { 0 };
    StorageDevice device = {
        .name = strdup("fe340000.mmc"),
        .host = strdup("mmc9"),
        .block = strdup("mmcblk9"),
        .state = DEVICE_STATE_READY,
        .card = json_pack("{s:s, s:s}", "type", "SD", "cid", cid),
    };

    assert_int_equal(host_facts_add_device(&facts, &device), 0);
    return facts;
}

static json_t *seen_at(const char *cid, uint64_t usec)
{
    return json_pack("{s:[{s:s, s:{s:s, s:{s:I}}}]}", "devices", "name", "fe340000.mmc", "card",
                     "cid", cid, "reread", "seen_boottime_usec", (json_int_t)usec);
}

static void what_was_read_a_moment_ago_is_kept(void **state)
{
    static const struct {
        const char *cid;
        uint64_t age_usec;
        bool kept;
    } rows[] = {
        { "aa", 1, true },
        { "bb", 1, false }, /* another card */
        { "aa", PROBE_REREAD_KEEP_USEC + 1, false },
    };
    ProbeRoot root = { .fd = -1, .live = true };

    (void)state;
    assert_int_equal(probe_root_open("/", &root), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        HostFacts facts = one_card("aa");
        _cleanup_json_ json_t *before = NULL;
        uint64_t now = clock_boottime_usec();

        if (now > rows[i].age_usec) /* a machine that was started just now has no past */
            before = seen_at(rows[i].cid, now - rows[i].age_usec);
        assert_int_equal(probe_reread(&root, before, &facts), 0);
        if (rows[i].kept && before) {
            assert_non_null(json_object_get(facts.devices[0].card, "reread"));
            assert_null(facts.unknown);
        } else { /* there is no such host here to ask */
            assert_null(json_object_get(facts.devices[0].card, "reread"));
            assert_int_equal(json_array_size(facts.unknown), 1);
        }
        host_facts_done(&facts);
    }
    probe_root_close(&root);
}

static void a_capture_tells_what_was_read(void **state)
{
    HostFacts facts = one_card("aa");
    _cleanup_json_ json_t *file = NULL;
    ProbeRoot root;

    assert_int_equal(scratch_write(state, "card-rereads.json",
                                   "{\"schema\":1,\"cards\":{\"mmc9\":{\"registers\":[]}}}"),
                     0);
    assert_int_equal(probe_root_open(*state, &root), 0);
    assert_int_equal(probe_reread(&root, NULL, &facts), 0);
    assert_non_null(json_object_get(facts.devices[0].card, "reread"));
    file = probe_reread_to_json(&facts);
    assert_non_null(json_object_get(json_object_get(file, "cards"), "mmc9"));
    json_object_del(facts.devices[0].card, "reread");
    assert_int_equal(scratch_write(state, "card-rereads.json", "{\"cards\":[7"), 0);
    assert_int_equal(probe_reread(&root, NULL, &facts), 0);
    assert_null(json_object_get(facts.devices[0].card, "reread"));
    host_facts_done(&facts);
    probe_root_close(&root);
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_sd_card_is_asked_for_its_own_registers_alone),
        cmocka_unit_test(reading_goes_on_where_it_ended),
        cmocka_unit_test(an_emmc_is_asked_for_its_ext_csd),
        cmocka_unit_test(data_that_does_not_arrive_is_found),
        cmocka_unit_test(errors_end_the_asking),
        cmocka_unit_test(time_and_cancel),
        cmocka_unit_test(names_of_cards),
        cmocka_unit_test(a_file_is_no_disk),
        cmocka_unit_test(what_was_read_a_moment_ago_is_kept),
        ON_SCRATCH(a_capture_tells_what_was_read),
    };

    return cmocka_run_group_tests_name("daemon/card-reader", tests, NULL, NULL);
}
