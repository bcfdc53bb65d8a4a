/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: bounded reads under one root. No other probe opens a file of the host by itself.
 */
#include "daemon/probe-root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"

int probe_root_open(const char *path, ProbeRoot *ret_root)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    *ret_root = (ProbeRoot) { .fd = fd, .live = strcmp(path, "/") == 0 };
    return 0;
}

void probe_root_close(ProbeRoot *root)
{
    if (root->fd >= 0)
        close(root->fd);
    root->fd = -1;
}

int probe_open(const ProbeRoot *root, const char *path, int flags)
{
    struct open_how how = { .flags = (unsigned)flags | O_RDONLY | O_CLOEXEC };
    int fd;

    if (!(flags & O_PATH)) /* openat2() takes neither of these with O_PATH */
        how.flags |= O_NONBLOCK | O_NOCTTY;
    if (root->live) {
        fd = open(path, (int)how.flags);
    } else {
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        fd = (int)syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
    }
    return fd < 0 ? -errno : fd;
}

/* Read to the end; files of /proc and /sys do not tell their size. */
static int read_all(int fd, size_t max_bytes, char **ret_bytes, size_t *ret_size)
{
    _cleanup_free_ char *bytes = NULL;
    size_t size = 0, capacity = 0;

    for (;;) {
        ssize_t n;

        if (size + 1 >= capacity) {
            size_t wanted = capacity ? 2 * capacity : 4096;
            char *grown = realloc(bytes, wanted);
            if (!grown)
                return -ENOMEM;
            bytes = grown;
            capacity = wanted;
        }
        n = read(fd, bytes + size, capacity - size - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        size += (size_t)n;
        if (size > max_bytes)
            return -EFBIG;
    }
    bytes[size] = '\0';
    *ret_bytes = take_ptr(bytes);
    *ret_size = size;
    return 0;
}

int probe_read(const ProbeRoot *root, const char *path, size_t max_bytes, char **ret_bytes,
               size_t *ret_size)
{
    _cleanup_close_ int fd = probe_open(root, path, 0);
    struct stat status;

    if (fd < 0)
        return fd;
    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    return read_all(fd, max_bytes, ret_bytes, ret_size);
}

#define FORMAT_PATH(path, format)                                                                  \
    ({                                                                                             \
        va_list arguments_;                                                                        \
        va_start(arguments_, format);                                                              \
        int length_ = vsnprintf(path, sizeof(path), format, arguments_);                           \
        va_end(arguments_);                                                                        \
        length_ < 0 || (size_t)length_ >= sizeof(path) ? -ENAMETOOLONG : 0;                        \
    })

int probe_read_text(const ProbeRoot *root, char **ret_text, const char *format, ...)
{
    char path[4096], *text = NULL;
    size_t size = 0;
    int r = FORMAT_PATH(path, format);

    if (r == 0)
        r = probe_read(root, path, PROBE_MAX_TEXT_BYTES, &text, &size);
    if (r < 0)
        return r;
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\0'))
        text[--size] = '\0';
    for (size_t i = 0; i < size; i++)
        if ((text[i] < 0x20 || text[i] >= 0x7f) && text[i] != '\n')
            text[i] = text[i] == '\t' ? ' ' : '?';
    *ret_text = text;
    return 0;
}

int probe_read_link(const ProbeRoot *root, char **ret_target, const char *format, ...)
{
    _cleanup_close_ int fd = -1;
    char path[4096], target[4096];
    ssize_t n;
    int r = FORMAT_PATH(path, format);

    if (r < 0)
        return r;
    fd = probe_open(root, path, O_PATH | O_NOFOLLOW);
    if (fd < 0)
        return fd;
    n = readlinkat(fd, "", target, sizeof(target));
    if (n < 0)
        return errno == ENOENT ? -EINVAL : -errno; /* "" on what is no link */
    if ((size_t)n == sizeof(target))
        return -ENAMETOOLONG;
    *ret_target = strndup(target, (size_t)n);
    return *ret_target ? 0 : -ENOMEM;
}

void probe_names_free(char **names, size_t n)
{
    for (size_t i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of an open folder. */
static int read_names(DIR *folder, char ***ret_names, size_t *ret_n)
{
    char **names = NULL;
    size_t n = 0;
    const struct dirent *entry;

    while ((entry = readdir(folder))) {
        char **grown;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (n == PROBE_MAX_ENTRIES) {
            probe_names_free(names, n);
            return -EFBIG;
        }
        grown = reallocarray(names, n + 1, sizeof(*grown));
        if (grown)
            names = grown;
        if (!grown || !(names[n] = strdup(entry->d_name))) {
            probe_names_free(names, n);
            return -ENOMEM;
        }
        n++;
    }
    if (n > 0)
        qsort(names, n, sizeof(*names), compare_names);
    *ret_names = names;
    *ret_n = n;
    return 0;
}

int probe_list(const ProbeRoot *root, char ***ret_names, size_t *ret_n, const char *format, ...)
{
    _cleanup_closedir_ DIR *folder = NULL;
    char path[4096];
    int r = FORMAT_PATH(path, format), fd;

    if (r < 0)
        return r;
    fd = probe_open(root, path, O_DIRECTORY);
    if (fd < 0)
        return fd;
    folder = fdopendir(fd);
    if (!folder) {
        r = -errno;
        close(fd);
        return r;
    }
    return read_names(folder, ret_names, ret_n);
}

bool probe_exists(const ProbeRoot *root, const char *path)
{
    _cleanup_close_ int fd = probe_open(root, path, O_PATH);
    return fd >= 0;
}
