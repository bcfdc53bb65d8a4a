/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_ROOT_H
#define XDMAD_DAEMON_PROBE_ROOT_H
/*
 * The root that every probe reads under: "/" on a host, a captured tree elsewhere. In a captured
 * tree no link leads out of it (openat2(2), RESOLVE_IN_ROOT); every read is bounded and of regular
 * files and folders only.
 */

#include <stdbool.h>
#include <stddef.h>

#define PROBE_MAX_TEXT_BYTES (64U * 1024) /* of a small file of /proc or /sys */
#define PROBE_MAX_ENTRIES    4096U        /* of one folder */

typedef struct ProbeRoot {
    int fd;    /* owned; -1 = closed */
    bool live; /* this very host: /dev and hypercalls mean something */
} ProbeRoot;

/* Open a root; "/" is live. 0, or the negative errno of open(2), -ENOTDIR. */
int probe_root_open(const char *path, ProbeRoot *ret_root);

void probe_root_close(ProbeRoot *root);

/* Open a path under the root, read-only, never blocking. The descriptor, or a negative errno. */
int probe_open(const ProbeRoot *root, const char *path, int flags);

/*
 * All of a regular file with a NUL behind it; the caller frees. 0; -EFBIG when it holds more than
 * max_bytes; -EINVAL when it is no regular file; else the negative errno of open(2) or read(2).
 */
int probe_read(const ProbeRoot *root, const char *path, size_t max_bytes, char **ret_bytes,
               size_t *ret_size);

/* A small text without its trailing line feed, bytes that are no printable ASCII as '?'; the caller
 * frees. As probe_read(). `format` makes the path. */
__attribute__((format(printf, 3, 4))) int probe_read_text(const ProbeRoot *root, char **ret_text,
                                                          const char *format, ...);

/* Where a link points, as it is written; the caller frees. 0 or a negative errno. */
__attribute__((format(printf, 3, 4))) int probe_read_link(const ProbeRoot *root, char **ret_target,
                                                          const char *format, ...);

/* The names in a folder, sorted, without "." and ".."; freed with probe_names_free(). 0; -EFBIG
 * over PROBE_MAX_ENTRIES; or a negative errno. */
__attribute__((format(printf, 4, 5))) int probe_list(const ProbeRoot *root, char ***ret_names,
                                                     size_t *ret_n, const char *format, ...);

void probe_names_free(char **names, size_t n);

/* Is there anything at this path? */
bool probe_exists(const ProbeRoot *root, const char *path);

#endif
