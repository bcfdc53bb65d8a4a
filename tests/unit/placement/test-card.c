/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Card registers: good, bad in each rule, all zeros, all ones, and no registers at all. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/json.h"
#include "placement/card-cid.h"
#include "placement/card-csd.h"
#include "placement/card-ext-csd.h"
#include "placement/card-scr.h"
#include "placement/card-ssr.h"
#include "placement/card.h"
#include "placement/mmc-errors.h"

static const char good_cid[] = "035344534c333247801234567801456f"; /* an SL32G */
static const char good_csd[] = "400e00325b590000ecbf7f800a400000";

/* `n` bytes of one value as hexadecimal digits. */
static const char *all(unsigned value, size_t n)
{
    static char hex[2 * CARD_EXT_CSD_BYTES + 1];

    for (size_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, "%02x", value);
    return hex;
}

static void an_scr_is_read(void **state)
{
    CardScr scr;
    json_t *fields;

    (void)state;
    assert_int_equal(card_scr_parse("0205808300000000", &scr), 0);
    assert_null(card_scr_fault(&scr));
    assert_int_equal(scr.sd_spec, 2);
    assert_int_equal(scr.bus_widths, 5);
    assert_int_equal(scr.sd_spec3, 1);
    assert_int_equal(scr.sd_specx, 2);
    assert_int_equal(scr.commands, 3);
    fields = card_scr_build(&scr);
    assert_string_equal(json_get_string(fields, "spec", ""), "6");
    json_decref(fields);
    assert_int_equal(card_scr_parse("0225000000000000", &scr), 0); /* an emulated card's */
    assert_null(card_scr_fault(&scr));
    fields = card_scr_build(&scr);
    assert_string_equal(json_get_string(fields, "spec", ""), "2.00");
    json_decref(fields);
    assert_int_equal(card_scr_parse("020580830000000", &scr), -EINVAL);
    assert_int_equal(card_scr_parse("", &scr), -EINVAL);
}

static void each_rule_of_an_scr(void **state)
{
    static const struct {
        const char *hex, *fault;
    } cases[] = {
        { "f205808300000000", "SCR_STRUCTURE" }, /* "structure version 15" */
        { "2205808300000000", "SCR_STRUCTURE" }, /* and 2 and 4, of a Pi 4 with a wrong tree */
        { "4205808300000000", "SCR_STRUCTURE" }, { "0201808300000000", "SD_BUS_WIDTHS" },
        { "0204808300000000", "SD_BUS_WIDTHS" }, { "0305000000000000", "SD_SPEC is above 2" },
        { "0105800000000000", "SD_SPEC3" },      { "0205040000000000", "SD_SPEC4" },
        { "0205008000000000", "SD_SPECX" },      { "0000000000000000", "all zeros" },
        { "ffffffffffffffff", "all ones" },
    };
    CardScr scr;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(card_scr_parse(cases[i].hex, &scr), 0);
        assert_non_null(card_scr_fault(&scr));
        assert_non_null(strstr(card_scr_fault(&scr), cases[i].fault));
        json_decref(card_scr_build(&scr));
    }
}

static void capacities_of_every_csd(void **state)
{
    CardCsd csd;

    (void)state;
    assert_int_equal(card_csd_parse("002600325f59e0ffffffdfff92600000", false, &csd), 0);
    assert_int_equal(csd.structure, 0); /* seen on an emulated card of 256 MiB */
    assert_int_equal(csd.capacity_bytes, 256 << 20);
    assert_int_equal(card_csd_parse(good_csd, false, &csd), 0);
    assert_int_equal(csd.structure, 1);
    assert_int_equal(csd.capacity_bytes, (UINT64_C(0xecbf) + 1) << 19);
    assert_null(card_csd_fault(&csd));
    assert_int_equal(card_csd_parse(all(0xff, 16), false, &csd), 0);
    assert_string_equal(card_csd_fault(&csd), "reads as all ones");
    assert_int_equal(card_csd_parse("c00e00325b590000ecbf7f800a400000", false, &csd), 0);
    assert_non_null(card_csd_fault(&csd)); /* structure 3 is of eMMC alone */
    assert_int_equal(card_csd_parse("d02701320f5903fff6dbffef8e40400d", true, &csd), 0);
    assert_null(card_csd_fault(&csd));
    assert_false(csd.capacity_known);
}

