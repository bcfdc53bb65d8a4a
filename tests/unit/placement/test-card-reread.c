/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A register read again: right, stale, blank, flipped, garbage, failed; and what is found in it. */
#include "tests/unit/placement/host-fixture.h"

#include <errno.h>

#include "placement/card-bits.h"
#include "placement/card-reread.h"

static const char scr_hex[] = "0225000000000000";
static const uint8_t scr[] = { 0x02, 0x25, 0, 0, 0, 0, 0, 0 };

/* One read whose bytes are the register's, but for `n` of them from `from` on, which are taken from
 * `wrong` or, where it is NULL, from what the buffer was filled with. */
static void read_with(CardReread *reread, const uint8_t *right, size_t from, size_t n,
                      const uint8_t *wrong)
{
    uint8_t received[CARD_REREAD_MAX_BYTES], prefill[CARD_REREAD_MAX_BYTES];

    card_reread_prefill(reread, prefill);
    memcpy(received, right, reread->n_bytes);
    memcpy(received + from, wrong ? wrong : prefill + from, n);
    card_reread_take(reread, received, prefill);
}

static CardReread begin(const char *name, bool mmc, const char *hex)
{
    CardReread reread;

    assert_int_equal(card_reread_init(&reread, name, mmc, hex), 0);
    return reread;
}

static void right_reads_are_counted(void **state)
{
    CardReread reread = begin("scr", false, scr_hex);
    json_t *built;

    (void)state;
    assert_int_equal(reread.reference, CARD_REFERENCE_KERNEL);
    for (size_t i = 0; i < 100; i++)
        read_with(&reread, scr, 0, 0, scr);
    assert_int_equal(reread.n_reads, 100);
    assert_int_equal(reread.n_different, 0);
    built = card_reread_build(&reread);
    assert_int_equal(json_get_int(built, "reads", -1), 100);
    assert_int_equal(json_get_int(built, "different", -1), 0);
    assert_string_equal(json_get_string(built, "reference", ""), "kernel");
    assert_null(json_object_get(built, "first"));
    json_decref(built);
    assert_int_equal(card_reread_init(&reread, "cid", false, NULL), -EINVAL);
}

/* The buffer's filling cannot be taken for the register, for its flipped bits, or for a blank. */
static void the_filling_is_told_from_everything(void **state)
{
    CardReread reread = begin("scr", false, scr_hex);

    (void)state;
    for (size_t read = 0; read < 64; read++) {
        uint8_t filling[CARD_REREAD_MAX_BYTES];

        card_reread_prefill(&reread, filling);
        for (size_t i = 0; i < sizeof(scr); i++) {
            assert_true(__builtin_popcount(filling[i] ^ scr[i]) >= 3);
            assert_true(filling[i] != 0x00 && filling[i] != 0xff);
        }
        card_reread_take(&reread, filling, filling);
    }
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_STALE], 64);
}

static void each_kind_of_difference(void **state)
{
    static const uint8_t zeros[8] = { 0 }, flip[] = { 0x42 }, garbage[] = { 0x13, 0x37, 0x77 };
    static const uint8_t ones[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    CardReread reread = begin("scr", false, scr_hex);
    json_t *built, *first;

    (void)state;
    read_with(&reread, scr, 1, 7, NULL);
    read_with(&reread, scr, 0, 8, NULL);
    read_with(&reread, scr, 0, 8, zeros);
    read_with(&reread, scr, 0, 8, ones);
    read_with(&reread, scr, 0, 1, flip);
    read_with(&reread, scr, 4, 3, garbage);
    read_with(&reread, scr, 0, 0, scr);
    assert_int_equal(reread.n_reads, 7);
    assert_int_equal(reread.n_different, 6);
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_STALE], 2);
    for (CardDifference kind = CARD_DIFFERENCE_ZEROS; kind < CARD_DIFFERENCES; kind++)
        assert_int_equal(reread.n_of[kind], 1);
    built = card_reread_build(&reread);
    assert_int_equal(json_get_int(json_object_get(built, "kinds"), "stale", 0), 2);
    first = json_object_get(built, "first");
    assert_int_equal(json_get_int(first, "offset", -1), 1);
    assert_string_equal(json_get_string(first, "expected", ""), "25000000000000");
    assert_int_equal(strlen(json_get_string(first, "received", "")), 14);
    json_decref(built);
}

