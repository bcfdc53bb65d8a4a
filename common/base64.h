/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_BASE64_H
#define XDMAD_COMMON_BASE64_H
/*
 * Bytes as text, for JSON: base64 with its standard alphabet and padding (RFC 4648, section 4).
 */

#include <stddef.h>
#include <stdint.h>

/* The text of these bytes, without line feeds; the caller frees. NULL when out of memory. */
char *base64_encode(const void *bytes, size_t size);

/* The bytes of a text. Strict: no blanks, whole groups, padding at the end alone, no stray bits
 * below it. 0 and *ret_bytes, which the caller frees (never NULL); -EBADMSG; or -ENOMEM. */
int base64_decode(const char *text, size_t length, uint8_t **ret_bytes, size_t *ret_size);

#endif
