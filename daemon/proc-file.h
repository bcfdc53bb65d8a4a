/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROC_FILE_H
#define XDMAD_DAEMON_PROC_FILE_H
/*
 * Small pseudo files of the kernel, under a root that is "/" or a tree standing in for it.
 */

#include <stdint.h>

#define PROC_FILE_MAX_BYTES (1U * 1024 * 1024)

/* The whole text of ROOT/PATH, NUL-ended; the caller frees. 0; -E2BIG over PROC_FILE_MAX_BYTES;
 * -EBADMSG it holds a NUL; negative errno. */
int proc_file_read(const char *root, const char *path, char **ret_text);

/* Write `text` in one write(). 0 or negative errno. */
int proc_file_write(const char *root, const char *path, const char *text);

/* The decimal number that follows `key` and blanks at the start of a line, as in /proc/meminfo:
 * 0, -ENOENT no such line, -EINVAL or -ERANGE no such number. */
int proc_text_number(const char *text, const char *key, uint64_t *ret_value);

#endif