/* The failure of 2020: the kernel's own value is bad, and so is each read. */
static void without_a_good_read_nothing_is_right(void **state)
{
    CardReread reread = begin("scr", false, "f225000000000000");
    uint8_t stale[8] = { 0xf0 };

    (void)state;
    assert_int_equal(reread.reference, CARD_REFERENCE_NONE);
    read_with(&reread, scr, 0, 8, NULL);
    read_with(&reread, scr, 0, 8, stale);
    assert_int_equal(reread.n_different, 2);
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_STALE], 1);
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_GARBAGE], 1);
    assert_false(reread.first_expected_known);
    memset(stale, 0, sizeof(stale));
    read_with(&reread, scr, 0, 8, stale);
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_ZEROS], 1);
    read_with(&reread, scr, 0, 0, scr);
    assert_int_equal(reread.n_different, 3);
    assert_int_equal(reread.reference, CARD_REFERENCE_FIRST);
}

/* An emulated card's SSR says nothing; that it arrives, and always the same, says something. */
static void a_silent_register_is_compared_with_its_first_read(void **state)
{
    uint8_t ssr[64] = { 0 }, other[] = { 0xa4, 0x17 };
    char hex[129];
    CardReread reread;

    (void)state;
    card_bits_hex(ssr, sizeof(ssr), hex);
    reread = begin("ssr", false, hex);
    assert_int_equal(reread.reference, CARD_REFERENCE_NONE);
    read_with(&reread, ssr, 0, 64, NULL); /* never arrived */
    read_with(&reread, ssr, 0, 0, ssr);
    read_with(&reread, ssr, 0, 0, ssr);
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_STALE], 1);
    assert_int_equal(reread.n_different, 1);
    read_with(&reread, ssr, 8, 2, other);
    assert_int_equal(reread.n_different, 2);
}

/* The kernel reads the SSR before it widens the bus. */
static void what_a_card_changes_itself_is_no_difference(void **state)
{
    uint8_t ssr[64] = { 0x00, 0, 0, 0, 0, 0, 0, 0, 4 }, wide[] = { 0x80 }, makers[] = { 9, 9 };
    uint8_t ext_csd[512] = { 0 }, worn[] = { 2, 3, 4 }, revision[] = { 7 };
    char hex[1025];
    CardReread reread;

    (void)state;
    card_bits_hex(ssr, sizeof(ssr), hex);
    reread = begin("ssr", false, hex);
    assert_int_equal(reread.reference, CARD_REFERENCE_KERNEL);
    read_with(&reread, ssr, 0, 1, wide);
    read_with(&reread, ssr, 62, 2, makers);
    assert_int_equal(reread.n_changed, 2);
    assert_int_equal(reread.n_different, 0);
    read_with(&reread, ssr, 8, 1, makers); /* SPEED_CLASS */
    assert_int_equal(reread.n_different, 1);

    ext_csd[192] = 8;
    ext_csd[183] = 2;
    card_bits_hex(ext_csd, sizeof(ext_csd), hex);
    reread = begin("ext_csd", true, hex);
    read_with(&reread, ext_csd, 267, 3, worn);
    read_with(&reread, ext_csd, 183, 1, makers);
    assert_int_equal(reread.n_changed, 2);
    read_with(&reread, ext_csd, 192, 1, revision);
    read_with(&reread, ext_csd, 448, 64, NULL); /* one line of a cache */
    assert_int_equal(reread.n_different, 2);
    assert_int_equal(reread.n_of[CARD_DIFFERENCE_STALE], 1);
}

static void errors_are_told_apart(void **state)
{
    static const int errors[] = { ETIMEDOUT, EILSEQ, ETIMEDOUT, EIO, EINVAL, ENOMEM };
    CardReread reread = begin("status", false, NULL);
    json_t *built;

    (void)state;
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        card_reread_fail(&reread, errors[i]);
    card_reread_take(&reread, NULL, NULL);
    built = card_reread_build(&reread);
    assert_int_equal(reread.n_errors, 6);
    assert_int_equal(json_get_int(built, "reads", -1), 1);
    assert_null(json_object_get(built, "different"));
    assert_int_equal(json_get_int(json_object_get(built, "errors"), "110", 0), 2);
    assert_int_equal(json_object_size(json_object_get(built, "errors")), CARD_REREAD_MAX_ERRORS);
    json_decref(built);
}

