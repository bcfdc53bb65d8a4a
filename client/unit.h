/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_UNIT_H
#define XDMAD_CLIENT_UNIT_H
/*
 * Numbers as a person reads them. Sizes are binary (KiB, MiB, GiB); rates are in MB/s of 10^6 bytes
 * a second, as cards are sold and as fio prints them; times are us or ms. Every function returns
 * its text by value, so that several can stand in one call.
 */

#include <stdint.h>

#define UNIT_TEXT_BYTES 40U

typedef struct UnitText {
    char text[UNIT_TEXT_BYTES];
} UnitText;

/* "0 B", "512 B", "4 KiB", "1.5 GiB"; three digits are kept where the size is not whole. A negative
 * size is a missing one: "unknown". */
UnitText unit_size(int64_t bytes);

/* All digits, in groups: "100,663,296". For what must be compared to the byte. */
UnitText unit_exact(int64_t number);

/* The number of MB/s without the unit, three digits kept: "1376", "69.8", "0.512". NaN is "-". */
UnitText unit_megabytes_per_sec(double bytes_per_sec);

/* "850 ns", "76.2 us", "1.24 ms", "3.10 s"; NaN is "-". */
UnitText unit_time(double nsec);

/* "42 s", "3 min 12 s", "5 h 3 min", "2 d 7 h". */
UnitText unit_duration(uint64_t usec);

/* A share of 0 to 1 as "91.7 %"; NaN and what lies beyond the scale is "unknown". A share above 0
 * or below 1 is never rounded to the end of the scale. */
UnitText unit_share(double share);

/* Three significant digits, plain notation: "1.97", "1376"; NaN is "-". */
UnitText unit_number(double number);

/* "2026-11-22 12:55", in UTC, of a time since the epoch; a negative one is "unknown". */
UnitText unit_date(int64_t realtime_usec);

#endif