static void a_cid_has_a_name_and_a_date(void **state)
{
    CardCid cid;
    json_t *fields;

    (void)state;
    assert_int_equal(card_cid_parse("aa585951454d552101deadbeef006200", false, &cid), 0);
    assert_int_equal(cid.manufacturer, 0xaa);
    assert_string_equal(cid.oem, "XY");
    assert_string_equal(cid.product, "QEMU!");
    assert_int_equal(cid.serial, 0xdeadbeef);
    assert_int_equal(cid.year, 2006);
    assert_int_equal(cid.month, 2);
    assert_int_equal(card_cid_parse("1501004247345d2f0055aabbccdd1a00", true, &cid), 0);
    assert_int_equal(cid.manufacturer, 0x15);
    assert_string_equal(cid.product, "BG4]/?"); /* what does not print steers no terminal */
    fields = card_cid_build(&cid);
    assert_null(json_object_get(fields, "year"));
    json_decref(fields);
    assert_int_equal(card_cid_parse("xx585951454d552101deadbeef006200", false, &cid), -EINVAL);
}

static void an_ssr_may_say_nothing(void **state)
{
    char hex[2 * CARD_SSR_BYTES + 1];
    CardSsr ssr;
    json_t *fields;

    (void)state;
    assert_int_equal(card_ssr_parse(all(0, CARD_SSR_BYTES), &ssr), 0);
    assert_true(card_ssr_is_empty(&ssr));
    assert_null(card_ssr_fault(&ssr));
    assert_int_equal(card_ssr_parse(all(0xff, CARD_SSR_BYTES), &ssr), 0);
    assert_string_equal(card_ssr_fault(&ssr), "reads as all ones");
    memcpy(hex, all(0, CARD_SSR_BYTES), sizeof(hex));
    memcpy(hex, "80000000050000000400900008081e00", 32); /* the head of a class 10 U1 card's */
    assert_int_equal(card_ssr_parse(hex, &ssr), 0);
    assert_null(card_ssr_fault(&ssr));
    fields = card_ssr_build(&ssr);
    assert_int_equal(json_get_int(fields, "bus_width_bits", 0), 4);
    assert_int_equal(json_get_int(fields, "speed_class", 0), 10);
    assert_int_equal(json_get_int(fields, "au_bytes", 0), 4 << 20);
    assert_int_equal(json_get_int(fields, "uhs_grade", -1), 1);
    json_decref(fields);
    hex[0] = '4';
    assert_int_equal(card_ssr_parse(hex, &ssr), 0);
    assert_non_null(card_ssr_fault(&ssr));
}

static void set_byte(char *hex, size_t index, unsigned value)
{
    char digits[3];

    snprintf(digits, sizeof(digits), "%02x", value);
    memcpy(hex + 2 * index, digits, 2);
}

