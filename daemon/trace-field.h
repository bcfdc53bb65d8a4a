/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_FIELD_H
#define XDMAD_DAEMON_TRACE_FIELD_H
/*
 * Single fields of the trace's binary records, by the event's own format. A record is foreign
 * bytes: every place is checked against its size.
 */

#include <stddef.h>
#include <stdint.h>

#include <traceevent/event-parse.h>

/* The field of this name: 0 and *ret_field (borrowed from the event), or -ENODATA. */
int trace_field_find(struct tep_event *event, const char *name,
                     const struct tep_format_field **ret_field);

/* A number of up to 8 bytes. 0, or -EBADMSG when it does not lie within the record. */
int trace_field_number(const struct tep_format_field *field, const struct tep_record *record,
                       uint64_t *ret_value);

/* A string, cut to `capacity` with its NUL. 0 or -EBADMSG. */
int trace_field_string(const struct tep_format_field *field, const struct tep_record *record,
                       char *ret_text, size_t capacity);

/*
 * A dynamic array of numbers of `width` bytes, 4 or 8 (libtraceevent 1.7 does not know the width of
 * an "unsigned int[]"): 0, its first `capacity` ones in `ret_values` and how many there are in
 * *ret_n; -EBADMSG when it does not lie within the record or holds no whole number of them.
 */
int trace_field_array(const struct tep_format_field *field, const struct tep_record *record,
                      size_t width, uint64_t *ret_values, size_t capacity, size_t *ret_n);

#endif
