/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-field.h"

#include <errno.h>
#include <string.h>

int trace_field_find(struct tep_event *event, const char *name,
                     const struct tep_format_field **ret_field)
{
    *ret_field = tep_find_field(event, name);
    return *ret_field ? 0 : -ENODATA;
}

int trace_field_number(const struct tep_format_field *field, const struct tep_record *record,
                       uint64_t *ret_value)
{
    unsigned long long value;

    if (field->offset < 0 || field->size <= 0 || field->size > 8 ||
        field->offset > record->size - field->size ||
        tep_read_number_field((struct tep_format_field *)(uintptr_t)field, record->data, &value))
        return -EBADMSG;
    *ret_value = value;
    return 0;
}

/* Where the field's bytes lie in the record. A dynamic one is told by a 32-bit word:
 * size << 16 | offset, the offset counted from behind that word in the relative kind. */
static int locate(const struct tep_format_field *field, const struct tep_record *record,
                  const char **ret_bytes, size_t *ret_size)
{
    uint64_t word, offset = (uint64_t)field->offset, size = (uint64_t)field->size;

    if (field->flags & TEP_FIELD_IS_DYNAMIC) {
        if (field->size != 4 || trace_field_number(field, record, &word) < 0)
            return -EBADMSG;
        offset = word & 0xffff;
        size = word >> 16;
        if (field->flags & TEP_FIELD_IS_RELATIVE)
            offset += (uint64_t)field->offset + 4;
    }
    if (field->offset < 0 || field->size < 0 || record->size < 0 ||
        offset + size > (uint64_t)record->size)
        return -EBADMSG;
    *ret_bytes = (const char *)record->data + offset;
    *ret_size = size;
    return 0;
}

int trace_field_string(const struct tep_format_field *field, const struct tep_record *record,
                       char *ret_text, size_t capacity)
{
    const char *bytes;
    size_t size;

    if (locate(field, record, &bytes, &size) < 0)
        return -EBADMSG;
    size_t length = strnlen(bytes, size);
    if (length >= capacity)
        length = capacity - 1;
    memcpy(ret_text, bytes, length);
    ret_text[length] = '\0';
    return 0;
}

int trace_field_array(const struct tep_format_field *field, const struct tep_record *record,
                      size_t width, uint64_t *ret_values, size_t capacity, size_t *ret_n)
{
    const char *bytes;
    size_t size;

    if (!(field->flags & TEP_FIELD_IS_DYNAMIC) || (width != 4 && width != 8) ||
        locate(field, record, &bytes, &size) < 0 || size % width != 0)
        return -EBADMSG;
    *ret_n = size / width;
    for (size_t i = 0; i < *ret_n && i < capacity; i++) {
        uint32_t narrow;

        if (width == 8) {
            memcpy(&ret_values[i], bytes + i * width, width);
            continue;
        }
        memcpy(&narrow, bytes + i * width, width);
        ret_values[i] = narrow;
    }
    return 0;
}
