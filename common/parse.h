/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_PARSE_H
#define XDMAD_COMMON_PARSE_H
/*
 * Strict parsers of small foreign values. All of the text must be the value: no leading or
 * trailing space, no sign, no second word. On failure the ret_ argument is untouched.
 */

#include <stddef.h>
#include <stdint.h>

/* Decimal, 1 to 20 digits. 0, -EINVAL (not a number), -ERANGE (over 64 bits). */
int parse_u64(const char *text, uint64_t *ret_value);

/* Hexadecimal, 1 to 16 digits, with or without "0x". 0, -EINVAL, -ERANGE. */
int parse_hex_u64(const char *text, uint64_t *ret_value);

/* Decimal with an optional binary suffix K, M, G or T (1024 and its powers): "64M".
 * 0, -EINVAL, -ERANGE. */
int parse_bytes(const char *text, uint64_t *ret_bytes);

/* Hexadecimal digits into exactly n_bytes bytes: 0, or -EINVAL. */
int parse_hex_bytes(const char *text, uint8_t *ret_bytes, size_t n_bytes);

/* A number at the start of *text, which is moved behind it: for the fields of a line.
 * base is 10 or 16 (no "0x"). 0, -EINVAL (no digit there), -ERANGE. */
int scan_u64(const char **text, int base, uint64_t *ret_value);

/* The decimal number that is the line's blank-separated field `index`, counted from 0: for the
 * tables of /proc and /sys. 0, -EINVAL (no such field, or no number), -ERANGE. */
int parse_field_u64(const char *line, unsigned index, uint64_t *ret_value);

#endif
