/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and writes small pseudo files whole. It knows no file's meaning.
 */

#include "daemon/proc-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/parse.h"

#define READ_STEP_BYTES 4096U

static int open_below(const char *root, const char *path, int flags)
{
    _cleanup_free_ char *full = NULL;

    if (asprintf(&full, "%s/%s", root, path + (*path == '/')) < 0) {
        full = NULL;
        return -ENOMEM;
    }
    int fd = open(full, flags | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? -errno : fd;
}

int proc_file_read(const char *root, const char *path, char **ret_text)
{
    _cleanup_close_ int fd = open_below(root, path, O_RDONLY);
    _cleanup_free_ char *text = NULL;
    size_t size = 0, capacity = 0;

    if (fd < 0)
        return fd;
    for (;;) {
        if (capacity - size < READ_STEP_BYTES + 1) {
            if (capacity > PROC_FILE_MAX_BYTES)
                return -E2BIG;
            capacity = capacity * 2 + READ_STEP_BYTES + 1;
            char *grown = realloc(text, capacity);
            if (!grown)
                return -ENOMEM;
            text = grown;
        }
        ssize_t n = read(fd, text + size, capacity - size - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        size += (size_t)n;
    }
    if (size > PROC_FILE_MAX_BYTES)
        return -E2BIG;
    if (memchr(text, '\0', size))
        return -EBADMSG;
    text[size] = '\0';
    *ret_text = take_ptr(text);
    return 0;
}

int proc_file_write(const char *root, const char *path, const char *text)
{
    _cleanup_close_ int fd = open_below(root, path, O_WRONLY | O_TRUNC);
    size_t size = strlen(text);

    if (fd < 0)
        return fd;
    ssize_t n = write(fd, text, size);
    if (n < 0)
        return -errno;
    return (size_t)n == size ? 0 : -EIO;
}

int proc_text_number(const char *text, const char *key, uint64_t *ret_value)
{
    size_t key_size = strlen(key);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, key_size) != 0)
            continue;
        const char *number = line + key_size;
        number += strspn(number, " \t");
        return scan_u64(&number, 10, ret_value);
    }
    return -ENOENT;
}
