/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CPU_TIME_H
#define XDMAD_DAEMON_CPU_TIME_H
/*
 * How long the CPUs have worked for anybody. The copies of the bounce path are made in kernel
 * threads as well, so fio's own CPU time does not hold them: the whole host's does.
 */

#include <stdint.h>

/*
 * Time since boot that tasks, kernel threads included, have run on all CPUs together: the sum of
 * the seventh figure of each cpu line of /proc/schedstat, in ns (Documentation/scheduler/
 * sched-stats.rst, 6.1; kernels with CONFIG_SCHED_INFO). Elsewhere from /proc/stat, which counts
 * ticks of 1/_SC_CLK_TCK s: user, nice, system, irq, softirq and steal (proc(5)).
 * 0 and *ret_usec, or negative errno.
 */
int cpu_time_busy_usec(uint64_t *ret_usec);

#endif