static void wear_ends_at_urgent_or_at_nine_tenths(void **state)
{
    static const struct {
        CardWear wear;
        bool out;
    } rows[] = {
        { { 0 }, false },
        { { true, 2, true, 0x09, 0x09 }, false }, /* a warning is none yet */
        { { true, 3, true, 0x01, 0x01 }, true },
        { { true, 1, true, 0x0a, 0x01 }, true },
        { { true, 1, true, 0x01, 0x0b }, true },
        { { false, 3, false, 0x0b, 0x0b }, false }, /* not read: nothing is said */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(card_wear_is_out(&rows[i].wear), rows[i].out);
}

static void an_ext_csd_tells_wear(void **state)
{
    char hex[2 * CARD_EXT_CSD_BYTES + 1];
    json_t *card;
    CardExtCsd ext_csd;
    CardWear wear;

    (void)state;
    memcpy(hex, all(0, CARD_EXT_CSD_BYTES), sizeof(hex));
    assert_int_equal(card_ext_csd_parse(hex, &ext_csd), 0);
    assert_string_equal(card_ext_csd_fault(&ext_csd), "reads as all zeros");
    set_byte(hex, 192, 8);
    set_byte(hex, 214, 0xe9);
    set_byte(hex, 215, 0x00);
    set_byte(hex, 267, 2);
    set_byte(hex, 268, 0x0a);
    set_byte(hex, 269, 0x01);
    assert_int_equal(card_ext_csd_parse(hex, &ext_csd), 0);
    assert_null(card_ext_csd_fault(&ext_csd));
    assert_int_equal(ext_csd.sectors, 0xe90000);
    card = json_pack("{s:s, s:s}", "type", "MMC", "ext_csd", hex);
    wear = card_wear(card);
    assert_true(wear.pre_eol_known && wear.life_known);
    assert_int_equal(wear.pre_eol, 2);
    assert_int_equal(wear.life_a, 0x0a);
    assert_true(card_wear_is_out(&wear));
    json_decref(card);
    set_byte(hex, 192, 9);
    assert_int_equal(card_ext_csd_parse(hex, &ext_csd), 0);
    assert_non_null(card_ext_csd_fault(&ext_csd));
    card = json_pack("{s:s, s:s}", "pre_eol_info", "0x01", "life_time", "0x02 0x0b");
    wear = card_wear(card);
    assert_int_equal(wear.pre_eol, 1);
    assert_int_equal(wear.life_b, 0x0b);
    json_decref(card);
    card = json_pack("{s:s, s:s}", "pre_eol_info", "?", "life_time", "0x02");
    wear = card_wear(card);
    assert_false(wear.pre_eol_known || wear.life_known);
    json_decref(card);
    assert_false(card_wear(NULL).life_known);
}

static void responses_are_told_from_data(void **state)
{
    json_t *card = json_pack("{s:s, s:s, s:s, s:s}", "type", "SD", "cid", good_cid, "csd", good_csd,
                             "scr", "f205808300000000");
    CardRegister registers[CARD_REGISTERS];
    json_t *decoded;

    (void)state;
    card_check(card, registers);
    assert_int_equal(card_transport_state(registers, CARD_TRANSPORT_RESPONSE), CARD_STATE_GOOD);
    assert_int_equal(card_transport_state(registers, CARD_TRANSPORT_DATA), CARD_STATE_BAD);
    decoded = card_decode(card);
    assert_string_equal(json_get_string(decoded, "scr", ""), "f205808300000000");
    assert_non_null(json_object_get(json_object_get(decoded, "decoded"), "cid"));
    assert_non_null(
        json_object_get(json_object_get(json_object_get(decoded, "decoded"), "scr"), "fault"));
    assert_null(json_object_get(card, "decoded"));
    json_decref(decoded);
    json_decref(card);
}

static void hostile_cards(void **state)
{
    json_t *card = json_pack("{s:i, s:s, s:s, s:[], s:n}", "cid", 5, "csd", "", "scr",
                             "%s%s%n%n\\u0000", "ssr", "ext_csd");
    CardRegister registers[CARD_REGISTERS];

    (void)state;
    card_check(card, registers);
    assert_int_equal(card_transport_state(registers, CARD_TRANSPORT_RESPONSE), CARD_STATE_ABSENT);
    assert_int_equal(card_transport_state(registers, CARD_TRANSPORT_DATA), CARD_STATE_BAD);
    json_decref(card_decode(card));
    json_decref(card);
    card_check(NULL, registers);
    for (size_t i = 0; i < CARD_REGISTERS; i++)
        assert_int_equal(registers[i].state, CARD_STATE_ABSENT);
}

static void error_counters(void **state)
{
    MmcErrors errors;
    json_t *object;

    (void)state;
    assert_int_equal(mmc_errors_parse("# Command Timeout Occurred:\t 21\n"
                                      "# Data CRC Errors Occurred:\t 1\n"
                                      "# ADMA Error Occurred:\t 3\n"
                                      "# ICE Config Errors:\t many\n",
                                      &errors),
                     0);
    assert_true(errors.known);
    assert_int_equal(errors.count[MMC_ERROR_COMMAND_TIMEOUT], 21);
    assert_int_equal(errors.count[MMC_ERROR_ADMA], 3);
    assert_int_equal(errors.count[MMC_ERROR_TUNING], 0);
    object = mmc_errors_build(&errors);
    assert_int_equal(json_get_int(object, "data_crc", 0), 1);
    json_decref(object);
    errors.known = false;
    assert_int_equal(mmc_errors_parse("", &errors), -EBADMSG);
    assert_int_equal(mmc_errors_parse("# ADMA Error Occurred:\t -1\n", &errors), -EBADMSG);
    assert_int_equal(mmc_errors_parse("# ADMA Error Occurred:\t 1x\n", &errors), -EBADMSG);
    assert_int_equal(mmc_errors_parse("# ADMA Error Occurred:", &errors), -EBADMSG);
    assert_null(mmc_errors_build(&errors));
    assert_string_equal(mmc_error_name(MMC_ERROR_KINDS), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_scr_is_read),
        cmocka_unit_test(each_rule_of_an_scr),
        cmocka_unit_test(capacities_of_every_csd),
        cmocka_unit_test(a_cid_has_a_name_and_a_date),
        cmocka_unit_test(an_ssr_may_say_nothing),
        cmocka_unit_test(an_ext_csd_tells_wear),
        cmocka_unit_test(wear_ends_at_urgent_or_at_nine_tenths),
        cmocka_unit_test(responses_are_told_from_data),
        cmocka_unit_test(hostile_cards),
        cmocka_unit_test(error_counters),
    };

    return cmocka_run_group_tests_name("placement/card", tests, NULL, NULL);
}
