/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_KERNEL_LOG_H
#define XDMAD_DAEMON_PROBE_KERNEL_LOG_H
/*
 * The kernel's log: the whole ring of /dev/kmsg on a live host, dmesg.txt in a captured tree.
 */

#include "daemon/probe-root.h"
#include "placement/kernel-log.h"

#define PROBE_MAX_LOG_BYTES (4U * 1024 * 1024)

/* Never waits for a message that is still to come. Of a larger log the first PROBE_MAX_LOG_BYTES
 * count. 0, -ENOMEM, or the negative errno that kept the log from being read (-EPERM:
 * dmesg_restrict). */
int probe_kernel_log(const ProbeRoot *root, KernelLog *ret_log);

/* The same log as it is written, not parsed; the caller frees. As probe_kernel_log(). */
int probe_kernel_log_read(const ProbeRoot *root, char **ret_bytes, size_t *ret_size);

/*
 * Read Xen's own console into *console, as text: in a captured tree /xl-dmesg.txt, on a live host
 * the file that xenconsoled keeps when it is told to (--log=hv). Where there is none the console
 * stays unknown, which is no error; one that is known already is kept. 0 or -ENOMEM.
 */
int probe_xen_console(const ProbeRoot *root, KernelLog *console);

#endif
