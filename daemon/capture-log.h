/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CAPTURE_LOG_H
#define XDMAD_DAEMON_CAPTURE_LOG_H
/*
 * What of a kernel's command line may leave the host. A boot loader, or whoever installs, puts
 * passwords and keys there, and the kernel repeats it in its log: of all that only the options that
 * a probe reads are kept, and where something was left out the text says so.
 */

#include <stddef.h>

/* The options of a command line that are kept (swiotlb=), with a line feed behind them; the caller
 * frees. NULL when out of memory. */
char *capture_command_line(const char *command_line);

/*
 * A copy of a kernel's log, of /dev/kmsg or dmesg, without the words of the command line: the line
 * that repeats it, the one that lists parameters the kernel does not know, and the arguments and
 * the environment that init got. The caller frees. 0 or -ENOMEM.
 */
int capture_kernel_log(const char *log, size_t size, char **ret_log, size_t *ret_size);

#endif
