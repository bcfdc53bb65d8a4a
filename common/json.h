/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_JSON_H
#define XDMAD_COMMON_JSON_H
/*
 * JSON on the wire and in evidence: jansson, with bounds on what comes from outside and typed
 * getters that never read past what is there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define JSON_MAX_BYTES (4U * 1024 * 1024) /* of one foreign document */

/*
 * Parse one foreign document of at most JSON_MAX_BYTES: strict, no duplicate keys, nothing behind
 * it. jansson bounds the depth at 2048 by itself. 0, -E2BIG, or -EBADMSG.
 */
int json_parse_foreign(const char *text, size_t size, json_t **ret_json);

/* "0x..." as every address is written: a new reference, or NULL when out of memory. */
json_t *json_address(uint64_t address);

/*
 * A text that need not be UTF-8, such as a path: as it is where it is, else with each byte above
 * 0x7f written as "\\xNN", so that it can be told. A new reference; NULL for NULL, or when out of
 * memory.
 */
json_t *json_text(const char *bytes);

/* The member's text, or fallback when it is absent or no string; borrowed from the object. */
const char *json_get_string(const json_t *object, const char *key, const char *fallback);

/* The member's whole number, or fallback when it is absent or no whole number. */
int64_t json_get_int(const json_t *object, const char *key, int64_t fallback);

/* The member's number, whole or real, or fallback. */
double json_get_number(const json_t *object, const char *key, double fallback);

/* The member's truth value, or fallback. */
bool json_get_bool(const json_t *object, const char *key, bool fallback);

/* One line without spaces, key order as built; the caller frees. NULL when out of memory. */
char *json_to_line(const json_t *json);

#endif
