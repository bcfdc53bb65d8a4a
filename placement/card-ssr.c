/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: decode and check the SD Status of an SD card.
 */
#include "placement/card-ssr.h"

#include "common/parse.h"
#include "placement/card-bits.h"

#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)

static unsigned field(const CardSsr *ssr, unsigned high, unsigned low)
{
    return (unsigned)card_bits(ssr->bytes, CARD_SSR_BYTES, high, low);
}

int card_ssr_parse(const char *hex, CardSsr *ret_ssr)
{
    CardSsr ssr;
    int r = parse_hex_bytes(hex, ssr.bytes, CARD_SSR_BYTES);

    if (r < 0)
        return r;
    ssr.bus_width = field(&ssr, 511, 510);
    ssr.speed_class = field(&ssr, 447, 440);
    ssr.au_size = field(&ssr, 431, 428);
    ssr.uhs_grade = field(&ssr, 399, 396);
    ssr.video_class = field(&ssr, 391, 384);
    ssr.application_class = field(&ssr, 339, 336);
    *ret_ssr = ssr;
    return 0;
}

bool card_ssr_is_empty(const CardSsr *ssr)
{
    return ssr->bytes[0] == 0 && card_bits_blank(ssr->bytes, CARD_SSR_BYTES);
}

const char *card_ssr_fault(const CardSsr *ssr)
{
    if (card_ssr_is_empty(ssr))
        return NULL;
    if (card_bits_blank(ssr->bytes, CARD_SSR_BYTES))
        return "reads as all ones";
    return ssr->bus_width & 1 ? "DAT_BUS_WIDTH has a reserved value" : NULL;
}

json_t *card_ssr_build(const CardSsr *ssr)
{
    static const unsigned classes[] = { 0, 2, 4, 6, 10 };
    static const uint64_t au_bytes[16] = {
        0,       16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB, 256 * KIB, 512 * KIB, 1 * MIB,
        2 * MIB, 4 * MIB,  8 * MIB,  12 * MIB, 16 * MIB,  24 * MIB,  32 * MIB,  64 * MIB,
    };
    json_t *object = json_object();

    if (!object)
        return NULL;
    if (!(ssr->bus_width & 1))
        card_bits_set(object, "bus_width_bits", ssr->bus_width == 2 ? 4 : 1);
    if (ssr->speed_class < sizeof(classes) / sizeof(classes[0]))
        card_bits_set(object, "speed_class", classes[ssr->speed_class]);
    if (ssr->au_size > 0)
        card_bits_set(object, "au_bytes", au_bytes[ssr->au_size]);
    card_bits_set(object, "uhs_grade", ssr->uhs_grade);
    card_bits_set(object, "video_class", ssr->video_class);
    card_bits_set(object, "application_class", ssr->application_class);
    return object;
}
