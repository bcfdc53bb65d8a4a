/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: write a tar. There is no reader: tar(1) is one.
 */
#include "daemon/tar.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define BLOCK_BYTES 512U

typedef struct Header {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link[100];
    char magic[6];
    char version[2];
    char user[32];
    char group[32];
    char major[8];
    char minor[8];
    char prefix[155];
    char rest[12];
} Header;

_Static_assert(sizeof(Header) == BLOCK_BYTES, "a header fills a block");

enum {
    TYPE_FILE = '0',
    TYPE_LINK = '2',
    TYPE_FOLDER = '5',
    TYPE_PAX = 'x',
};

void tar_done(Tar *tar)
{
    free(tar->bytes);
    *tar = (Tar) { 0 };
}

/* Append so many bytes, filled up with zeros to a whole block. */
static int append(Tar *tar, const void *bytes, size_t size)
{
    size_t whole = (size + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;

    if (size > tar->max_bytes || whole > tar->max_bytes - tar->size)
        return -EFBIG;
    if (whole > tar->capacity - tar->size) {
        size_t wanted =
            2 * tar->capacity > tar->size + whole ? 2 * tar->capacity : tar->size + whole;
        char *grown = realloc(tar->bytes, wanted);

        if (!grown)
            return -ENOMEM;
        tar->bytes = grown;
        tar->capacity = wanted;
    }
    memset(tar->bytes + tar->size, 0, whole);
    if (size > 0)
        memcpy(tar->bytes + tar->size, bytes, size);
    tar->size += whole;
    return 0;
}

/* A number's digits and a NUL fill the field. */
static void set_octal(char *field, size_t field_bytes, uint64_t value)
{
    field[field_bytes - 1] = '\0';
    for (size_t i = field_bytes - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

/* What is too long is cut here; a pax record has it whole. */
static void set_text(char *field, size_t field_bytes, const char *text)
{
    memcpy(field, text, strnlen(text, field_bytes));
}

static int append_header(Tar *tar, char type, const char *name, const char *link, size_t size)
{
    Header header = { .type = type, .magic = "ustar", .version = { '0', '0' } };
    const unsigned char *bytes = (const unsigned char *)&header;
    unsigned sum = 0;

    set_text(header.name, sizeof(header.name), name);
    set_text(header.link, sizeof(header.link), link);
    set_octal(header.mode, sizeof(header.mode), type == TYPE_FOLDER ? 0755 : 0644);
    set_octal(header.uid, sizeof(header.uid), 0);
    set_octal(header.gid, sizeof(header.gid), 0);
    set_octal(header.size, sizeof(header.size), size);
    set_octal(header.mtime, sizeof(header.mtime), 0);
    memset(header.checksum, ' ', sizeof(header.checksum));
    for (size_t i = 0; i < sizeof(header); i++)
        sum += bytes[i];
    set_octal(header.checksum, sizeof(header.checksum) - 1, sum);
    return append(tar, &header, sizeof(header));
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
static int append_pax(Tar *tar, const char *key, const char *value)
{
    size_t rest = strlen(key) + strlen(value) + 3, length = rest + 1;
    _cleanup_free_ char *record = NULL;
    int r;

    while (length != rest + (size_t)snprintf(NULL, 0, "%zu", length))
        length++;
    if (asprintf(&record, "%zu %s=%s\n", length, key, value) < 0) {
        record = NULL;
        return -ENOMEM;
    }
    r = append_header(tar, TYPE_PAX, "pax", "", length);
    return r < 0 ? r : append(tar, record, length);
}

static int add(Tar *tar, char type, const char *name, const char *link, const void *bytes,
               size_t size)
{
    size_t before = tar->size;
    int r = 0;

    if (strlen(name) > sizeof(((Header *)NULL)->name))
        r = append_pax(tar, "path", name);
    if (r == 0 && strlen(link) > sizeof(((Header *)NULL)->link))
        r = append_pax(tar, "linkpath", link);
    if (r == 0)
        r = append_header(tar, type, name, link, size);
    if (r == 0)
        r = append(tar, bytes, size);
    if (r < 0)
        tar->size = before;
    return r;
}

int tar_add_file(Tar *tar, const char *name, const void *bytes, size_t size)
{
    return add(tar, TYPE_FILE, name, "", bytes, size);
}

int tar_add_folder(Tar *tar, const char *name)
{
    return add(tar, TYPE_FOLDER, name, "", NULL, 0);
}

int tar_add_link(Tar *tar, const char *name, const char *target)
{
    return add(tar, TYPE_LINK, name, target, NULL, 0);
}

int tar_finish(Tar *tar)
{
    static const char end[2 * BLOCK_BYTES];

    return append(tar, end, sizeof(end));
}