/* --- what the doctor finds in it ------------------------------------------------------------ */

static HostFacts with_registers(const CardReread *data, const CardReread *response)
{
    HostFacts facts = host_fixture_board("board-wide");
    json_t *registers = json_array();

    json_array_append_new(registers, card_reread_build(data));
    json_array_append_new(registers, card_reread_build(response));
    json_object_set_new(facts.devices[0].card, "reread",
                        json_pack("{s:i, s:o}", "seen_boottime_usec", 1, "registers", registers));
    return facts;
}

static void the_doctor_reads_them(void **state)
{
    CardReread data = begin("scr", false, scr_hex), response = begin("status", false, NULL);
    HostFacts facts;

    (void)state;
    facts = host_fixture_board("board-wide");
    host_fixture_expect_none(&facts, "REG-01"); /* nothing was read, nothing is said */
    host_facts_done(&facts);

    read_with(&data, scr, 0, 0, scr);
    card_reread_take(&response, NULL, NULL);
    facts = with_registers(&data, &response);
    host_fixture_expect(&facts, "REG-01", "info", "each read was right", "1 reads, 0 different");
    host_facts_done(&facts);

    read_with(&data, scr, 0, 8, NULL);
    facts = with_registers(&data, &response);
    host_fixture_expect(&facts, "REG-01", "error", "Stale", "2 reads, 1 different");
    host_fixture_expect(&facts, "REG-01", "error", "the data path alone", "expected 0225000000");
    host_facts_done(&facts);
}

static void the_doctor_on_failed_reads(void **state)
{
    CardReread data = begin("ssr", false, NULL), response = begin("status", false, NULL);
    uint8_t ssr[64] = { 0 };
    HostFacts facts;

    (void)state;
    card_reread_fail(&data, EILSEQ);
    card_reread_take(&response, NULL, NULL);
    facts = with_registers(&data, &response);
    host_fixture_expect(&facts, "REG-01", "unknown", "could be read again", "error -84: 1 times");
    host_facts_done(&facts);

    read_with(&data, ssr, 0, 0, ssr);
    card_reread_fail(&response, EILSEQ);
    facts = with_registers(&data, &response);
    host_fixture_expect(&facts, "REG-02", "warn", "Responses fail as well", "error -84");
    host_fixture_expect_none(&facts, "REG-01");
    host_facts_done(&facts);
}

/* A capture's counts are foreign. */
static void counts_of_a_hostile_capture(void **state)
{
    static const char text[] =
        "{\"registers\":[{\"transport\":\"data\",\"reads\":9223372036854775807,\"different\":"
        "9223372036854775807,\"errors\":{\"5\":9223372036854775807,\"6\":-1},\"kinds\":7},"
        "{\"transport\":\"data\",\"reads\":9223372036854775807,\"different\":\"x\",\"errors\":[]},"
        "null,[],{}]}";
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    json_object_set_new(facts.devices[0].card, "reread", json_loads(text, 0, NULL));
    host_fixture_expect(&facts, "REG-01", "error", NULL, "different");
    host_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_reads_are_counted),
        cmocka_unit_test(the_filling_is_told_from_everything),
        cmocka_unit_test(each_kind_of_difference),
        cmocka_unit_test(without_a_good_read_nothing_is_right),
        cmocka_unit_test(a_silent_register_is_compared_with_its_first_read),
        cmocka_unit_test(what_a_card_changes_itself_is_no_difference),
        cmocka_unit_test(errors_are_told_apart),
        cmocka_unit_test(the_doctor_reads_them),
        cmocka_unit_test(the_doctor_on_failed_reads),
        cmocka_unit_test(counts_of_a_hostile_capture),
    };

    return cmocka_run_group_tests_name("placement/card-reread", tests, NULL, NULL);
}
